//! Questions with prepared answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::Timestamp;

/// Questions of the assistant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StructuredInputItem {
    /// `msg_` and at least 96 random bits.
    pub id: String,
    /// The thread's id.
    pub thread_id: String,
    /// The creation time.
    pub created_at: Timestamp,
    /// The status of the questions.
    #[serde(default)]
    pub status: StructuredInputStatus,
    /// The questions.
    #[serde(default)]
    pub inputs: Vec<StructuredInput>,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The status of questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StructuredInputStatus {
    /// The questions wait for answers.
    #[default]
    Pending,
    /// The user answered.
    Answered,
    /// The user skipped the questions.
    Skipped,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StructuredInput {
    /// A question with prepared answers.
    MultipleChoice {
        /// The question's id within the item.
        id: String,
        /// The question.
        question: String,
        /// The prepared answers.
        options: Vec<ChoiceOption>,
        /// True if several answers may be chosen.
        #[serde(default)]
        multiple: bool,
        /// The answer.
        #[serde(skip_serializing_if = "Option::is_none")]
        answer: Option<StructuredAnswer>,
    },
    /// A question with a text field.
    Freeform {
        /// The question's id within the item.
        id: String,
        /// The question.
        question: String,
        /// A longer description.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// The answer.
        #[serde(skip_serializing_if = "Option::is_none")]
        answer: Option<StructuredAnswer>,
    },
    /// A question of an unknown kind, stored and sent unchanged.
    #[serde(untagged)]
    Unknown(Value),
}

/// A prepared answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// The text of the answer.
    pub value: String,
}

/// The user's answer to a question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StructuredAnswer {
    /// The answers; several only if several may be chosen.
    pub values: Vec<String>,
    /// True if the user skipped the question.
    pub skipped: bool,
}

/// The user's answers to the questions of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StructuredReply {
    /// The status of the reply.
    #[serde(default)]
    pub status: ReplyStatus,
    /// The answers, by the ids of their questions.
    #[serde(default)]
    pub answers: BTreeMap<String, StructuredAnswer>,
}

/// The status of the reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyStatus {
    /// The user answered.
    #[default]
    Answered,
    /// The user skipped the questions.
    Skipped,
}

impl StructuredInputItem {
    /// Returns the questions with their answers as a text for the model; `None` while the questions wait for answers.
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

    /// Stores the answers. Answers to unknown questions are ignored. Missing and empty answers count as skipped. A
    /// question that takes one answer keeps the first (recording 22b).
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
