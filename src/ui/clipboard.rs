//! Copying text, also where browsers have no clipboard for scripts: on plain http, except on this machine.

use js_sys::{Function, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, HtmlTextAreaElement, Range, Selection};

/// Copies a text and tells whether that could be done. To be called while a click or a key is handled: later no browser
/// lets a page copy.
pub(crate) fn copy(text: String, tell: impl FnOnce(bool) + 'static) {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into());
    if clipboard.is_ok_and(|it| it.is_undefined()) {
        return tell(copy_selected(&text).is_some());
    }
    spawn_local(async move {
        let written = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
        tell(written.is_ok() || copy_selected(&text).is_some());
    });
}

/// Copies as people do: the text is selected in a field that nobody sees.
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
    // Outside of a modal dialog nothing can be selected.
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
    // A selection may take the focus to what it stands in, so that comes last.
    focused.inspect(|it| _ = it.focus());
    is_copied.filter(JsValue::is_truthy).map(drop)
}

/// What is selected in the page.
fn ranges_of(selection: &Selection) -> Vec<Range> {
    (0..selection.range_count()).filter_map(|at| Some(selection.get_range_at(at).ok()?.clone_range())).collect()
}
