//! The transcript: progress, notices, the way to the end.

/// What a new chat asks when the page says nothing else.
pub const GREETING: &str = "What can I help with today?";
