//! Items that are not shown, and items of unknown kinds.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::Timestamp;

/// The end of the assistant's turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndOfTurn {
    /// The item's id.
    pub id: String,
    /// The thread's id.
    pub thread_id: String,
    /// The creation time.
    pub created_at: Timestamp,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Context for the model, hidden from clients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HiddenContext {
    /// `shcx_` and at least 96 random bits.
    pub id: String,
    /// The thread's id.
    pub thread_id: String,
    /// The creation time.
    pub created_at: Timestamp,
    /// Text or any JSON.
    pub content: Value,
}

/// An item of an unknown kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnknownItem {
    /// The item's id.
    pub id: String,
    /// The id of the item's thread; empty if unset.
    #[serde(default)]
    pub thread_id: String,
    /// The creation time.
    pub created_at: Timestamp,
    /// The name of the kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// All other fields.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}
