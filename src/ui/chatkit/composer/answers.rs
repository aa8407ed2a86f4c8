//! Answers to the assistant's questions while the user enters them. Pure: no signals, no browser APIs.

use crate::model::chatkit::{
    ReplyStatus, StructuredAnswer, StructuredInput, StructuredInputItem, StructuredInputStatus, StructuredReply,
};

/// Questions with the answers so far. One question is displayed at a time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answers {
    /// Id of the item with the questions.
    pub(crate) item_id: String,
    questions: Vec<Question>,
    at: usize,
}

/// A question and its answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Question {
    id: String,
    /// Text of the question.
    pub(crate) text: String,
    /// Kind of answer.
    pub(crate) kind: QuestionKind,
    /// Selected options.
    pub(crate) chosen: Vec<String>,
    /// Typed text.
    pub(crate) written: String,
}

/// Kind of answer that a question takes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum QuestionKind {
    /// Predefined options or free text.
    Choice { options: Vec<String>, multiple: bool },
    /// Free text.
    Text { description: Option<String> },
}

impl Answers {
    /// Creates the answers to an item. `None` if it has no question that this client can answer.
    pub(crate) fn new(item: &StructuredInputItem) -> Option<Self> {
        if item.status != StructuredInputStatus::Pending {
            return None;
        }
        let questions: Vec<Question> = item.inputs.iter().filter_map(Question::new).collect();
        (!questions.is_empty()).then(|| Self { item_id: item.id.clone(), questions, at: 0 })
    }

    /// Returns the displayed question.
    pub(crate) fn question(&self) -> &Question {
        &self.questions[self.at]
    }

    /// Returns the index of the displayed question, from 0.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Returns the number of questions, at least one.
    pub(crate) fn len(&self) -> usize {
        self.questions.len()
    }

    /// True if the displayed question is the last one.
    pub(crate) fn is_last(&self) -> bool {
        self.at + 1 == self.len()
    }

    /// Selects or deselects an option. In single choice questions it replaces any other answer.
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

    /// Sets the typed answer. In single choice questions it replaces a selected option.
    pub(crate) fn write(&mut self, text: &str) {
        let question = &mut self.questions[self.at];
        text.clone_into(&mut question.written);
        if !question.is_multiple() && !text.trim().is_empty() {
            question.chosen.clear();
        }
    }

    /// Goes to the previous question.
    pub(crate) fn back(&mut self) {
        self.at = self.at.saturating_sub(1);
    }

    /// Goes to the next question. After the last one, returns the reply to send.
    pub(crate) fn next(&mut self) -> Option<StructuredReply> {
        if self.is_last() {
            return Some(self.reply());
        }
        self.at += 1;
        None
    }

    /// As [`Self::next`], but clears the answer to this question.
    pub(crate) fn skip(&mut self) -> Option<StructuredReply> {
        let question = &mut self.questions[self.at];
        question.chosen.clear();
        question.written.clear();
        self.next()
    }

    /// Returns a reply that skips all questions.
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
