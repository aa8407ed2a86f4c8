//! Threads for server rendering: what the page shows before any wasm arrives.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::model::{
    ApiError,
    chatkit::{Page, Thread},
};

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

/// Returns what the chat page at `thread_id` starts with.
///
/// # Errors
/// [`ApiError::SignedOut`]; [`ApiError::NotFound`] when the thread does not exist or is not the visitor's.
#[server(name = GetChatStart, prefix = "/api/fn", endpoint = "chat-start")]
pub async fn chat_start(#[server(default)] thread_id: Option<String>) -> Result<ChatStart, ApiError> {
    crate::server::forms::chat_start(thread_id).await
}
