//! Transcription of recordings.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::Recording;
use crate::server::chat::{
    chat_state::Chat,
    http::error::{ChatError, Result},
};

/// Transcribes a user's recording with the configured speech model, or else through the upstream.
///
/// # Errors
/// [`ChatError::Invalid`] for an unreadable recording, or if no transcription is configured. [`ChatError::Model`] if
/// the transcription fails.
pub(in crate::server::chat) async fn transcribe(chat: &Chat, user_id: &str, recording: Recording) -> Result<String> {
    let invalid = |text: &str| ChatError::Invalid(text.to_owned());
    let essence = recording.mime_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let extension = extension(&essence).ok_or_else(|| invalid("the recording's media type is not supported"))?;
    let audio =
        BASE64_STANDARD.decode(&recording.audio_base64).map_err(|_| invalid("the recording is not valid Base64"))?;
    if audio.is_empty() {
        return Err(invalid("the recording is empty"));
    }
    let text = match chat.transcriber() {
        Some(transcriber) => transcriber.transcribe(audio, &essence, extension).await,
        None => {
            let asked = chat.relay().transcribe(user_id, recording).ok_or_else(|| {
                invalid("this server does not transcribe speech: its operator can set OPENAI_TRANSCRIBE_MODEL")
            })?;
            asked.await
        }
    };
    text.map_err(ChatError::Model)
}

/// Returns the file extension, from which OpenAI derives the type.
fn extension(media_type: &str) -> Option<&'static str> {
    Some(match media_type {
        "audio/webm" | "video/webm" => "webm",
        "audio/mp4" | "audio/x-m4a" | "audio/m4a" | "audio/aac" => "m4a",
        "audio/mpeg" | "audio/mp3" => "mp3",
        "audio/ogg" | "audio/opus" => "ogg",
        "audio/wav" | "audio/x-wav" | "audio/wave" => "wav",
        "audio/flac" | "audio/x-flac" => "flac",
        _ => return None,
    })
}
