//! Questions with prepared answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::Timestamp;

/// Questions of the assistant's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StructuredInputItem {
    /// `msg_` and at least 96 random bits.
    pub id: String,
    /// The thread it stands in.
    pub thread_id: String,
    /// When the questions were asked.
    pub created_at: Timestamp,
    /// Whether they are answered.
    #[serde(default)]
    pub status: StructuredInputStatus,
    /// The questions.
    #[serde(default)]
    pub inputs: Vec<StructuredInput>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Whether questions are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StructuredInputStatus {
    /// Not yet.
    #[default]
    Pending,
    /// Yes.
    Answered,
    /// The user went on without.
    Skipped,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StructuredInput {
    /// With prepared answers.
    MultipleChoice {
        /// Its id within the item.
        id: String,
        /// The question.
        question: String,
        /// The prepared answers.
        options: Vec<ChoiceOption>,
        /// Whether several may be chosen.
        #[serde(default)]
        multiple: bool,
        /// The answer.
        #[serde(skip_serializing_if = "Option::is_none")]
        answer: Option<StructuredAnswer>,
    },
    /// With room for any text.
    Freeform {
        /// Its id within the item.
        id: String,
        /// The question.
        question: String,
        /// More words.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// The answer.
        #[serde(skip_serializing_if = "Option::is_none")]
        answer: Option<StructuredAnswer>,
    },
    /// A question of a kind that this version does not know: kept and passed on as it is.
    #[serde(untagged)]
    Unknown(Value),
}

/// A prepared answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// What it says.
    pub value: String,
}

/// What the user answered to one question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StructuredAnswer {
    /// The answers; several only where several may be chosen.
    pub values: Vec<String>,
    /// The user went on without an answer.
    pub skipped: bool,
}

/// What the user answered to all questions of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StructuredReply {
    /// Whether there are answers at all.
    #[serde(default)]
    pub status: ReplyStatus,
    /// The answers by the ids of their questions.
    #[serde(default)]
    pub answers: BTreeMap<String, StructuredAnswer>,
}

/// Whether there are answers at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyStatus {
    /// There are.
    #[default]
    Answered,
    /// The user went on without.
    Skipped,
}

impl StructuredInputItem {
    /// Returns the questions with their answers, for a model; `None` while they wait for answers.
    pub fn transcript(&self) -> Option<String> {
        if self.status == StructuredInputStatus::Pending {
            return None;
        }
        let lines = self.inputs.iter().filter_map(|input| match input {
            StructuredInput::MultipleChoice { question, answer, .. }
            | StructuredInput::Freeform { question, answer, .. } => {
                let values = answer.as_ref().map(|answer| answer.values.join(", ")).unwrap_or_default();
                let said = if values.is_empty() { "(skipped)" } else { &values };
                Some(format!("{question} {said}"))
            }
            StructuredInput::Unknown(_) => None,
        });
        Some(lines.collect::<Vec<_>>().join("\n"))
    }

    /// Notes the answers: those to questions that are not asked are passed over, what is missing or empty counts as
    /// skipped, and of several answers to a question that wants one the first counts (recording 22b).
    pub fn answer(&mut self, mut reply: StructuredReply) {
        let skips_all = reply.status == ReplyStatus::Skipped;
        self.status = if skips_all { StructuredInputStatus::Skipped } else { StructuredInputStatus::Answered };
        for input in &mut self.inputs {
            let (id, is_single, answer) = match input {
                StructuredInput::MultipleChoice { id, multiple, answer, .. } => (id, !*multiple, answer),
                StructuredInput::Freeform { id, answer, .. } => (id, false, answer),
                StructuredInput::Unknown(_) => continue,
            };
            let given = reply.answers.remove(id).filter(|given| !skips_all && !given.skipped);
            let mut values = given.map(|given| given.values).unwrap_or_default();
            values.retain(|value| !value.trim().is_empty());
            if is_single {
                values.truncate(1);
            }
            *answer = Some(StructuredAnswer { skipped: values.is_empty(), values });
        }
    }
}
