use leptos::prelude::*;
use serde_json::Value;

use super::{copy::CopyButton, entry_view::EntryView};
use crate::{
    model::chatkit::ThreadItem,
    ui::{chatkit::widgets::WidgetView, components::Show, words::items as words},
};

/// Depth limit of widgets, far beyond real ones and within every browser's stack.
const MAX_DEPTH: usize = 32;
/// Fields with human-readable text.
const READ: [&str; 5] = ["title", "value", "label", "text", "alt"];
/// Components whose `value` is text. In others it is a form value.
const TEXTS: [&str; 6] = ["Text", "Title", "Caption", "Markdown", "Label", "Badge"];

/// A widget. One with an unknown root is rendered as text.
#[component]
pub(super) fn WidgetItem(shown: EntryView) -> impl IntoView {
    let widget = shown.read(|entry| match &entry.item {
        ThreadItem::Widget(it) => Some(it.widget.clone()),
        _ => None,
    });
    let widget = Memo::new(move |_| widget.get().unwrap_or_default());
    let id = shown.read(|entry| Some(entry.item.id().to_owned()));
    let id = Signal::derive(move || id.get().unwrap_or_default());
    let fallback = move || view! { <WidgetText shown /> }.into_any();
    view! { <WidgetView control=shown.control item_id=id widget fallback /> }
}

/// Text content of a widget.
#[component]
fn WidgetText(shown: EntryView) -> impl IntoView {
    let text = shown.read(|entry| match &entry.item {
        ThreadItem::Widget(it) => Some(it.copy_text.clone().unwrap_or_else(|| text_of(&it.widget))),
        _ => None,
    });
    let text = Memo::new(move |_| text.get().unwrap_or_default());
    let is_empty = Memo::new(move |_| text.with(|it| it.trim().is_empty()));
    view! {
        <div class="widget-fallback">
            <p class="widget-fallback__lines">
                {move || if is_empty.get() { words::WIDGET_EMPTY.to_owned() } else { text.get() }}
            </p>
            <Show when=move || !is_empty.get()>
                <CopyButton label=words::COPY_WIDGET text />
            </Show>
        </div>
    }
}

/// Returns the texts of a component tree, one per line.
pub(crate) fn text_of(root: &Value) -> String {
    let mut lines = Vec::new();
    collect(root, MAX_DEPTH, &mut lines);
    lines.join("\n")
}

fn collect<'a>(node: &'a Value, depth: usize, lines: &mut Vec<&'a str>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if let Value::Array(nodes) = node {
        return nodes.iter().for_each(|it| collect(it, depth, lines));
    }
    let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
    for field in READ.into_iter().filter(|it| *it != "value" || TEXTS.contains(&kind)) {
        let text = node.get(field).and_then(Value::as_str).unwrap_or_default();
        if !text.trim().is_empty() {
            lines.push(text);
        }
    }
    if let Some(children) = node.get("children") {
        collect(children, depth, lines);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_texts_are_found_in_their_order() {
        let tree = json!({ "type": "Card", "children": [
            { "type": "Title", "value": "Trains" },
            { "type": "Row", "children": [
                { "type": "Text", "value": "9:04" },
                { "type": "Button", "label": "Book", "onClickAction": { "type": "book" } },
                { "type": "Input", "name": "secret", "value": "not shown" },
            ] },
            { "type": "Transition", "children": { "type": "Caption", "value": "late" } },
        ] });
        assert_eq!(text_of(&tree), "Trains\n9:04\nBook\nlate");
    }

    #[test]
    fn nothing_odd_breaks_it() {
        let deep = (0..100).fold(json!({ "type": "Text", "value": "deep" }), |it, _| json!({ "children": [it] }));
        for tree in [deep, json!(null), json!("text"), json!({ "children": 7 }), json!([[]])] {
            assert_eq!(text_of(&tree), "");
        }
    }
}
