//! Speaking instead of typing.

/// The name of the button that begins.
pub const DICTATE: &str = "Dictate";
/// Says that the browser asks for the microphone.
pub const ASKING: &str = "Waiting for the microphone…";
/// Says that it listens.
pub const RECORDING: &str = "Recording";
/// Ends the recording and makes text of it.
pub const STOP: &str = "Stop and insert the text";
/// Throws the recording away.
pub const CANCEL: &str = "Cancel dictation";
/// Says that text is made of it.
pub const TRANSCRIBING: &str = "Turning speech into text…";
/// Hides the sentence about what went wrong.
pub const DISMISS: &str = "Dismiss";
/// The browser, or the user, says no.
pub const DENIED: &str = "The microphone is blocked. Allow it for this page in your browser to dictate.";
/// There is none.
pub const NO_MICROPHONE: &str = "No microphone was found. Connect one and try again.";
/// Something else has it.
pub const BUSY: &str = "The microphone could not be used. Another program may have it.";
/// The browser cannot record here.
pub const UNAVAILABLE: &str = "This browser cannot record sound on this page. It takes a secure address (https).";
/// Nothing was said.
pub const NOTHING_HEARD: &str = "Nothing was heard. Try again.";

/// A running time in minutes and seconds.
pub fn time(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
