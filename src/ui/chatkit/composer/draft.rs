//! Content of the composer. Pure: no signals, no browser APIs.

use serde::{Deserialize, Serialize};

use super::mentions::{self, Mention};
use crate::{model::chatkit::UserContent, ui::chatkit::UserMessageDraft};

/// Unsent text and queued messages of a thread.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Draft {
    /// The text.
    pub(crate) text: String,
    /// Mentions that the text contains or contained.
    pub(crate) mentions: Vec<Mention>,
    /// The quoted text that the message replies to.
    pub(crate) quote: Option<String>,
    /// Messages queued until the end of an answer, first one first.
    pub(crate) queue: Vec<Queued>,
}

/// A queued message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Queued {
    /// Idempotency key, so that two tabs do not both send the message.
    pub(crate) key: String,
    /// The message.
    pub(crate) message: UserMessageDraft,
    /// True if the page that queued it is closed. The user then decides whether it is sent.
    #[serde(skip, default = "yes")]
    pub(crate) is_old: bool,
}

fn yes() -> bool {
    true
}

impl Draft {
    /// True if the draft holds nothing to store.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.quote.is_none() && self.queue.is_empty()
    }

    /// Returns text and mentions as parts of a message.
    pub(crate) fn content(&self) -> Vec<UserContent> {
        mentions::divide(&self.text, &self.mentions)
    }

    /// Inserts the content of a message before the current content.
    pub(crate) fn prepend_message(&mut self, message: &UserMessageDraft) {
        let (text, mentions) = match message.content.is_empty() {
            true => (message.text.clone(), Vec::new()),
            false => mentions::join(&message.content),
        };
        self.quote = match (message.reply.clone(), self.quote.take()) {
            (Some(first), Some(second)) => Some(joined(&first, &second)),
            (first, second) => first.or(second),
        };
        self.text = joined(&text, &self.text);
        for mention in mentions {
            mentions::add(&mut self.mentions, mention);
        }
    }

    /// Moves the queued messages into the text and returns them.
    pub(crate) fn restore_queue(&mut self) -> Vec<UserMessageDraft> {
        let messages: Vec<UserMessageDraft> = self.queue.drain(..).map(|it| it.message).collect();
        messages.iter().rev().for_each(|it| self.prepend_message(it));
        messages
    }
}

/// Joins two texts by a line break.
pub(super) fn joined(first: &str, second: &str) -> String {
    if first.is_empty() || second.is_empty() { format!("{first}{second}") } else { format!("{first}\n{second}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::chatkit::Entity;

    fn queued(text: &str) -> Queued {
        Queued { key: text.to_owned(), message: text.into(), is_old: false }
    }

    #[test]
    fn what_waited_stands_before_what_was_typed_in_its_order() {
        let mut draft = Draft { text: "three".into(), queue: vec![queued("one"), queued("two")], ..Draft::default() };
        draft.restore_queue();
        assert_eq!(draft, Draft { text: "one\ntwo\nthree".into(), ..Draft::default() });
    }

    #[test]
    fn quotes_and_mentions_come_back_with_their_text() {
        let ada = Entity { id: "1".into(), title: "Ada".into(), ..Entity::default() };
        let mention = Mention::new(ada, &[]);
        let content = mentions::divide("Ask @Ada", std::slice::from_ref(&mention));
        let message = UserMessageDraft { content, reply: Some("said".into()), ..UserMessageDraft::default() };
        let mut draft = Draft { quote: Some("other".into()), ..Draft::default() };
        draft.prepend_message(&message);
        assert_eq!(draft.text, "Ask @Ada");
        assert_eq!(draft.quote.as_deref(), Some("said\nother"));
        assert_eq!(draft.content(), message.content);
        assert_eq!(draft.mentions, [mention]);
    }

    #[test]
    fn what_is_kept_is_read_again_and_is_old_then() {
        let draft = Draft { text: "a".into(), queue: vec![queued("b")], ..Draft::default() };
        let read: Draft = serde_json::from_str(&serde_json::to_string(&draft).unwrap()).unwrap();
        assert_eq!((read.text.as_str(), read.queue[0].is_old), ("a", true));
        assert_eq!(serde_json::from_str::<Draft>(r#"{"more":1}"#).unwrap(), Draft::default());
    }
}
