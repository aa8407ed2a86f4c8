//! What stands in the fields of a form.

use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlFormElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

use super::{events::Named, search};

/// The named values of a form. Boxes are true or false, everything else is text.
pub(super) fn values_of(form: &HtmlFormElement) -> Vec<Named> {
    let fields = form.elements();
    (0..fields.length()).filter_map(|at| fields.item(at)).filter_map(|field| value_of(&field)).collect()
}

/// What a field says; `None` for what is no field, has no name, cannot be used, or is a choice that was not made.
pub(super) fn value_of(field: &Element) -> Option<Named> {
    let name = field.get_attribute("name").filter(|it| !it.is_empty())?;
    if field.has_attribute("disabled") {
        return None;
    }
    let value = if let Some(value) = search::value_of(field) {
        value.into()
    } else if let Some(it) = field.dyn_ref::<HtmlInputElement>() {
        match it.type_().as_str() {
            "checkbox" => Value::Bool(it.checked()),
            "radio" if !it.checked() => return None,
            _ => it.value().into(),
        }
    } else if let Some(it) = field.dyn_ref::<HtmlSelectElement>() {
        it.value().into()
    } else {
        field.dyn_ref::<HtmlTextAreaElement>()?.value().into()
    };
    Some((name, value))
}
