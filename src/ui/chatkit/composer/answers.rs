//! Answers to the assistant's questions, while they are given. Pure: no signals, no browser.

use crate::model::chatkit::{
    ReplyStatus, StructuredAnswer, StructuredInput, StructuredInputItem, StructuredInputStatus, StructuredReply,
};

/// Questions, one of which is shown, and what was answered so far.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answers {
    /// The id of the item that asks.
    pub(crate) item_id: String,
    questions: Vec<Question>,
    at: usize,
}

/// A question with what was answered to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Question {
    id: String,
    /// What is asked.
    pub(crate) text: String,
    /// How it can be answered.
    pub(crate) kind: QuestionKind,
    /// The prepared answers that were chosen.
    pub(crate) chosen: Vec<String>,
    /// What was written.
    pub(crate) written: String,
}

/// How a question can be answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum QuestionKind {
    /// With prepared answers, or one's own.
    Choice { options: Vec<String>, multiple: bool },
    /// With any text.
    Text { description: Option<String> },
}

impl Answers {
    /// Begins to answer; `None` where nothing is asked that could be answered here.
    pub(crate) fn new(item: &StructuredInputItem) -> Option<Self> {
        if item.status != StructuredInputStatus::Pending {
            return None;
        }
        let questions: Vec<Question> = item.inputs.iter().filter_map(Question::new).collect();
        (!questions.is_empty()).then(|| Self { item_id: item.id.clone(), questions, at: 0 })
    }

    /// The question that is shown.
    pub(crate) fn question(&self) -> &Question {
        &self.questions[self.at]
    }

    /// Which question is shown, from 0.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// How many questions there are; at least one.
    pub(crate) fn len(&self) -> usize {
        self.questions.len()
    }

    /// Whether no question follows.
    pub(crate) fn is_last(&self) -> bool {
        self.at + 1 == self.len()
    }

    /// Chooses a prepared answer, or takes it back. Where one is wanted, it takes the place of any other.
    pub(crate) fn choose(&mut self, value: &str, is_chosen: bool) {
        let question = &mut self.questions[self.at];
        if !question.is_multiple() {
            question.chosen.clear();
            question.written.clear();
        }
        question.chosen.retain(|it| it != value);
        if is_chosen {
            question.chosen.push(value.to_owned());
        }
    }

    /// Writes an answer. Where one is wanted, it takes the place of a prepared one.
    pub(crate) fn write(&mut self, text: &str) {
        let question = &mut self.questions[self.at];
        text.clone_into(&mut question.written);
        if !question.is_multiple() && !text.trim().is_empty() {
            question.chosen.clear();
        }
    }

    /// Shows the question before.
    pub(crate) fn back(&mut self) {
        self.at = self.at.saturating_sub(1);
    }

    /// Shows the next question; after the last one, returns what is to be sent.
    pub(crate) fn next(&mut self) -> Option<StructuredReply> {
        if self.is_last() {
            return Some(self.reply());
        }
        self.at += 1;
        None
    }

    /// As [`Self::next`], without an answer to this question.
    pub(crate) fn skip(&mut self) -> Option<StructuredReply> {
        let question = &mut self.questions[self.at];
        question.chosen.clear();
        question.written.clear();
        self.next()
    }

    /// What says that there are no answers at all.
    pub(crate) fn none() -> StructuredReply {
        StructuredReply { status: ReplyStatus::Skipped, ..StructuredReply::default() }
    }

    fn reply(&self) -> StructuredReply {
        let answers = self.questions.iter().map(|it| (it.id.clone(), it.answer())).collect();
        StructuredReply { status: ReplyStatus::Answered, answers }
    }
}

impl Question {
    fn new(input: &StructuredInput) -> Option<Self> {
        let (id, text, kind) = match input {
            StructuredInput::MultipleChoice { id, question, options, multiple, .. } => {
                let options = options.iter().map(|it| it.value.clone()).collect();
                (id, question, QuestionKind::Choice { options, multiple: *multiple })
            }
            StructuredInput::Freeform { id, question, description, .. } => {
                (id, question, QuestionKind::Text { description: description.clone() })
            }
            StructuredInput::Unknown(_) => return None,
        };
        Some(Self { id: id.clone(), text: text.clone(), kind, chosen: Vec::new(), written: String::new() })
    }

    fn is_multiple(&self) -> bool {
        matches!(self.kind, QuestionKind::Choice { multiple: true, .. })
    }

    fn answer(&self) -> StructuredAnswer {
        let written = Some(self.written.trim()).filter(|it| !it.is_empty()).map(str::to_owned);
        let values: Vec<String> = self.chosen.iter().cloned().chain(written).collect();
        StructuredAnswer { skipped: values.is_empty(), values }
    }
}

#[cfg(test)]
mod tests;
