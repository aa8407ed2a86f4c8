//! Pictures that a model refused. A hidden item after the question notes them, so that they are left out from then on.

use serde_json::{Map, Value, json};

use crate::{
    model::{
        Timestamp,
        chatkit::{HiddenContext, ThreadItem},
    },
    server::ids,
};

/// The kind of such a note among hidden items.
const KIND: &str = "pictures_refused";

/// A note that a model refused pictures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::server::chat) struct Refused {
    /// The model.
    pub(in crate::server::chat) model: String,
    /// The ids of the pictures.
    pub(in crate::server::chat) ids: Vec<String>,
}

impl Refused {
    /// Makes the hidden item; the run sets its thread and its moment.
    pub(in crate::server::chat) fn item(&self) -> ThreadItem {
        ThreadItem::SdkHiddenContext(HiddenContext {
            id: ids::chat_id("shcx"),
            thread_id: String::new(),
            created_at: Timestamp::from_millis(0),
            content: json!({ "colloquy": KIND, "model": self.model, "ids": self.ids }),
        })
    }

    /// Reads the note in a hidden item; `None` for hidden items that are for the model.
    pub(in crate::server::chat) fn of(item: &HiddenContext) -> Option<Self> {
        let note: &Map<String, Value> =
            item.content.as_object().filter(|note| note.get("colloquy") == Some(&json!(KIND)))?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let ids = note.get("ids").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        Some(Self { model: note.get("model").and_then(text)?, ids: ids.iter().filter_map(text).collect() })
    }
}
