//! Reads and parses request bodies.

use std::{borrow::Cow, time::Duration};

use axum::body::{Body, BodyDataStream};
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::error::{ChatError, Result};
use crate::{
    model::chatkit::{ChatKitRequest, ClientCapabilities, InvalidRequest, Operation},
    server::{
        chat::{
            attachments::signed_links::LinkOrigin,
            chat_state::Chat,
            turns::chat_client::{Client, IdempotencyKey},
        },
        fair_queue::Permit,
    },
};

/// Maximum size of a request, in bytes.
const MAX_BYTES: usize = 1024 * 1024;
/// Maximum size of a request with speech, in bytes.
const MAX_SPEECH_BYTES: usize = 16 * MAX_BYTES;
/// Time limit for the rest of a request with speech, because it occupies a turn that other requests wait for.
const SPEECH_TIMEOUT: Duration = Duration::from_secs(60);
/// Time limit for draining an unwanted body.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Reads the body. The content type is ignored, as by the official server.
///
/// A body that may hold a recording is read within the user's turn, which is returned. Until the turn comes, the rest
/// waits in the network.
pub(in crate::server::chat) async fn read(
    chat: &Chat,
    user_id: &str,
    body: Body,
) -> Result<(Operation, Client, Option<Permit>)> {
    let mut chunks = body.into_data_stream();
    let mut body = Vec::new();
    let is_whole = read_bytes(&mut chunks, &mut body, MAX_BYTES).await?;
    let turn = if is_whole { None } else { Some(read_in_turn(chat, user_id, &mut chunks, &mut body).await?) };
    // Checked before parsing, because parsed JSON can be much larger than the body.
    if body.len() > MAX_BYTES && !is_speech(&body) {
        return Err(ChatError::TooLarge { max_bytes: MAX_BYTES });
    }
    let invalid = |err: InvalidRequest| ChatError::Invalid(err.to_string());
    let request = ChatKitRequest::parse(&body).map_err(invalid)?;
    let client = client(&request).map_err(invalid)?;
    // PostgreSQL cannot store U+0000, and nobody types it.
    let may_have_nul = body.windows(6).any(|bytes| bytes == b"\\u0000");
    if may_have_nul && serde_json::from_slice(&body).is_ok_and(|value: Value| has_nul(&value)) {
        return Err(ChatError::Invalid("the request contains the character U+0000".to_owned()));
    }
    Ok((request.operation, client, turn))
}

async fn read_in_turn(chat: &Chat, user_id: &str, chunks: &mut BodyDataStream, body: &mut Vec<u8>) -> Result<Permit> {
    let turn = match chat.shares().recording(user_id).await {
        Ok(turn) => turn,
        Err(err) => {
            drain_chunks(chunks, MAX_SPEECH_BYTES).await;
            return Err(err);
        }
    };
    match tokio::time::timeout(SPEECH_TIMEOUT, read_bytes(chunks, body, MAX_SPEECH_BYTES)).await {
        Ok(Ok(true)) => Ok(turn),
        Ok(Ok(false)) => Err(ChatError::TooLarge { max_bytes: MAX_SPEECH_BYTES }),
        Ok(Err(err)) => Err(err),
        Err(_) => {
            let max_s = SPEECH_TIMEOUT.as_secs();
            Err(ChatError::Invalid(format!("a body of more than {MAX_BYTES} bytes must arrive within {max_s} seconds")))
        }
    }
}

/// True if the body is a transcription request, which may be large.
fn is_speech(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Kind<'a> {
        #[serde(rename = "type", borrow)]
        name: Cow<'a, str>,
    }
    serde_json::from_slice::<Kind<'_>>(body).is_ok_and(|kind| kind.name == "input.transcribe")
}

/// Reads the client's properties from the request.
fn client(request: &ChatKitRequest) -> std::result::Result<Client, InvalidRequest> {
    let ClientCapabilities { resumable, key } = request.client()?;
    let key = key.map(|name| {
        let sent = serde_json::to_vec(&request.operation).expect("BUG: an operation is JSON");
        IdempotencyKey { name, fingerprint: BASE64_STANDARD_NO_PAD.encode(Sha256::digest(sent)) }
    });
    Ok(Client { resumable, key, links: LinkOrigin::default(), received_at: Instant::now() })
}

/// Reads a body up to just beyond `max_bytes`. Returns `false` if more may follow.
///
/// A body is read even if it will be refused: a client that is still writing at a disconnect never reads the error.
async fn read_bytes(chunks: &mut BodyDataStream, bytes: &mut Vec<u8>, max_bytes: usize) -> Result<bool> {
    while bytes.len() <= max_bytes {
        let Some(chunk) = chunks.next().await else { return Ok(true) };
        let chunk = chunk.map_err(|_| ChatError::Invalid("the body broke off".to_owned()))?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(false)
}

/// Reads and drops the body of a refused request. A connection with unread bytes cannot be reused, and the client's
/// next request on it would fail.
pub(in crate::server::chat) async fn drain(body: Body) {
    drain_chunks(&mut body.into_data_stream(), MAX_BYTES).await;
}

async fn drain_chunks(chunks: &mut BodyDataStream, max_bytes: usize) {
    let mut n_bytes = 0;
    let drained = async {
        while let Some(Ok(chunk)) = chunks.next().await {
            n_bytes += chunk.len();
            if n_bytes > max_bytes {
                return;
            }
        }
    };
    _ = tokio::time::timeout(DRAIN_TIMEOUT, drained).await;
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}
