//! A `Select` that can be searched while it is used (ARIA Authoring Practices Guide, "Combobox", with a list that
//! completes nothing by itself).
//!
//! What the user chose, what is looked for and which option the keys have gone to stands in attributes that no drawing
//! names: so it stays while the widget changes around it. What is chosen is read in one place ([`Search::chosen`]), and
//! after each drawing the options and the field say it again. While the list is closed the field shows the label of
//! what is chosen, or nothing.

use js_sys::JsString;
use leptos::{ev, prelude::document};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};

use super::{events, running::Running};
use crate::ui::words::widgets as words;

/// What is around one field.
struct Search {
    whole: Element,
    field: HtmlInputElement,
    popup: HtmlElement,
    list: Element,
    options: Vec<Element>,
}

/// Opens the list, or chooses what was clicked; returns whether it was any of this.
pub(super) fn click(running: Running, target: &Element) -> bool {
    let Some(search) = Search::around(target) else { return false };
    if let Some(option) = target.closest("[role=option]").ok().flatten() {
        if !option.has_attribute("aria-disabled") {
            search.choose(running, Some(&option));
        }
    } else if target.closest("button").ok().flatten().is_some() {
        _ = search.field.focus();
        search.choose(running, None);
    } else if is_field(target) && !search.is_open() {
        search.open();
        // The browser may have put the caret where the click was.
        search.field.select();
    }
    true
}

