//! Gallery of the demo's content: every item in every state, and every widget.

use serde_json::{Value, json};

use super::{
    RelayEvent,
    sample_items::{self, added, done, item},
    sample_texts::MARKDOWN,
    sample_widgets, widget_actions,
};
use crate::model::{chatkit::ThreadStreamEvent, page::GallerySection};

/// URL of a small picture.
const PICTURE: &str = "/favicon.svg";

/// Returns all sections of the gallery.
pub(in crate::server::chat) fn gallery() -> Vec<GallerySection> {
    let mut sections = items();
    sections
        .extend(sample_widgets::names().map(|name| section(name, widget_actions::named(name).into_iter().collect())));
    let streaming = widget_actions::streaming();
    let half = streaming.iter().take(streaming.len() / 2 + 1).cloned().collect();
    sections.extend([section("stream, half way", half), section("stream", streaming)]);
    sections
}

/// Returns the sections of items. Those that change appear incomplete as well.
fn items() -> Vec<GallerySection> {
    let changing = [
        ("answer with sources", sample_items::annotated()),
        ("steps of work", sample_items::workflow()),
        ("picture", sample_items::image()),
    ];
    let mut sections = vec![section("message", messages()), section("answers", answers())];
    for (name, events) in changing {
        let half = events.iter().take(events.len() / 2 + 1).cloned().collect();
        sections.extend([section(&format!("{name}, half way"), half), section(name, events)]);
    }
    sections.extend([
        section("one step", sample_items::task()),
        section("questions", sample_items::questions()),
        section("questions, answered and skipped", answered()),
        section("call of a tool in the page", sample_items::tool_call()),
        section("call of a tool in the page, complete", completed()),
        section("notices and errors", sample_items::effects().into_iter().chain([sample_items::error()]).collect()),
        section("something that this version does not know", vec![done(&odd())]),
    ]);
    sections
}

fn section(name: &str, events: Vec<RelayEvent>) -> GallerySection {
    let told = events.into_iter().filter_map(|it| match it {
        RelayEvent::Event(event) => Some(*event),
        _ => None,
    });
    GallerySection { name: name.to_owned(), events: told.collect::<Vec<ThreadStreamEvent>>() }
}

fn messages() -> Vec<RelayEvent> {
    let message = |id: &str, text: &str, more: Value| {
        let mut fields = json!({ "type": "user_message", "content": [{ "type": "input_text", "text": text }] });
        fields.as_object_mut().expect("BUG: an object").extend(more.as_object().cloned().unwrap_or_default());
        done(&item(id, fields))
    };
    let files = json!([
        { "type": "file", "id": "atc_1", "name": "notes.pdf", "mime_type": "application/pdf" },
        { "type": "image", "id": "atc_2", "name": "favicon.svg", "mime_type": "image/svg+xml", "preview_url": PICTURE },
    ]);
    vec![
        message("msg_u1", "Explain ownership in Rust", json!({})),
        message("msg_u2", "What does this mean?", json!({ "quoted_text": "Each value has one owner." })),
        message("msg_u3", "These two, please.", json!({ "attachments": files })),
    ]
}

fn answers() -> Vec<RelayEvent> {
    let text =
        |text: &str| json!({ "type": "assistant_message", "content": [{ "type": "output_text", "text": text }] });
    let mut broken = text("This answer broke off in the middle of");
    broken["colloquy"] = json!({ "interrupted": true });
    vec![
        done(&item("msg_a1", text(MARKDOWN))),
        done(&item("msg_a2", broken)),
        added(&item("msg_a3", text("This one is still being written"))),
    ]
}

fn answered() -> Vec<RelayEvent> {
    let of = |id: &str, status: &str, answers: [Value; 2]| {
        let [first, second] = answers;
        done(&item(
            id,
            json!({ "type": "structured_input", "status": status, "inputs": [
                { "type": "multiple_choice", "id": "priority", "question": "How urgent is it?", "answer": first,
                    "options": [{ "value": "Low" }, { "value": "High" }] },
                { "type": "freeform", "id": "notes", "question": "Anything else?", "answer": second },
            ] }),
        ))
    };
    let skipped = json!({ "values": [], "skipped": true });
    vec![
        of("si_1", "answered", [json!({ "values": ["High"], "skipped": false }), skipped.clone()]),
        of("si_2", "skipped", [skipped.clone(), skipped]),
    ]
}

fn completed() -> Vec<RelayEvent> {
    let fields = json!({ "type": "client_tool_call", "call_id": "call_1", "name": "get_selection", "arguments": {},
        "status": "completed", "output": { "selected": 3 } });
    vec![done(&item("tc_1", fields))]
}

fn odd() -> Value {
    item("msg_odd", json!({ "type": "widget", "widget": { "type": "Video", "title": "A film", "alt": "Mountains" } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_a_section() {
        let sections = gallery();
        assert_eq!(sections.len(), 15 + sample_widgets::names().count() + 2);
        assert!(sections.iter().all(|it| !it.events.is_empty()));
    }
}
