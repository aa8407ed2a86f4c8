//! Behaviour of the demo's widgets: sent, streamed, and changed by actions.

use serde_json::{Value, json};

use super::{
    RelayEvent,
    sample_items::{added, done, item, replacing, updated},
    sample_widgets,
};
use crate::{
    model::chatkit::{Action, Widget},
    server::ids,
};

/// Builds a card.
pub(super) fn card(children: Value) -> Value {
    json!({ "type": "Card", "children": children })
}

/// Returns the event that sends a named widget.
pub(super) fn named(name: &str) -> Option<RelayEvent> {
    let widget = sample_widgets::named(name)?;
    Some(done(&item(&ids::chat_id("msg"), json!({ "type": "widget", "widget": widget }))))
}

/// A widget with a growing text, and with streamed and synchronous buttons.
pub(super) fn growing() -> Vec<RelayEvent> {
    let whole = |text: &str, is_streaming: bool| {
        card(json!([
            { "type": "Text", "id": "text", "value": text, "streaming": is_streaming },
            { "type": "Button", "label": "Go",
                "onClickAction": { "type": "go", "payload": { "n": 1, "none": null }, "handler": "server" } },
            { "type": "Button", "label": "Go at once",
                "onClickAction": { "type": "go", "payload": null, "handler": "server", "streaming": false } },
        ]))
    };
    grown("Hello from a widget.", "text", whole)
}

/// A form that can be filled in while the text beside it grows.
pub(super) fn streaming() -> Vec<RelayEvent> {
    let text = "## The weather\n\nIt will *rain* in the morning, and **clear up** by noon; take an umbrella along.\n\n\
        - Morning: 8 °C\n- Noon: 14 °C\n- Evening: 11 °C";
    let whole = |text: &str, is_streaming: bool| {
        let badge = if is_streaming { ("Writing", "info") } else { ("Complete", "success") };
        card(json!([
            { "type": "Badge", "id": "state", "label": badge.0, "color": badge.1 },
            { "type": "Markdown", "id": "weather", "value": text, "streaming": is_streaming },
            { "type": "Form", "gap": 2, "onSubmitAction": { "type": "weather.note" }, "children": [
                { "type": "Label", "fieldName": "note", "value": "Your note" },
                { "type": "Input", "name": "note" },
                { "type": "Text", "id": "said", "value": "", "size": "sm" },
                { "type": "Button", "label": "Keep", "submit": true },
            ] },
        ]))
    };
    let mut events = grown(text, "weather", whole);
    let Some(RelayEvent::Event(event)) = events.last() else { return events };
    let id = json!(event)["item"]["id"].as_str().unwrap_or_default().to_owned();
    let badge = json!({ "type": "Badge", "id": "state", "label": "Half way", "color": "discovery" });
    let half = json!({ "type": "widget.component.updated", "component_id": "state", "component": badge });
    events.insert(events.len() / 2, updated(&id, half));
    events
}

/// A widget whose text grows, is then replaced as a whole, and completed.
fn grown(text: &str, component: &str, whole: impl Fn(&str, bool) -> Value) -> Vec<RelayEvent> {
    let id = ids::chat_id("msg");
    let widget = |root: Value| item(&id, json!({ "type": "widget", "widget": root, "copy_text": text }));
    let delta = |delta: &str| {
        let kind = "widget.streaming_text.value_delta";
        updated(&id, json!({ "type": kind, "component_id": component, "delta": delta, "done": false }))
    };
    let mut events = vec![added(&widget(whole("", true)))];
    events.extend(text.split_inclusive(' ').map(delta));
    events.push(updated(&id, json!({ "type": "widget.root.updated", "widget": whole(text, false) })));
    events.push(done(&widget(whole(text, false))));
    events
}

/// Returns the event that changes a widget after one of its actions.
pub(super) fn acted(action: &Action, sender: &Widget) -> RelayEvent {
    if action.kind == "go" {
        let root = card(json!([{ "type": "Text", "id": "text", "value": "Clicked." }]));
        return updated(&sender.id, json!({ "type": "widget.root.updated", "widget": root }));
    }
    // An item that must survive a reload is replaced.
    replacing(&item(&sender.id, json!({ "type": "widget", "widget": after(action, &sender.widget) })))
}

/// Returns the widget as changed by a synchronous action.
pub(super) fn acted_at_once(action: &Action, sender: &Widget) -> Value {
    let at_once = || card(json!([{ "type": "Text", "value": format!("Done at once: {}", action.kind) }]));
    match sample_widgets::saying(&sender.widget, &format!("{} {}", action.kind, action.payload)) {
        Some(widget) if action.kind != "go" => widget,
        _ => at_once(),
    }
}

fn after(action: &Action, widget: &Value) -> Value {
    if action.kind == "flight.book" {
        return sample_widgets::booked_flight();
    }
    let text = format!("{} {}", action.kind, action.payload);
    sample_widgets::saying(widget, &text).unwrap_or_else(|| card(json!([{ "type": "Text", "value": text }])))
}
