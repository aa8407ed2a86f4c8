//! What our own pages begin with.

use serde::{Deserialize, Serialize};

use super::chatkit::{Page, Thread};

/// What a refused form held, so that it can be shown again. Never a password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedFields {
    /// The name, on the sign-up form.
    #[serde(default)]
    pub name: String,
    /// The address.
    #[serde(default)]
    pub email: String,
}

/// Which answers this server gives, for the page to say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswersFrom {
    /// A language model.
    Model,
    /// The built-in demo; no model is connected.
    Demo,
}

/// What a chat page starts with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatStart {
    /// The newest threads, without items.
    pub threads: Page<Thread>,
    /// The opened thread with its newest items, oldest first.
    pub thread: Option<Thread>,
    /// Where answers come from.
    pub answers_from: AnswersFrom,
}
