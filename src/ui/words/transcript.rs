//! The transcript: progress, notices, the way to the end.

/// What a new chat asks when the page says nothing else.
pub const GREETING: &str = "What can I help with today?";
/// The name of the list of what can be asked with one click.
pub const PROMPTS: &str = "Suggestions";
/// The name of the conversation.
pub const CONVERSATION: &str = "Conversation";
/// Leads to the end of the conversation.
pub const JUMP: &str = "Jump to latest";
/// Loads what was said before.
pub const EARLIER: &str = "Show earlier messages";
/// Says that what was said before is on its way.
pub const EARLIER_COMES: &str = "Loading earlier messages";
/// Says that an answer is on its way.
pub const THINKING: &str = "Thinking…";
/// Says that the connection is lost and is being made again.
pub const RECONNECTING: &str = "Connection lost. Reconnecting…";
/// Has a broken answer written again, or a thread loaded.
pub const TRY_AGAIN: &str = "Try again";
/// Says that a thread is on its way.
pub const LOADING: &str = "Loading the chat";
/// Says that there is no such thread.
pub const MISSING: &str = "This chat does not exist.";
