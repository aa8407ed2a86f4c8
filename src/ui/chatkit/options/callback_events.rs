//! Arguments of the callbacks from the chat to the page.

use serde_json::{Map, Value};

use super::ThreadId;

/// The end of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseEnd {
    /// The thread, if the server assigned one before the end.
    pub thread_id: Option<ThreadId>,
    /// Reason for the end.
    pub reason: EndReason,
}

/// Reason for the end of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The answer is complete.
    Complete,
    /// The user stopped it.
    Stopped,
    /// It failed. `on_error` has been called.
    Failed,
}

/// A request to the page: a `client_effect` event or a click on a `chatkit-link://` address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientEffect {
    /// Name of the effect.
    pub name: String,
    /// Parameters.
    pub data: Map<String, Value>,
}

/// A log entry for developers. It may contain text written by users.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogEntry {
    /// Name of the event, for instance `event.unknown`.
    pub name: String,
    /// Details.
    pub data: Map<String, Value>,
}

/// A call of a client tool.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolCall {
    /// Name of the tool.
    pub name: String,
    /// Arguments.
    pub params: Map<String, Value>,
}
