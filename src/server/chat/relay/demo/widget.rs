//! The demo's widget.

use serde_json::{Value, json};

use super::{
    RelayEvent,
    items::{added, done, item, updated},
};
use crate::server::ids;

/// Makes a card.
pub(super) fn card(children: Value) -> Value {
    json!({ "type": "Card", "children": children })
}

/// A widget whose text grows and whose buttons do something, with and without a stream.
pub(super) fn growing() -> Vec<RelayEvent> {
    let id = ids::chat_id("msg");
    let whole = |text: &str, is_streaming: bool| {
        card(json!([
            { "type": "Text", "id": "text", "value": text, "streaming": is_streaming },
            { "type": "Button", "label": "Go",
                "onClickAction": { "type": "go", "payload": { "n": 1, "none": null }, "handler": "server" } },
            { "type": "Button", "label": "Go at once",
                "onClickAction": { "type": "go", "payload": null, "handler": "server", "streaming": false } },
        ]))
    };
    let widget =
        |root: Value| item(&id, json!({ "type": "widget", "widget": root, "copy_text": "Hello from a widget." }));
    let delta = |delta: &str| {
        updated(
            &id,
            json!({ "type": "widget.streaming_text.value_delta", "component_id": "text", "delta": delta, "done": false }),
        )
    };
    let mut events = vec![added(&widget(whole("", true)))];
    events.extend("Hello from a widget.".split_inclusive(' ').map(delta));
    events.push(updated(&id, json!({ "type": "widget.root.updated", "widget": whole("Hello from a widget.", false) })));
    events.push(done(&widget(whole("Hello from a widget.", false))));
    events
}

/// What the widget becomes when somebody clicks.
pub(super) fn clicked(item_id: &str) -> RelayEvent {
    let root = card(json!([{ "type": "Text", "id": "text", "value": "Clicked." }]));
    updated(item_id, json!({ "type": "widget.root.updated", "widget": root }))
}
