//! The composer.

/// The text area's name.
pub const MESSAGE: &str = "Message";
/// The name of the button that sends.
pub const SEND: &str = "Send message";
/// The name of the button that stops an answer.
pub const STOP: &str = "Stop answering";
/// What stands instead of the composer where no scripts run.
pub const NO_SCRIPT: &str = "Chat needs JavaScript to send messages. You can read your chats without it.";
/// What stands instead of the composer in a thread that takes no more messages and says nothing about it.
pub const CLOSED: &str = "This chat takes no more messages.";

/// The name of the form with the assistant's questions.
pub const QUESTIONS: &str = "Questions";
/// The label of the field for an answer that was not prepared.
pub const OTHER: &str = "Other";
/// Goes to the question before.
pub const BACK: &str = "Back";
/// Goes on without an answer.
pub const SKIP: &str = "Skip";
/// Goes on to the next question.
pub const NEXT: &str = "Next";
/// Sends the answers.
pub const SEND_ANSWERS: &str = "Send";
/// Sends no answers at all.
pub const SKIP_ALL: &str = "Skip all";

/// Says which of the questions is shown.
pub fn position(at: usize, n_questions: usize) -> String {
    format!("{at} of {n_questions}")
}

/// What stands in an empty composer when the page says nothing else.
pub const PLACEHOLDER: &str = "Message the AI";
