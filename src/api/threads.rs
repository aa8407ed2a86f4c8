//! Threads for server rendering: what the page shows before any wasm arrives.

use leptos::prelude::*;

use crate::model::{ApiError, page::ChatStart};

/// Returns what the chat page at `thread_id` starts with.
///
/// # Errors
/// [`ApiError::SignedOut`]; [`ApiError::NotFound`] when the thread does not exist or is not the visitor's.
#[server(name = GetChatStart, prefix = "/api/fn", endpoint = "chat-start")]
pub async fn chat_start(#[server(default)] thread_id: Option<String>) -> Result<ChatStart, ApiError> {
    crate::server::forms::chat_start(thread_id).await
}
