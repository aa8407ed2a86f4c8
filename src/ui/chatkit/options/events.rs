//! What the chat tells the page.

use serde_json::{Map, Value};

use super::ThreadId;

/// The end of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseEnd {
    /// The thread, if the server named one before the end.
    pub thread_id: Option<ThreadId>,
    /// Why it ended.
    pub reason: EndReason,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// It was complete.
    Complete,
    /// The user stopped it.
    Stopped,
    /// It failed; `on_error` has been called.
    Failed,
}

/// Something for the page to do: a `client_effect` of the server's, or a click on a `chatkit-link://` address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientEffect {
    /// What to do.
    pub name: String,
    /// With what.
    pub data: Map<String, Value>,
}

/// What a developer may want to know; may hold what users wrote.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogEntry {
    /// What happened, for instance `event.unknown`.
    pub name: String,
    /// With what.
    pub data: Map<String, Value>,
}

/// A call of a tool that lives in the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolCall {
    /// The tool.
    pub name: String,
    /// What it is called with.
    pub params: Map<String, Value>,
}