/// Takes a key that means the list; returns whether it does.
pub(super) fn keydown(running: Running, ev: &ev::KeyboardEvent, target: &Element) -> bool {
    // Others are the text's: with Shift it is selected, with Ctrl it is gone through by words.
    let is_plain = !(ev.is_composing() || ev.shift_key() || ev.ctrl_key() || ev.meta_key());
    let Some(search) = Search::around(target).filter(|_| is_plain && is_field(target)) else { return false };
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

/// Shows what fits to what is typed.
pub(super) fn input(target: &Element) {
    let Some(search) = Search::around(target).filter(|_| is_field(target)) else { return };
    if !search.is_open() {
        search.open();
    }
    search.filter(&search.field.value());
}

/// Closes the list when its field is left.
pub(super) fn focus_out(running: Running, target: &Element) {
    if let Some(search) = Search::around(target).filter(|_| is_field(target)) {
        search.settle(running);
    }
}

/// Brings the fields of a widget in line with what was drawn anew.
pub(super) fn follow(widget: &Element) {
    let all = widget.get_elements_by_class_name("widget-search");
    (0..all.length()).filter_map(|at| all.item(at)).filter_map(|it| Search::around(&it)).for_each(|it| it.follow());
}

/// Lets the field keep the focus while its list is used.
pub(super) fn mouse_down(ev: &ev::MouseEvent) {
    if events::target(ev).and_then(|it| it.closest(".widget-search__popup").ok().flatten()).is_some() {
        ev.prevent_default();
    }
}

/// The value of a field of this kind; `None` for any other one.
pub(super) fn value_of(field: &Element) -> Option<String> {
    Search::around(field).filter(|_| is_field(field)).map(|it| it.value())
}

fn is_field(target: &Element) -> bool {
    target.get_attribute("role").as_deref() == Some("combobox")
}

impl Search {
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
        self.say();
    }

    /// Lets the options say which of them is chosen; the field, too, unless it says what is looked for.
    fn say(&self) {
        let chosen = self.chosen();
        for it in &self.options {
            _ = it.set_attribute("aria-selected", if chosen == Some(it) { "true" } else { "false" });
        }
        let label = chosen.map(label_of).unwrap_or_default();
        // A field that a script has set shows no other default of its server's.
        if !self.is_open() && self.field.value() != label {
            self.field.set_value(&label);
        }
    }

    fn follow(&self) {
        // A choice that is gone does not come back with its option, as that of no list of the browser's does.
        let by_user = self.whole.get_attribute("data-chosen").filter(|it| !it.is_empty());
        if by_user.is_some_and(|it| it != self.value()) {
            _ = self.whole.remove_attribute("data-chosen");
        }
        if !self.is_open() {
            return self.say();
        }
        // Who loses the focus by being disabled is not told of it in every browser.
        if self.field.disabled() || document().active_element().as_ref() != Some(self.field.as_ref()) {
            return self.close();
        }
        // The list may be a new one.
        _ = self.popup.show_popover();
        self.say();
        self.show_fitting();
        // An option that was drawn anew is not where the keys have gone to, though it has the same id.
        let marked = self.reachable().into_iter().find(|it| it.has_attribute("data-marked")).or(self.meant());
        if marked.map(Element::id) != self.field.get_attribute("aria-activedescendant") {
            self.mark(marked);
        }
    }

    /// Closes it, with nothing chosen if all was deleted and that is a choice.
    fn settle(&self, running: Running) {
        let is_clearable = self.popup.previous_element_sibling().is_some_and(|it| it.tag_name() == "BUTTON");
        if self.is_open() && is_clearable && self.field.value().is_empty() {
            return self.choose(running, None);
        }
        self.close();
    }

    fn choose(&self, running: Running, option: Option<&Element>) {
        if self.field.read_only() {
            return;
        }
        let before = self.value();
        _ = self.whole.set_attribute("data-chosen", &option.map(value_of_option).unwrap_or_default());
        self.close();
        // What is typed next takes its place.
        self.field.select();
        if let Some(path) = self.whole.get_attribute("data-change").filter(|_| self.value() != before) {
            events::changed(running, &self.field, &path);
        }
    }

    /// Shows what holds the words. What is typed marks the first that does, so that Enter means it.
    fn filter(&self, query: &str) {
        _ = self.whole.set_attribute("data-query", &folded(query.trim()));
        self.show_fitting();
        self.mark(self.meant());
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

    /// What Enter means when something is typed.
    fn meant(&self) -> Option<&Element> {
        self.reachable().first().copied().filter(|_| !self.query().is_empty())
    }

    /// Goes on or back; behind the last comes the first.
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

    /// Says where the keys have gone to, and brings it into view without moving anything around the list.
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

    /// What is chosen; what is shown and what is sent come from here.
    fn chosen(&self) -> Option<&Element> {
        let values: Vec<_> = self.options.iter().map(value_of_option).collect();
        let [by_user, by_server] = ["data-chosen", "data-default"].map(|it| self.whole.get_attribute(it));
        self.options.get(chosen_of(&values, by_user.as_deref(), by_server.as_deref())?)
    }

    fn value(&self) -> String {
        self.chosen().map(value_of_option).unwrap_or_default()
    }

    /// The options that are shown and can be chosen.
    fn reachable(&self) -> Vec<&Element> {
        self.options.iter().filter(|it| !it.has_attribute("hidden") && !it.has_attribute("aria-disabled")).collect()
    }
}

/// Which of the values is chosen: the user's choice for as long as there is one such, else the server's. Whoever took
/// his choice back chose the empty value.
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

/// Its label and what describes it, which are two words: nothing is found in the end of one and the beginning of the other.
fn words_of(option: &Element) -> String {
    let parts = option.children();
    let words: Vec<_> = (0..parts.length()).filter_map(|at| parts.item(at)?.text_content()).collect();
    words.join(" ")
}

/// In small letters and without accents, so that `sao` finds `São`.
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
            // Nothing was chosen: it is as the server says.
            (["a", "b"], None, Some("b"), Some("b")),
            (["a", "b"], None, Some("c"), None),
            (["a", "b"], None, None, None),
            // What was chosen stays, wherever it stands now and whatever the server says.
            (["b", "a"], Some("a"), Some("b"), Some("a")),
            (["b", "c"], Some("a"), Some("c"), Some("c")),
            (["b", "c"], Some("a"), None, None),
            // Nothing was chosen on purpose; an option may be that.
            (["a", "b"], Some(""), Some("b"), None),
            (["a", ""], Some(""), Some("a"), Some("")),
        ] {
            let values = values.map(ToOwned::to_owned);
            let found = chosen_of(&values, by_user, by_server).map(|it| values[it].as_str());
            assert_eq!(found, chosen, "{values:?} {by_user:?} {by_server:?}");
        }
    }
}
