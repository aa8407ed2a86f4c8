//! Pictures that a model refused. A hidden item after the question records them, so that later requests omit them.

use serde_json::{Map, Value, json};

use crate::{
    model::{
        Timestamp,
        chatkit::{HiddenContext, ThreadItem},
    },
    server::ids,
};

/// Kind of this record among hidden items.
const KIND: &str = "pictures_refused";

/// Record of the pictures that a model refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::server::chat) struct RefusedPictures {
    /// Name of the model.
    pub(in crate::server::chat) model: String,
    /// Ids of the pictures.
    pub(in crate::server::chat) ids: Vec<String>,
}

impl RefusedPictures {
    /// Creates the hidden item. The run sets thread and creation time.
    pub(in crate::server::chat) fn item(&self) -> ThreadItem {
        ThreadItem::SdkHiddenContext(HiddenContext {
            id: ids::chat_id("shcx"),
            thread_id: String::new(),
            created_at: Timestamp::from_millis(0),
            content: json!({ "colloquy": KIND, "model": self.model, "ids": self.ids }),
        })
    }

    /// Parses the record in a hidden item. Returns `None` for hidden items addressed to the model.
    pub(in crate::server::chat) fn of(item: &HiddenContext) -> Option<Self> {
        let note: &Map<String, Value> =
            item.content.as_object().filter(|note| note.get("colloquy") == Some(&json!(KIND)))?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let ids = note.get("ids").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        Some(Self { model: note.get("model").and_then(text)?, ids: ids.iter().filter_map(text).collect() })
    }
}
