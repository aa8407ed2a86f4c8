//! Copying of text, also on plain http, where browsers offer scripts no clipboard except on localhost.

use js_sys::{Function, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, HtmlTextAreaElement, Range, Selection};

/// Copies a text and reports success to `on_done`. Call it while handling a click or a key press, because browsers
/// refuse later calls.
pub(crate) fn copy(text: String, on_done: impl FnOnce(bool) + 'static) {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into());
    if clipboard.is_ok_and(|it| it.is_undefined()) {
        return on_done(copy_selected(&text).is_some());
    }
    spawn_local(async move {
        let written = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
        on_done(written.is_ok() || copy_selected(&text).is_some());
    });
}

/// Copies by selecting the text in an invisible field.
fn copy_selected(text: &str) -> Option<()> {
    let document = document();
    let focused = document.active_element().and_then(|it| it.dyn_into::<HtmlElement>().ok());
    let field: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    field.set_value(text);
    field.set_read_only(true);
    field.set_class_name("unseen");
    _ = field.set_attribute("aria-hidden", "true");
    let selection = document.get_selection().ok().flatten();
    let ranges = selection.as_ref().map(ranges_of).unwrap_or_default();
    // Only the content of an open modal dialog can be selected.
    let dialog = document.query_selector("dialog:modal").ok().flatten();
    dialog.or_else(|| document.body().map(Into::into))?.append_child(&field).ok()?;
    field.select();
    let copy: Option<Function> = Reflect::get(&document, &"execCommand".into()).ok().and_then(|it| it.dyn_into().ok());
    let is_copied = copy.and_then(|it| it.call1(&document, &JsValue::from_str("copy")).ok());
    field.remove();
    if let Some(selection) = selection {
        _ = selection.remove_all_ranges();
        ranges.iter().for_each(|it| _ = selection.add_range(it));
    }
    // Restoring the selection may move the focus, so the focus is restored last.
    focused.inspect(|it| _ = it.focus());
    is_copied.filter(JsValue::is_truthy).map(drop)
}

/// Returns the selected ranges of the page.
fn ranges_of(selection: &Selection) -> Vec<Range> {
    (0..selection.range_count()).filter_map(|at| Some(selection.get_range_at(at).ok()?.clone_range())).collect()
}
