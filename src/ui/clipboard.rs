//! Copying text, also where browsers have no clipboard for scripts: on plain http, except on this machine.

use js_sys::{Function, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, HtmlTextAreaElement};

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
    // Outside of a modal dialog nothing can be selected.
    let dialog = document.query_selector("dialog:modal").ok().flatten();
    dialog.or_else(|| document.body().map(Into::into))?.append_child(&field).ok()?;
    field.select();
    let copy: Option<Function> = Reflect::get(&document, &"execCommand".into()).ok().and_then(|it| it.dyn_into().ok());
    let is_copied = copy.and_then(|it| it.call1(&document, &JsValue::from_str("copy")).ok());
    field.remove();
    focused.inspect(|it| _ = it.focus());
    is_copied.filter(JsValue::is_truthy).map(drop)
}
