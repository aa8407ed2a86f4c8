//! Threads for server rendering.

use leptos::prelude::*;

use crate::model::{ApiError, page::ChatStart};

/// Returns the start data of the chat page of a thread.
///
/// # Errors
/// [`ApiError::SignedOut`]; [`ApiError::NotFound`] if the thread does not exist or belongs to another user.
#[server(name = GetChatStart, prefix = "/api/fn", endpoint = "chat-start")]
pub async fn chat_start(#[server(default)] thread_id: Option<String>) -> Result<ChatStart, ApiError> {
    crate::server::forms::chat_start(thread_id).await
}
