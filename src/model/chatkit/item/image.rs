//! `generated_image`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::Timestamp;

/// A picture, or the place where it will be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeneratedImageItem {
    /// `msg_` and at least 96 random bits.
    pub id: String,
    /// The thread it stands in.
    pub thread_id: String,
    /// When the work began.
    pub created_at: Timestamp,
    /// The picture; absent while there is nothing to see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<GeneratedImage>,
    /// How much of it is done while it is made, from 0 to 1; never stored.
    #[serde(skip)]
    pub progress: Option<f64>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratedImage {
    /// Its id.
    pub id: String,
    /// Where it is; may be a `data:` URL.
    pub url: String,
}
