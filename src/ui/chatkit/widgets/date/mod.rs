//! Behaviour of a `DatePicker`: the browser's date field, with its own typing and validation, and a calendar that is
//! positioned as the server requests.
//!
//! The field holds the selected day. The calendar is not part of the widget's tree. It is created when it opens, and
//! its focused day is its tab stop. On touch screens the field opens the system's picker, and this calendar has no
//! button.

mod calendar;
mod day;

use js_sys::{Date, Reflect};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};

use self::calendar::{DateNames, Month};
use super::{events, running_actions::RunningActions};
use crate::ui::locale;

pub(super) use self::day::Day;

/// Selector of the button that opens the calendar.
const OPENS: &str = ".widget-date__open";

/// Elements of one date field.
struct Picker {
    whole: Element,
    field: HtmlInputElement,
    popup: HtmlElement,
}

/// Handles a click on a part of the calendar. Returns true if it was handled.
pub(super) fn click(running: RunningActions, ev: &ev::MouseEvent, target: &Element) -> bool {
    let Some(picker) = Picker::around(target) else { return false };
    if let Some(day) = target.closest("[data-day]").ok().flatten() {
        picker.choose(running, &day);
    } else if let Some(turn) = target.closest("[data-turn]").ok().flatten() {
        if turn.get_attribute("aria-disabled").as_deref() != Some("true") {
            picker.go(|day| day.plus_months(number_of(&turn)));
        }
    } else if target.closest(".widget-field__clear").ok().flatten().is_some() {
        picker.set(running, "");
        _ = picker.field.focus();
    } else if target.closest(OPENS).ok().flatten().is_some() {
        // The browser opens or closes the popover afterwards.
        if picker.is_locked() {
            ev.prevent_default();
        } else {
            picker.fill();
        }
    }
    true
}

/// Handles a key press for the calendar. Returns true if it was handled.
pub(super) fn keydown(running: RunningActions, ev: &ev::KeyboardEvent, target: &Element) -> bool {
    let Some(picker) = Picker::around(target) else { return false };
    let key = ev.key();
    if key == "Escape" && picker.is_open() {
        // The browser closes the calendar. Handlers outside must not see this Escape.
        ev.stop_propagation();
        return true;
    }
    if key == "Tab" && picker.is_open() {
        request_animation_frame(move || picker.close_if_left());
        return false;
    }
    let is_commanded = ev.ctrl_key() || ev.meta_key();
    if picker.field == *target.unchecked_ref() {
        // Keys that would open the browser's own calendar, which cannot be positioned.
        let opens = matches!((key.as_str(), ev.alt_key()), ("ArrowDown", true) | ("F4" | " ", false));
        let opens = opens && !is_commanded && !ev.shift_key() && picker.has_button() && !picker.is_locked();
        if opens {
            ev.prevent_default();
            picker.fill();
            _ = picker.popup.show_popover();
        }
        return opens;
    }
    // After a click between the days, the calendar itself has the focus.
    let is_on_days = target.has_attribute("data-day") || picker.popup == *target.unchecked_ref();
    if !is_on_days || is_commanded || ev.alt_key() {
        return false;
    }
    let months = if ev.shift_key() { 12 } else { 1 };
    match key.as_str() {
        "ArrowLeft" => picker.go(|day| day.plus_days(-1)),
        "ArrowRight" => picker.go(|day| day.plus_days(1)),
        "ArrowUp" => picker.go(|day| day.plus_days(-7)),
        "ArrowDown" => picker.go(|day| day.plus_days(7)),
        "Home" => picker.go(|day| day.plus_days(-day.days_into_week(locale::first_weekday()))),
        "End" => picker.go(|day| day.plus_days(6 - day.days_into_week(locale::first_weekday()))),
        "PageUp" => picker.go(|day| day.plus_months(-months)),
        "PageDown" => picker.go(|day| day.plus_months(months)),
        // The key that opened the calendar may still be held.
        "Enter" | " " if ev.repeat() => {}
        "Enter" | " " => _ = picker.active().map(|it| picker.choose(running, &it)),
        _ => return false,
    }
    // The choice has closed the calendar, and this key must not press the newly focused element.
    ev.prevent_default();
    picker.focus();
    true
}

/// Updates the state after input into the field.
pub(super) fn input(target: &Element) {
    if let Some(it) = Picker::around(target) {
        it.sync_fields();
    }
}

/// Updates the date fields of a widget after it was rendered again.
pub(super) fn sync_fields(widget: &Element) {
    let all = widget.get_elements_by_class_name("widget-date");
    (0..all.length())
        .filter_map(|at| all.item(at))
        .filter_map(|it| Picker::around(&it))
        .for_each(|it| it.sync_fields());
}

impl Picker {
    fn around(target: &Element) -> Option<Self> {
        let whole = target.closest(".widget-date").ok().flatten()?;
        let field = whole.first_element_child()?.dyn_into().ok()?;
        let popup = whole.last_element_child()?.dyn_into().ok()?;
        Some(Self { whole, field, popup })
    }

    /// True if the value cannot be changed.
    fn is_locked(&self) -> bool {
        self.field.disabled() || self.field.read_only()
    }

    fn is_open(&self) -> bool {
        self.popup.matches(":popover-open").unwrap_or_default()
    }

    fn button(&self) -> Option<HtmlElement> {
        self.whole.query_selector(OPENS).ok().flatten()?.dyn_into().ok()
    }

