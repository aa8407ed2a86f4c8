//! What happens when a widget is used. The elements say by attributes which component they belong to.

use leptos::{ev, prelude::*};
use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement, HtmlInputElement};

use super::{
    action::{ActionConfig, Waits},
    date, fields,
    running::Running,
    search,
};

/// Does what a button, or a row that is one, is for.
pub(super) fn click(running: Running, ev: &ev::MouseEvent) {
    let Some(target) = target(ev) else { return };
    if search::click(running, &target) || date::click(running, ev, &target) {
        return;
    }
    if target.closest("[data-more]").ok().flatten().is_some() {
        return show_more(running, ev);
    }
    // What is chosen stays while an action is under way.
    if target.tag_name() == "INPUT" && target.get_attribute("aria-disabled").is_some() {
        return ev.prevent_default();
    }
    let Some(button) = target.closest("[data-click]").ok().flatten() else { return };
    if button.get_attribute("aria-disabled").is_some() {
        return ev.prevent_default();
    }
    // What sends a form waits until the form has validated itself.
    if button.get_attribute("type").as_deref() == Some("submit") && form_of(&button).is_some() {
        return;
    }
    let path = button.get_attribute("data-click").unwrap_or_default();
    let field = button.get_attribute("data-card").unwrap_or_else(|| "onClickAction".to_owned());
    start_button(running, &path, &field, form_of(&button).as_ref());
}

/// A row that is a button is pressed as buttons are; a list that can be searched and a calendar have keys of their own.
pub(super) fn keydown(running: Running, ev: &ev::KeyboardEvent) {
    let Some(target) = target(ev) else { return };
    if search::keydown(running, ev, &target) || date::keydown(running, ev, &target) {
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

/// Follows what is typed.
pub(super) fn input(ev: &ev::Event) {
    if let Some(target) = target(ev) {
        search::input(&target);
        date::input(&target);
    }
}

/// Closes what belongs to a field when it is left.
pub(super) fn focus_out(running: Running, ev: &ev::FocusEvent) {
    if let Some(target) = target(ev) {
        search::focus_out(running, &target);
        // Half a day is no input.
        date::input(&target);
    }
}

/// Brings the fields of a widget in line with what was drawn anew.
pub(super) fn follow(widget: &Element) {
    search::follow(widget);
    date::follow(widget);
}

/// Does what a field is for when another value is chosen.
pub(super) fn change(running: Running, ev: &ev::Event) {
    let Some(field) = target(ev) else { return };
    if let Some(path) = field.get_attribute("data-change") {
        changed(running, &field, &path);
    }
}

/// Does what the field of a component is for.
pub(super) fn changed(running: Running, field: &Element, path: &str) {
    let config = running.with(path, |it| ActionConfig::read(it, "onChangeAction", Waits::Nothing));
    let values =
        form_of(field).map_or_else(|| fields::value_of(field).into_iter().collect(), |it| fields::values_of(&it));
    if let Some(config) = config {
        running.start(path, config, values);
    }
}

/// Sends a form that is valid.
pub(super) fn submit(running: Running, ev: &ev::SubmitEvent) {
    ev.prevent_default();
    let Some(form) = target(ev).and_then(|it| it.dyn_into::<HtmlFormElement>().ok()) else { return };
    // A form within another one is none of its own in HTML.
    let inner = ev.submitter().and_then(|it| it.closest("[data-submit]").ok().flatten());
    let path = inner.as_ref().unwrap_or(form.as_ref()).get_attribute("data-submit").unwrap_or_default();
    let config = running.with(&path, |it| match it.kind() {
        "Card" => it.part("confirm").and_then(|it| ActionConfig::read(it, "action", Waits::Widget)),
        _ => ActionConfig::read(it, "onSubmitAction", Waits::Widget),
    });
    if let Some(config) = config {
        return running.start(&path, config, fields::values_of(&form));
    }
    if let Some(path) = ev.submitter().and_then(|it| it.get_attribute("data-click")) {
        start_button(running, &path, "onClickAction", Some(&form));
    }
}

/// Selects what is in a field that wants it.
pub(super) fn focus_in(ev: &ev::FocusEvent) {
    let field = target(ev).filter(|it| it.has_attribute("data-select"));
    if let Some(field) = field.and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) {
        field.select();
    }
}

fn start_button(running: Running, path: &str, field: &str, form: Option<&HtmlFormElement>) {
    let config = running.with(path, |it| match field {
        "confirm" | "cancel" => it.part(field).and_then(|it| ActionConfig::read(it, "action", Waits::Widget)),
        _ => ActionConfig::read(it, field, Waits::Component),
    });
    if let Some(config) = config {
        running.start(path, config, form.map(fields::values_of).unwrap_or_default());
    }
}

/// Shows all rows of a list. The button goes away, so the first of the new rows takes the focus.
fn show_more(running: Running, ev: &ev::MouseEvent) {
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

/// The element that something happened to.
pub(super) fn target(ev: &impl AsRef<ev::Event>) -> Option<Element> {
    ev.as_ref().target()?.dyn_into().ok()
}

/// A value and its name.
pub(super) type Named = (String, Value);
