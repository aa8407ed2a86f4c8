//! `/chatkit/runs/{id}`: resumes and stops running answers.

use std::time::Duration;

use axum::{
    Router,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use tokio::time::Instant;

use super::{
    live::StopReason,
    run_stream::{self, Recipient},
    stored_replay,
};
use crate::server::{
    AppState,
    auth::principal::{self, Principal},
    chat::{
        chat_state::Chat,
        http::{
            error::{ChatError, Result},
            operations::object,
            sse::{self, Framing},
        },
        store::runs::{self, RunStatus, abandoned, held},
    },
    cluster::bus::BusMessage,
    tx::Tx,
};

/// Interval at which *stop* looks whether another server has ended the run.
const STOP_POLL_INTERVAL: Duration = Duration::from_millis(50);
/// Maximum time that *stop* waits for the answer to be persisted.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);
/// Position of a client that has read a part of a snapshot. No log continues there, so the client gets a whole one.
pub(super) const WITHIN_SNAPSHOT: usize = usize::MAX;
/// Header with the number of the last event received.
const LAST_EVENT_ID: &str = "last-event-id";

/// Routes `/chatkit/runs`.
pub(in crate::server::chat) fn router() -> Router<AppState> {
    Router::new()
        .route("/chatkit/runs/{id}", get(resume).fallback(async || ChatError::MethodNotAllowed("GET")))
        .route("/chatkit/runs/{id}/stop", post(stop).fallback(async || ChatError::MethodNotAllowed("POST")))
}

/// Streams a run's events after the one named by `Last-Event-ID` or `?after=`.
///
/// Events come from the log while the run continues and for an hour after. Later, or after a restart, the persisted
/// items are sent.
async fn resume(
    State(app): State<AppState>,
    run_id: std::result::Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let principal = match principal::bearer(&app.auth, &headers).await {
        Ok(principal) => principal,
        Err(refusal) => return refusal.into_response(),
    };
    let opened = match named(run_id) {
        Ok(run_id) => open(&app, &principal, &run_id, n_read(&headers, query.as_deref())).await,
        Err(err) => Err(err),
    };
    opened.unwrap_or_else(IntoResponse::into_response)
}

async fn open(app: &AppState, principal: &Principal, run_id: &str, n_read: Result<usize>) -> Result<Response> {
    let (n_read, session) = (n_read?, app.session_watch.watch(&principal.session_id));
    let recipient = |session| -> Result<Recipient> {
        let seat = app.chat.shares().reader(&principal.user_id)?;
        Ok(Recipient { session, seat, framing: Framing::RESUMABLE })
    };
    if let Some(run) = app.chat.live().log(run_id).filter(|run| run.user_id == principal.user_id) {
        if run.is_closed() {
            // Its thread may have been deleted at another server.
            find(&app.chat, &principal.user_id, run_id).await?;
        }
        return Ok(run_stream::from_log(&app.chat, run.reader_after(n_read), recipient(session)?));
    }
    let run = find(&app.chat, &principal.user_id, run_id).await?;
    Ok(stored_replay::response(app.chat.clone(), principal.user_id.clone(), run, n_read, recipient(session)?).await)
}

/// Parses the number of the last event received. The header takes precedence, because browsers repeat the URL when they
/// reconnect.
fn n_read(headers: &HeaderMap, query: Option<&str>) -> Result<usize> {
    let header = headers.get(LAST_EVENT_ID).map(|value| value.to_str().unwrap_or("?").to_owned());
    let query = || {
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        pairs.into_iter().find(|(name, _)| name == "after").map(|(_, value)| value.into_owned())
    };
    match header.or_else(query) {
        None => Ok(0),
        Some(text) if text.is_empty() => Ok(0),
        Some(text) if text == sse::WITHIN_SNAPSHOT => Ok(WITHIN_SNAPSHOT),
        Some(text) => {
            let invalid = |_| {
                ChatError::Invalid(
                    "the last event's id is not one that this server sent: send it back as it came".to_owned(),
                )
            };
            text.parse().map_err(invalid)
        }
    }
}

async fn stop(
    State(app): State<AppState>,
    run_id: std::result::Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let principal = match principal::bearer(&app.auth, &headers).await {
        Ok(principal) => principal,
        Err(refusal) => return refusal.into_response(),
    };
    let stopped = match named(run_id) {
        Ok(run_id) => stop_run(&app.chat, &principal.user_id, &run_id).await,
        Err(err) => Err(err),
    };
    stopped.map(|()| object(json!({}))).unwrap_or_else(IntoResponse::into_response)
}

/// Parses a run's id. Ids that are not UTF-8 or contain U+0000, which PostgreSQL rejects, are unknown.
fn named(run_id: std::result::Result<Path<String>, PathRejection>) -> Result<String> {
    let run_id = run_id.ok().map(|Path(run_id)| run_id).filter(|id| !id.contains('\0'));
    run_id.ok_or(ChatError::NotFound("run"))
}

/// Stops a user's run and waits until its answer is persisted. A run that has ended is left unchanged.
async fn stop_run(chat: &Chat, user_id: &str, run_id: &str) -> Result<()> {
    if let Some(run) = chat.live().log(run_id).filter(|run| run.user_id == user_id) {
        run.stop(StopReason::User);
        _ = tokio::time::timeout(STOP_TIMEOUT, run.closed()).await;
        return Ok(());
    }
    let mut run = find(chat, user_id, run_id).await?;
    if run.process_id.is_some() {
        held::ask_stop(chat.db(), run_id, chat.now()).await?;
        chat.process().bus().tell(BusMessage::Stop { run_id: run_id.to_owned() });
        let asked_at = Instant::now();
        while run.is_running() {
            if asked_at.elapsed() > STOP_TIMEOUT {
                // The server that writes it is away. Whoever closes the run takes it for stopped.
                return Ok(());
            }
            tokio::time::sleep(STOP_POLL_INTERVAL).await;
            run = find(chat, user_id, run_id).await?;
        }
        return Ok(());
    }
    // The run belongs to an older server, which notices the stop at its next write.
    let mut tx = Tx::begin(chat.db()).await?;
    if abandoned::close(&mut tx, &run, RunStatus::Stopped, chat.now()).await? {
        tx.commit().await?;
        chat.announce_end(&run);
    }
    Ok(())
}

async fn find(chat: &Chat, user_id: &str, run_id: &str) -> Result<runs::StoredRun> {
    runs::find(chat.db(), user_id, run_id).await
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_header_says_how_far_a_client_is_or_else_the_query() {
        let check = |header: Option<&'static str>, query, expected| {
            let header = header.map(|value| (LAST_EVENT_ID.parse().unwrap(), HeaderValue::from_static(value)));
            assert_eq!(n_read(&HeaderMap::from_iter(header), query).ok(), expected, "{query:?}");
        };
        check(None, None, Some(0));
        check(None, Some("after=7&more=1"), Some(7));
        check(Some("9"), Some("after=7"), Some(9));
        check(Some(""), None, Some(0));
        check(None, Some("after"), Some(0));
        check(Some("snapshot"), None, Some(WITHIN_SNAPSHOT));
        check(Some("-1"), None, None);
        check(Some("seven"), None, None);
        check(None, Some("after=99999999999999999999999"), None);
    }
}
