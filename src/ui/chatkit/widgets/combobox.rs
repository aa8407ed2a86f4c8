//! Behaviour of a searchable `Select` (ARIA Authoring Practices Guide, "Combobox" with a list and without
//! autocompletion).
//!
//! The user's selection, the query and the marked option are kept in attributes that rendering never sets, so they
//! survive updates of the widget. [`Combobox::chosen`] alone determines the selection. The options and the field are
//! synchronised with it after each rendering. While the list is closed, the field shows the label of the selection.

use js_sys::JsString;
use leptos::{ev, prelude::document};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};

use super::{events, running_actions::RunningActions};
use crate::ui::words::widgets as words;

/// Elements of one field.
struct Combobox {
    whole: Element,
    field: HtmlInputElement,
    popup: HtmlElement,
    list: Element,
    options: Vec<Element>,
}

/// Opens the list or selects the clicked option. Returns true if the click was handled.
pub(super) fn click(running: RunningActions, target: &Element) -> bool {
    let Some(search) = Combobox::around(target) else { return false };
    if let Some(option) = target.closest("[role=option]").ok().flatten() {
        if !option.has_attribute("aria-disabled") {
            search.choose(running, Some(&option));
        }
    } else if target.closest("button").ok().flatten().is_some() {
        _ = search.field.focus();
        search.choose(running, None);
    } else if is_field(target) && !search.is_open() {
        search.open();
        // The browser may have placed the caret at the click.
        search.field.select();
    }
    true
}

/// Handles a key press for the list. Returns true if it was handled.
pub(super) fn keydown(running: RunningActions, ev: &ev::KeyboardEvent, target: &Element) -> bool {
    // Other combinations edit text: Shift selects, Ctrl moves by words.
    let is_plain = !(ev.is_composing() || ev.shift_key() || ev.ctrl_key() || ev.meta_key());
    let Some(search) = Combobox::around(target).filter(|_| is_plain && is_field(target)) else { return false };
    match (ev.key().as_str(), search.is_open()) {
        ("ArrowDown" | "ArrowUp", false) => search.open(),
        ("ArrowUp", true) if ev.alt_key() => search.close(),
        ("ArrowDown", true) => search.go(1),
        ("ArrowUp", true) => search.go(-1),
        ("Home", true) => search.mark(search.reachable().first().copied()),
        ("End", true) => search.mark(search.reachable().last().copied()),
        ("Enter", true) => match search.marked() {
            Some(option) => search.choose(running, Some(&option)),
            None => search.settle(running),
        },
        ("Escape", true) => search.close(),
        _ => return false,
    }
    ev.prevent_default();
    ev.stop_propagation();
    true
}

/// Filters the list by the typed text.
pub(super) fn input(target: &Element) {
    let Some(search) = Combobox::around(target).filter(|_| is_field(target)) else { return };
    if !search.is_open() {
        search.open();
    }
    search.filter(&search.field.value());
}

/// Closes the list when the field loses the focus.
pub(super) fn focus_out(running: RunningActions, target: &Element) {
    if let Some(search) = Combobox::around(target).filter(|_| is_field(target)) {
        search.settle(running);
    }
}

/// Updates the searchable fields of a widget after it was rendered again.
pub(super) fn sync_fields(widget: &Element) {
    let all = widget.get_elements_by_class_name("widget-search");
    (0..all.length())
        .filter_map(|at| all.item(at))
        .filter_map(|it| Combobox::around(&it))
        .for_each(|it| it.sync_fields());
}

/// Keeps the focus in the field while its list is used.
pub(super) fn mouse_down(ev: &ev::MouseEvent) {
    if events::target(ev).and_then(|it| it.closest(".widget-search__popup").ok().flatten()).is_some() {
        ev.prevent_default();
    }
}

/// Returns the value of a searchable field. `None` for other fields.
pub(super) fn value_of(field: &Element) -> Option<String> {
    Combobox::around(field).filter(|_| is_field(field)).map(|it| it.value())
}

fn is_field(target: &Element) -> bool {
    target.get_attribute("role").as_deref() == Some("combobox")
}

