//! `client_tool_call`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::Timestamp;

/// A call of a tool that lives in the client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientToolCall {
    /// `tc_` and at least 96 random bits.
    pub id: String,
    /// The thread it stands in.
    pub thread_id: String,
    /// When the tool was called.
    pub created_at: Timestamp,
    /// Whether the client has answered.
    #[serde(default)]
    pub status: ToolCallStatus,
    /// The model's own id of the call.
    pub call_id: String,
    /// The tool.
    pub name: String,
    /// What it is called with; its nulls are kept.
    #[serde(default)]
    pub arguments: Map<String, Value>,
    /// What the client answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Whether a client has answered a tool call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolCallStatus {
    /// Not yet.
    #[default]
    Pending,
    /// Yes.
    Completed,
}
