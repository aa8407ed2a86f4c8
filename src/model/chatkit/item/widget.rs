//! `widget`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::Timestamp;

/// A tree of components.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Widget {
    /// `msg_` and at least 96 random bits.
    pub id: String,
    /// The thread it stands in.
    pub thread_id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The root: a `Card`, a `ListView` or a `Basic`, kept as it came.
    pub widget: Value,
    /// What is copied in its stead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_text: Option<String>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
