//! Items that nobody sees, and those of kinds that came later.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::Timestamp;

/// The assistant has nothing to add.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndOfTurn {
    /// Its id.
    pub id: String,
    /// The thread it stands in.
    pub thread_id: String,
    /// When it was said.
    pub created_at: Timestamp,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Context for the model that no client sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HiddenContext {
    /// `shcx_` and at least 96 random bits.
    pub id: String,
    /// The thread it stands in.
    pub thread_id: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// Text or any JSON.
    pub content: Value,
}

/// An item of an unknown kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnknownItem {
    /// Its id.
    pub id: String,
    /// The thread it stands in.
    #[serde(default)]
    pub thread_id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// All other fields.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}
