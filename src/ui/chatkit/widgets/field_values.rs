//! Values of form fields.

use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlFormElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

use super::{combobox, events::NamedValue};

/// Returns the named values of a form. Checkboxes are booleans, all other fields are strings.
pub(super) fn values_of(form: &HtmlFormElement) -> Vec<NamedValue> {
    let fields = form.elements();
    (0..fields.length()).filter_map(|at| fields.item(at)).filter_map(|field| value_of(&field)).collect()
}

/// Returns the value of a field. `None` for other elements, unnamed or disabled fields, and unselected radio buttons.
pub(super) fn value_of(field: &Element) -> Option<NamedValue> {
    let name = field.get_attribute("name").filter(|it| !it.is_empty())?;
    if field.has_attribute("disabled") {
        return None;
    }
    let value = if let Some(value) = combobox::value_of(field) {
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