    fn has_button(&self) -> bool {
        self.button().is_some_and(|it| it.offset_width() > 0)
    }

    /// True if nothing is typed, not even an incomplete date.
    fn is_empty(&self) -> bool {
        self.field.value().is_empty() && !self.field.validity().bad_input()
    }

    fn sync_fields(&self) {
        _ = self.whole.toggle_attribute_with_force("data-empty", self.is_empty());
        if !self.is_open() {
            return;
        }
        if self.is_locked() {
            _ = self.popup.hide_popover();
        } else if self.popup.get_attribute("data-range") != Some(self.written_range()) {
            let was_on_days = self.active() == document().active_element();
            let day = self.active().and_then(|it| day_of(&it));
            self.fill();
            if let Some(day) = day {
                self.show(day);
            }
            if was_on_days {
                self.focus();
            }
        }
    }

    fn close_if_left(&self) {
        let here = document().active_element();
        if here.is_some_and(|it| !self.whole.contains(Some(&it))) {
            _ = self.popup.hide_popover();
        }
    }

    fn chosen(&self) -> Option<Day> {
        Day::parse(&self.field.value())
    }

    /// Returns the first and last selectable day. If they are swapped, only the first one is selectable.
    fn range(&self) -> (Day, Day) {
        let first = Day::parse(&self.field.min()).unwrap_or(Day::FIRST);
        let last = Day::parse(&self.field.max()).unwrap_or(Day::LAST);
        (first, last.max(first))
    }

    fn written_range(&self) -> String {
        let (first, last) = self.range();
        format!("{first} {last}")
    }

    /// Builds the calendar at the selected day, or at today.
    fn fill(&self) {
        // A reference by id would find the first field of that name.
        if let Some(button) = self.button() {
            _ = Reflect::set(&button, &"popoverTargetElement".into(), &self.popup);
        }
        _ = self.popup.set_attribute("data-range", &self.written_range());
        _ = self.popup.set_attribute("lang", &locale::language());
        self.popup.replace_children_with_node_1(&calendar::head().to_dom());
        self.show(self.chosen().unwrap_or_else(today));
    }

    /// Moves from the focused day to another one.
    fn go(&self, to: impl FnOnce(Day) -> Day) {
        if let Some(day) = self.active().and_then(|it| day_of(&it)) {
            self.show(to(day));
        }
    }

    /// Displays the month of a day, limited to the selectable range.
    fn show(&self, day: Day) {
        let range = self.range();
        let active = day.clamp(range.0, range.1);
        let month =
            Month { active, chosen: self.chosen(), today: today(), range, first_weekday: locale::first_weekday() };
        let name = written(&[("month", "long"), ("year", "numeric")]);
        let whole = written(&[("dateStyle", "full")]);
        let weekday = written(&[("weekday", "long")]);
        let short_weekday = written(&[("weekday", "short")]);
        let names = DateNames { month: &name, whole: &whole, weekday: &weekday, short_weekday: &short_weekday };
        let table = month.table(&names).to_dom();
        match self.popup.query_selector("table").ok().flatten() {
            Some(before) => _ = before.replace_with_with_node_1(&table),
            None => _ = self.popup.append_child(&table),
        }
        if let Some(it) = self.popup.query_selector("p").ok().flatten() {
            it.set_text_content(Some(&name(active)));
        }
        let turns = self.popup.get_elements_by_tag_name("button");
        for it in (0..turns.length()).filter_map(|at| turns.item(at)) {
            let there = active.plus_months(number_of(&it)).clamp(range.0, range.1);
            let leads_on = there.month_start(0) != active.month_start(0);
            _ = it.set_attribute("aria-disabled", if leads_on { "false" } else { "true" });
        }
    }

    fn active(&self) -> Option<Element> {
        self.popup.query_selector("[data-day][tabindex='0']").ok().flatten()
    }

    fn focus(&self) {
        if let Some(it) = self.active().and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            _ = it.focus();
        }
    }

    /// Selects a day if it is in the selectable range.
    fn choose(&self, running: RunningActions, cell: &Element) {
        let (first, last) = self.range();
        if let Some(day) = day_of(cell).filter(|it| (first..=last).contains(it) && !self.is_locked()) {
            // The opener receives the focus again.
            _ = self.popup.hide_popover();
            self.set(running, &day.to_string());
        }
    }

    fn set(&self, running: RunningActions, value: &str) {
        if self.is_locked() {
            return;
        }
        let before = self.field.value();
        // Set even an equal value, because an incomplete date may have been typed.
        self.field.set_value(value);
        self.sync_fields();
        if let Some(path) = self.field.get_attribute("data-change").filter(|_| value != before) {
            events::changed(running, &self.field, &path);
        }
    }
}

fn day_of(cell: &Element) -> Option<Day> {
    Day::parse(&cell.get_attribute("data-day")?)
}

fn number_of(turn: &Element) -> i64 {
    turn.get_attribute("data-turn").and_then(|it| it.parse().ok()).unwrap_or_default()
}

/// Returns today's date in the local time zone.
fn today() -> Day {
    let now = Date::new_0();
    Day::of(now.get_full_year().into(), i64::from(now.get_month()) + 1, now.get_date().into())
}

/// Returns a formatter in the browser's language.
fn written(options: &[(&str, &str)]) -> impl Fn(Day) -> String {
    let write = locale::day_format(options);
    move |day| write(day.millis())
}
