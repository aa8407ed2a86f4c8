//! `generated_image`.

use serde::Serialize;
use serde_json::{Error, Map, Value};

use crate::model::{
    Timestamp,
    from_json::{Fields, FromJson, deserialize_from_json, from_json},
};

/// A picture, or the place where it will be.
#[derive(Clone, Debug, PartialEq, Serialize)]
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

impl FromJson for GeneratedImageItem {
    fn from_json(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "struct GeneratedImageItem")?;
        Ok(Self {
            id: fields.required("id")?,
            thread_id: fields.required("thread_id")?,
            created_at: fields.required("created_at")?,
            image: fields.or_default("image")?,
            progress: None,
            extra: fields.others(&["id", "thread_id", "created_at", "image"]),
        })
    }
}

deserialize_from_json!(GeneratedImageItem);

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GeneratedImage {
    /// Its id.
    pub id: String,
    /// Where it is; may be a `data:` URL.
    pub url: String,
}

from_json!(struct GeneratedImage { id, url });
