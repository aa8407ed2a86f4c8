//! Wording of the transcript: progress, notices, navigation.

/// Default greeting of a new chat.
pub const GREETING: &str = "What can I help with today?";
/// Accessible name of the suggested prompts.
pub const PROMPTS: &str = "Suggestions";
/// Accessible name of the transcript.
pub const CONVERSATION: &str = "Conversation";
/// Button that scrolls to the end.
pub const JUMP: &str = "Jump to latest";
/// Button that loads older messages.
pub const EARLIER: &str = "Show earlier messages";
/// Status while older messages load.
pub const LOADING_EARLIER: &str = "Loading earlier messages";
/// Status before the first part of an answer.
pub const THINKING: &str = "Thinking…";
/// Status while a lost connection is being restored.
pub const RECONNECTING: &str = "Connection lost. Reconnecting…";
/// Button that retries a broken answer or reloads a thread.
pub const TRY_AGAIN: &str = "Try again";
/// Status while a thread loads.
pub const LOADING: &str = "Loading the chat";
/// Notice of a missing thread.
pub const MISSING: &str = "This chat does not exist.";
