//! DOM event handling of widgets. Attributes of the elements identify their components.

use leptos::{ev, prelude::*};
use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement, HtmlInputElement};

use super::{
    action::{ActionConfig, LoadingScope},
    combobox, date, field_values,
    running_actions::RunningActions,
};

/// Handles a click on a button, or on a row that acts as one.
pub(super) fn click(running: RunningActions, ev: &ev::MouseEvent) {
    let Some(target) = target(ev) else { return };
    if combobox::click(running, &target) || date::click(running, ev, &target) {
        return;
    }
    if target.closest("[data-more]").ok().flatten().is_some() {
        return show_more(running, ev);
    }
    // Selections cannot change while an action is running.
    if target.tag_name() == "INPUT" && target.get_attribute("aria-disabled").is_some() {
        return ev.prevent_default();
    }
    let Some(button) = target.closest("[data-click]").ok().flatten() else { return };
    if button.get_attribute("aria-disabled").is_some() {
        return ev.prevent_default();
    }
    // The submit event follows after validation.
    if button.get_attribute("type").as_deref() == Some("submit") && form_of(&button).is_some() {
        return;
    }
    let path = button.get_attribute("data-click").unwrap_or_default();
    let field = button.get_attribute("data-card").unwrap_or_else(|| "onClickAction".to_owned());
    start_button(running, &path, &field, form_of(&button).as_ref());
}

/// Handles key presses: rows that act as buttons, searchable lists and calendars.
pub(super) fn keydown(running: RunningActions, ev: &ev::KeyboardEvent) {
    let Some(target) = target(ev) else { return };
    if combobox::keydown(running, ev, &target) || date::keydown(running, ev, &target) {
        return;
    }
    if target.get_attribute("role").as_deref() != Some("button") {
        return;
    }
    if matches!(ev.key().as_str(), "Enter" | " ") {
        ev.prevent_default();
        target.dyn_ref::<HtmlElement>().inspect(|it| it.click());
    }
}

/// Handles input into a field.
pub(super) fn input(ev: &ev::Event) {
    if let Some(target) = target(ev) {
        combobox::input(&target);
        date::input(&target);
    }
}

/// Closes the popover of a field that loses the focus.
pub(super) fn focus_out(running: RunningActions, ev: &ev::FocusEvent) {
    if let Some(target) = target(ev) {
        combobox::focus_out(running, &target);
        // An incomplete date fires no `input` event.
        date::input(&target);
    }
}

/// Updates the fields of a widget after it was rendered again.
pub(super) fn sync_fields(widget: &Element) {
    combobox::sync_fields(widget);
    date::sync_fields(widget);
}

/// Handles a change of a field's value.
pub(super) fn change(running: RunningActions, ev: &ev::Event) {
    let Some(field) = target(ev) else { return };
    if let Some(path) = field.get_attribute("data-change") {
        changed(running, &field, &path);
    }
}

/// Runs the change action of a field's component.
pub(super) fn changed(running: RunningActions, field: &Element, path: &str) {
    let config = running.with(path, |it| ActionConfig::read(it, "onChangeAction", LoadingScope::Nothing));
    let values = form_of(field)
        .map_or_else(|| field_values::value_of(field).into_iter().collect(), |it| field_values::values_of(&it));
    if let Some(config) = config {
        running.start(path, config, values);
    }
}

/// Submits a valid form.
pub(super) fn submit(running: RunningActions, ev: &ev::SubmitEvent) {
    ev.prevent_default();
    let Some(form) = target(ev).and_then(|it| it.dyn_into::<HtmlFormElement>().ok()) else { return };
    // HTML has no nested forms, so inner ones are marked by attributes.
    let inner = ev.submitter().and_then(|it| it.closest("[data-submit]").ok().flatten());
    let path = inner.as_ref().unwrap_or(form.as_ref()).get_attribute("data-submit").unwrap_or_default();
    let config = running.with(&path, |it| match it.kind() {
        "Card" => it.part("confirm").and_then(|it| ActionConfig::read(it, "action", LoadingScope::Widget)),
        _ => ActionConfig::read(it, "onSubmitAction", LoadingScope::Widget),
    });
    if let Some(config) = config {
        return running.start(&path, config, field_values::values_of(&form));
    }
    if let Some(path) = ev.submitter().and_then(|it| it.get_attribute("data-click")) {
        start_button(running, &path, "onClickAction", Some(&form));
    }
}

/// Selects the content of fields with `autoSelect`.
pub(super) fn focus_in(ev: &ev::FocusEvent) {
    let field = target(ev).filter(|it| it.has_attribute("data-select"));
    if let Some(field) = field.and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) {
        field.select();
    }
}

fn start_button(running: RunningActions, path: &str, field: &str, form: Option<&HtmlFormElement>) {
    let config = running.with(path, |it| match field {
        "confirm" | "cancel" => it.part(field).and_then(|it| ActionConfig::read(it, "action", LoadingScope::Widget)),
        _ => ActionConfig::read(it, field, LoadingScope::Component),
    });
    if let Some(config) = config {
        running.start(path, config, form.map(field_values::values_of).unwrap_or_default());
    }
}

/// Shows all rows of a list and focuses the first new one, because the button disappears.
fn show_more(running: RunningActions, ev: &ev::MouseEvent) {
    let row = target(ev)
        .and_then(|it| it.closest(".widget-list").ok().flatten())
        .and_then(|list| list.query_selector("[data-behind]").ok().flatten());
    running.expand();
    if let Some(row) = row.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        request_animation_frame(move || {
            _ = row.set_attribute("tabindex", "-1");
            _ = row.focus();
        });
    }
}

fn form_of(element: &Element) -> Option<HtmlFormElement> {
    element.closest(".widget form").ok().flatten()?.dyn_into().ok()
}

/// Returns the target element of an event.
pub(super) fn target(ev: &impl AsRef<ev::Event>) -> Option<Element> {
    ev.as_ref().target()?.dyn_into().ok()
}

/// A field name and its value.
pub(super) type NamedValue = (String, Value);
