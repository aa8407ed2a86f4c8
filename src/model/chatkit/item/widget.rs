//! `widget`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::Timestamp;

/// A tree of components.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Widget {
    /// `msg_` and at least 96 random bits.
    pub id: String,
    /// The thread's id.
    pub thread_id: String,
    /// The creation time.
    pub created_at: Timestamp,
    /// The root component, a `Card`, `ListView` or `Basic`; stored and sent unchanged.
    pub widget: Value,
    /// The text that the copy button copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_text: Option<String>,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
