//! Sending of messages, and its preconditions.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ChatKitControl, Ending, Loading, NotNow};
use crate::{
    model::chatkit::{
        Attachment, InferenceOptions, Operation, ThreadStatus, ToolChoice, UserContent, UserMessageInput,
    },
    ui::chatkit::ThreadId,
};

/// A message to send. It does not affect the composer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserMessageDraft {
    /// Plain text. Used if `content` is empty.
    pub text: String,
    /// Text and mentions, in parts.
    pub content: Vec<UserContent>,
    /// The quoted text that the message replies to.
    pub reply: Option<String>,
    /// Files that have been uploaded.
    pub attachments: Vec<Attachment>,
    /// True to send it in a new thread, whichever thread is open.
    pub new_thread: bool,
    /// Id of a tool that must be used.
    pub tool_choice: Option<String>,
    /// Id of the model that should answer.
    pub model: Option<String>,
}

impl From<&str> for UserMessageDraft {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

impl From<String> for UserMessageDraft {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl UserMessageDraft {
    /// True if the message has neither text nor attachments.
    pub fn is_empty(&self) -> bool {
        self.attachments.is_empty()
            && self.text.trim().is_empty()
            && self.content.iter().all(|part| part.text().trim().is_empty())
    }

    /// Returns its text, with mentions as they are displayed.
    pub fn plain_text(&self) -> String {
        if self.content.is_empty() {
            return self.text.clone();
        }
        self.content.iter().map(UserContent::text).collect()
    }

    /// Converts the message to its wire type.
    pub(crate) fn input(&self) -> UserMessageInput {
        let content = match self.content.is_empty() {
            true if self.text.is_empty() => Vec::new(),
            true => vec![UserContent::InputText { text: self.text.clone() }],
            false => self.content.clone(),
        };
        UserMessageInput {
            content,
            attachments: self.attachments.iter().map(|it| it.id.clone()).collect(),
            quoted_text: self.reply.clone(),
            inference_options: InferenceOptions {
                tool_choice: self.tool_choice.clone().map(|id| ToolChoice { id }),
                model: self.model.clone(),
            },
        }
    }
}

impl ChatKitControl {
    /// Sends a plain-text message in the current thread, or creates a thread with it.
    ///
    /// # Errors
    /// As [`Self::send_user_message`].
    pub fn send_message(&self, text: impl Into<String>) -> Result<Ending, NotNow> {
        self.send_user_message(text.into())
    }

    /// Sends a message in the current thread, or creates a thread with it. Returns a future of the answer's end,
    /// which may be dropped.
    ///
    /// # Errors
    /// [`NotNow`], with nothing sent: before `on_ready`, while a thread loads or an answer runs, and in a thread that
    /// takes no messages. Also for an empty message.
    pub fn send_user_message(&self, message: impl Into<UserMessageDraft>) -> Result<Ending, NotNow> {
        // Keys can be generated in the browser only.
        self.check_free()?;
        self.send_once(message.into(), new_key())
    }

    /// As [`Self::send_user_message`], with an idempotency key: servers that support keys accept the message once.
    pub(crate) fn send_once(&self, message: UserMessageDraft, key: String) -> Result<Ending, NotNow> {
        self.check_free()?;
        if message.is_empty() {
            return Err(NotNow::Empty);
        }
        if message.new_thread {
            self.set_thread_id(None);
        } else {
            self.check_open()?;
        }
        let input = message.input();
        let operation = match self.thread_id.get_untracked() {
            Some(thread_id) => Operation::ThreadsAddUserMessage { thread_id, input },
            None => Operation::ThreadsCreate { input },
        };
        Ok(self.begin_message(operation, message, key))
    }

    /// Returns the id of the current thread.
    pub(crate) fn shown_thread(&self) -> Result<ThreadId, NotNow> {
        self.check_ready()?;
        self.thread_id.get_untracked().ok_or(NotNow::NoThread)
    }

    /// Returns the id of the current thread if a request can be sent now.
    pub(crate) fn free_thread(&self) -> Result<ThreadId, NotNow> {
        self.check_free()?;
        self.shown_thread()
    }

    /// Checks that a request can be sent now.
    pub(crate) fn check_free(&self) -> Result<(), NotNow> {
        self.check_ready()?;
        if self.turn.with_untracked(Option::is_some) { Err(NotNow::Answering) } else { Ok(()) }
    }

    /// Checks that the chat is hydrated and the thread is loaded.
    pub(crate) fn check_ready(&self) -> Result<(), NotNow> {
        if !self.is_ready.try_get_value().unwrap_or_default() {
            return Err(NotNow::NotReady);
        }
        if self.loading.get_untracked() != Loading::Ready {
            return Err(NotNow::Loading);
        }
        Ok(())
    }

    /// Checks that the thread takes messages.
    pub(crate) fn check_open(&self) -> Result<(), NotNow> {
        let status = self.thread.with_untracked(|thread| thread.as_ref().map(|it| it.status.clone()));
        match status {
            Some(ThreadStatus::Locked { .. } | ThreadStatus::Closed { .. }) => Err(NotNow::Closed),
            _ => Ok(()),
        }
    }
}

/// Generates a unique key. (`crypto.randomUUID` is missing on plain http.)
pub(crate) fn new_key() -> String {
    let part = || (js_sys::Math::random() * 1e16).to_string();
    format!("{}-{}-{}", js_sys::Date::now(), part(), part())
}