impl Combobox {
    fn around(target: &Element) -> Option<Self> {
        let whole = target.closest(".widget-search").ok().flatten()?;
        let field = whole.first_element_child()?.dyn_into().ok()?;
        let popup = whole.last_element_child()?.dyn_into::<HtmlElement>().ok()?;
        let list = popup.first_element_child()?;
        let children = list.children();
        let options = (0..children.length()).filter_map(|at| children.item(at)).collect();
        Some(Self { whole, field, popup, list, options })
    }

    fn is_open(&self) -> bool {
        self.field.get_attribute("aria-expanded").as_deref() == Some("true")
    }

    fn open(&self) {
        if self.field.read_only() || self.field.disabled() {
            return;
        }
        _ = self.field.set_attribute("aria-expanded", "true");
        _ = self.popup.show_popover();
        self.filter("");
        self.mark(self.chosen());
    }

    fn close(&self) {
        _ = self.field.set_attribute("aria-expanded", "false");
        self.mark(None);
        _ = self.popup.hide_popover();
        self.sync_selection();
    }

    /// Synchronises the options with the selection, and the field too unless it holds the query.
    fn sync_selection(&self) {
        let chosen = self.chosen();
        for it in &self.options {
            _ = it.set_attribute("aria-selected", if chosen == Some(it) { "true" } else { "false" });
        }
        let label = chosen.map(label_of).unwrap_or_default();
        // A changed default of the server does not affect a field whose value was set by script.
        if !self.is_open() && self.field.value() != label {
            self.field.set_value(&label);
        }
    }

    fn sync_fields(&self) {
        // A removed selection does not return with its option, as in native lists.
        let by_user = self.whole.get_attribute("data-chosen").filter(|it| !it.is_empty());
        if by_user.is_some_and(|it| it != self.value()) {
            _ = self.whole.remove_attribute("data-chosen");
        }
        if !self.is_open() {
            return self.sync_selection();
        }
        // Not all browsers fire `blur` when a focused field is disabled.
        if self.field.disabled() || document().active_element().as_ref() != Some(self.field.as_ref()) {
            return self.close();
        }
        // The list may be a new element.
        _ = self.popup.show_popover();
        self.sync_selection();
        self.show_fitting();
        // A new element is not marked, even if it has the id of the marked option.
        let marked = self.reachable().into_iter().find(|it| it.has_attribute("data-marked")).or(self.first_match());
        if marked.map(Element::id) != self.field.get_attribute("aria-activedescendant") {
            self.mark(marked);
        }
    }

    /// Closes the list. If all text was deleted and the field is clearable, clears the selection.
    fn settle(&self, running: RunningActions) {
        let is_clearable = self.popup.previous_element_sibling().is_some_and(|it| it.tag_name() == "BUTTON");
        if self.is_open() && is_clearable && self.field.value().is_empty() {
            return self.choose(running, None);
        }
        self.close();
    }

    fn choose(&self, running: RunningActions, option: Option<&Element>) {
        if self.field.read_only() {
            return;
        }
        let before = self.value();
        _ = self.whole.set_attribute("data-chosen", &option.map(value_of_option).unwrap_or_default());
        self.close();
        // The next typed text replaces the label.
        self.field.select();
        if let Some(path) = self.whole.get_attribute("data-change").filter(|_| self.value() != before) {
            events::changed(running, &self.field, &path);
        }
    }

    /// Filters the options by the query and marks the first match, which Enter selects.
    fn filter(&self, query: &str) {
        _ = self.whole.set_attribute("data-query", &folded(query.trim()));
        self.show_fitting();
        self.mark(self.first_match());
    }

    fn show_fitting(&self) {
        let query = self.query();
        let mut state = words::NOTHING_FOUND;
        for it in &self.options {
            let is_shown = folded(&words_of(it)).contains(&query);
            _ = it.toggle_attribute_with_force("hidden", !is_shown);
            if is_shown {
                state = "";
            }
        }
        if let Some(it) = self.popup.last_element_child() {
            it.set_text_content(Some(state));
        }
    }

    fn query(&self) -> String {
        self.whole.get_attribute("data-query").unwrap_or_default()
    }

    /// Returns the option that Enter selects after typing.
    fn first_match(&self) -> Option<&Element> {
        self.reachable().first().copied().filter(|_| !self.query().is_empty())
    }

