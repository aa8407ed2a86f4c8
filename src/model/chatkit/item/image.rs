//! `generated_image`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::Timestamp;

/// A generated image, or its placeholder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeneratedImageItem {
    /// `msg_` and at least 96 random bits.
    pub id: String,
    /// The thread's id.
    pub thread_id: String,
    /// The time at which the generation began.
    pub created_at: Timestamp,
    /// The image; unset until there is a first preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<GeneratedImage>,
    /// The progress of the generation from 0 to 1; never stored.
    #[serde(skip)]
    pub progress: Option<f64>,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// An image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratedImage {
    /// The image's id.
    pub id: String,
    /// The image's URL; may be a `data:` URL.
    pub url: String,
}
