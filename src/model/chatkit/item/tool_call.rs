//! `client_tool_call`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::Timestamp;

/// A call of a tool in the client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientToolCall {
    /// `tc_` and at least 96 random bits.
    pub id: String,
    /// The thread's id.
    pub thread_id: String,
    /// The time of the call.
    pub created_at: Timestamp,
    /// The status of the call.
    #[serde(default)]
    pub status: ToolCallStatus,
    /// The model's id of the call.
    pub call_id: String,
    /// The name of the tool.
    pub name: String,
    /// The arguments; null values are kept.
    #[serde(default)]
    pub arguments: Map<String, Value>,
    /// The client's result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The status of a tool call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolCallStatus {
    /// The client has not sent a result yet.
    #[default]
    Pending,
    /// The client has sent a result.
    Completed,
}