    /// Moves the mark by `by`, wrapping around at both ends.
    fn go(&self, by: isize) {
        let options = self.reachable();
        let here = self.marked().and_then(|marked| options.iter().position(|it| **it == marked));
        let next = match here {
            Some(here) => here.checked_add_signed(by).unwrap_or(options.len().saturating_sub(1)),
            None if by < 0 => options.len().saturating_sub(1),
            None => 0,
        };
        self.mark(options.get(next).or(options.first()).copied());
    }

    /// Marks an option and scrolls it into view within the list.
    fn mark(&self, option: Option<&Element>) {
        if let Some(it) = self.marked() {
            _ = it.remove_attribute("data-marked");
        }
        let Some(option) = option else {
            _ = self.field.remove_attribute("aria-activedescendant");
            return;
        };
        _ = option.set_attribute("data-marked", "");
        _ = self.field.set_attribute("aria-activedescendant", &option.id());
        let (option, list) = (option.get_bounding_client_rect(), self.list.get_bounding_client_rect());
        let beyond = (option.top() - list.top()).min(0.0) + (option.bottom() - list.bottom()).max(0.0);
        #[allow(clippy::cast_possible_truncation, reason = "pixels of a list")]
        self.list.set_scroll_top(self.list.scroll_top() + beyond.round() as i32);
    }

    fn marked(&self) -> Option<Element> {
        self.list.query_selector("[data-marked]").ok().flatten()
    }

    /// Returns the selected option, which determines the displayed label and the sent value.
    fn chosen(&self) -> Option<&Element> {
        let values: Vec<_> = self.options.iter().map(value_of_option).collect();
        let [by_user, by_server] = ["data-chosen", "data-default"].map(|it| self.whole.get_attribute(it));
        self.options.get(chosen_of(&values, by_user.as_deref(), by_server.as_deref())?)
    }

    fn value(&self) -> String {
        self.chosen().map(value_of_option).unwrap_or_default()
    }

    /// Returns the visible, selectable options.
    fn reachable(&self) -> Vec<&Element> {
        self.options.iter().filter(|it| !it.has_attribute("hidden") && !it.has_attribute("aria-disabled")).collect()
    }
}

/// Returns the index of the selected value: the user's selection if it still exists, otherwise the server's. A
/// cleared selection is the empty value.
fn chosen_of(values: &[String], by_user: Option<&str>, by_server: Option<&str>) -> Option<usize> {
    let find = |value: &str| values.iter().position(|it| it == value);
    match by_user.map(|it| (it, find(it))) {
        Some((_, Some(found))) => Some(found),
        Some(("", None)) => None,
        _ => by_server.and_then(find),
    }
}

fn value_of_option(option: &Element) -> String {
    option.get_attribute("data-value").unwrap_or_default()
}

fn label_of(option: &Element) -> String {
    option.first_element_child().and_then(|it| it.text_content()).unwrap_or_default()
}

/// Returns label and description of an option as separate words, so that no match spans both.
fn words_of(option: &Element) -> String {
    let parts = option.children();
    let words: Vec<_> = (0..parts.length()).filter_map(|at| parts.item(at)?.text_content()).collect();
    words.join(" ")
}

/// Converts a text to lower case without accents, so that `sao` finds `São`.
fn folded(text: &str) -> String {
    let text = String::from(JsString::from(text).to_lower_case().normalize("NFD"));
    text.replace(|it| ('\u{300}'..='\u{36f}').contains(&it), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_stays_until_it_cannot_be_had() {
        for (values, by_user, by_server, chosen) in [
            // No selection by the user: the server's applies.
            (["a", "b"], None, Some("b"), Some("b")),
            (["a", "b"], None, Some("c"), None),
            (["a", "b"], None, None, None),
            // The user's selection is kept at any position and whatever the server's is.
            (["b", "a"], Some("a"), Some("b"), Some("a")),
            (["b", "c"], Some("a"), Some("c"), Some("c")),
            (["b", "c"], Some("a"), None, None),
            // A cleared selection. An option may have the empty value.
            (["a", "b"], Some(""), Some("b"), None),
            (["a", ""], Some(""), Some("a"), Some("")),
        ] {
            let values = values.map(ToOwned::to_owned);
            let found = chosen_of(&values, by_user, by_server).map(|it| values[it].as_str());
            assert_eq!(found, chosen, "{values:?} {by_user:?} {by_server:?}");
        }
    }
}
