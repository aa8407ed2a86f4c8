//! Wording of dictation.

/// Button that starts a dictation.
pub const DICTATE: &str = "Dictate";
/// Status while the browser asks for permission.
pub const ASKING: &str = "Waiting for the microphone…";
/// Status during a recording.
pub const RECORDING: &str = "Recording";
/// Button that ends the recording and transcribes it.
pub const STOP: &str = "Stop and insert the text";
/// Button that discards the recording.
pub const CANCEL: &str = "Cancel dictation";
/// Status during transcription.
pub const TRANSCRIBING: &str = "Turning speech into text…";
/// Button that closes the error.
pub const DISMISS: &str = "Dismiss";
/// Error: the browser or the user denied access.
pub const DENIED: &str = "The microphone is blocked. Allow it for this page in your browser to dictate.";
/// Error: no microphone exists.
pub const NO_MICROPHONE: &str = "No microphone was found. Connect one and try again.";
/// Error: the microphone is in use.
pub const BUSY: &str = "The microphone could not be used. Another program may have it.";
/// Error: the browser cannot record on this page.
pub const UNAVAILABLE: &str = "This browser cannot record sound on this page. It takes a secure address (https).";
/// Error: the transcript is empty.
pub const NOTHING_HEARD: &str = "Nothing was heard. Try again.";

/// Formats a duration in minutes and seconds.
pub fn time(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
