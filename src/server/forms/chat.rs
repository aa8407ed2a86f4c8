//! Server functions of the chat page.

use axum::http::StatusCode;
use leptos::prelude::expect_context;

use super::{
    appearance,
    form_request::principal,
    form_response::{failed, set_status, signed_out},
};
use crate::{
    model::{
        ApiError,
        auth::Session,
        chatkit::PageQuery,
        page::{AnswerSource, ChatStart, GallerySection},
    },
    server::{
        AppState,
        auth::{jwt::token_claims, principal::Principal},
        chat::{self, LinkOrigin},
    },
};

/// See [`crate::api::account::session`].
pub async fn session() -> Result<Option<Session>, ApiError> {
    Ok(principal().map(|Principal { user, session, .. }| Session {
        id: session.id,
        user,
        expires_at: session.expires_at,
        jwt: None,
    }))
}

/// See [`crate::api::account::chat_token`].
pub async fn chat_token() -> Result<String, ApiError> {
    let app: AppState = expect_context();
    let principal = principal().ok_or_else(signed_out)?;
    token_claims::mint(&app.auth, &principal.user, &principal.session_id).await.map_err(|err| failed(&err))
}

/// See [`crate::api::threads::chat_start`].
pub async fn chat_start(thread_id: Option<String>) -> Result<ChatStart, ApiError> {
    let app: AppState = expect_context();
    let principal = principal().ok_or_else(signed_out)?;
    // The page loads data from another server by itself.
    if let Some(url) = &app.config.pages.chatkit_api_url {
        let (answers_from, api_url) = (AnswerSource::Elsewhere, Some(url.to_string()));
        let page = app.config.pages.chatkit_page.clone();
        return Ok(ChatStart { answers_from, api_url, page, ..ChatStart::default() });
    }
    let threads = chat::threads::list(&app.db, &principal.user_id, &PageQuery::default()).await;
    let threads = threads.map_err(|err| failed(&err))?;
    let thread = match thread_id {
        Some(id) => {
            let thread = chat::threads::open(&app.db, &principal.user_id, &id).await.map_err(|err| failed(&err))?;
            let mut thread = thread.ok_or_else(not_found)?;
            app.chat.sign(&LinkOrigin::Document, &principal.user_id, &mut thread.items.data);
            Some(thread)
        }
        None => None,
    };
    Ok(ChatStart {
        threads: Some(threads),
        thread,
        answers_from: app.chat.answers_from(),
        api_url: None,
        attachments: Some(app.chat.attachment_limits()),
        can_transcribe: app.chat.can_transcribe(),
        models: app.chat.models().await,
        is_demo_known: appearance::is_demo_known(&app.config),
        page: app.config.pages.chatkit_page.clone(),
    })
}

/// See [`crate::api::status::has_examples`].
pub fn has_examples() -> bool {
    let app: AppState = expect_context();
    app.config.pages.examples
}

/// See [`crate::api::status::gallery`].
///
/// # Errors
/// As documented there.
pub fn gallery() -> Result<Vec<GallerySection>, ApiError> {
    let app: AppState = expect_context();
    if app.config.pages.gallery { Ok(chat::gallery()) } else { Err(not_found()) }
}

/// Sets the status of the rendered page to 404.
pub fn set_not_found() {
    set_status(StatusCode::NOT_FOUND);
}

fn not_found() -> ApiError {
    set_not_found();
    ApiError::NotFound
}
