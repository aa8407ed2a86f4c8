//! A month as a grid (ARIA Authoring Practices Guide, "Date Picker Dialog").

use super::day::Day;
use crate::ui::{components::sprite::picture, tree::Element, words::widgets as words};

/// Number of weeks displayed. No month spans more, and the height stays constant.
const N_WEEKS: i64 = 6;

/// State of a calendar.
pub(super) struct Month {
    /// The day with the keyboard focus. Its month is displayed.
    pub(super) active: Day,
    pub(super) chosen: Option<Day>,
    pub(super) today: Day,
    /// First and last selectable day.
    pub(super) range: (Day, Day),
    /// First day of the week: Monday is 1, Sunday is 7.
    pub(super) first_weekday: i64,
}

/// Formatters in the browser's language.
pub(super) struct DateNames<'a> {
    pub(super) month: &'a dyn Fn(Day) -> String,
    /// Full date.
    pub(super) whole: &'a dyn Fn(Day) -> String,
    pub(super) weekday: &'a dyn Fn(Day) -> String,
    pub(super) short_weekday: &'a dyn Fn(Day) -> String,
}

/// Header of a calendar: the month's name and navigation buttons.
pub(super) fn head() -> Element {
    // Buttons for years have two arrows.
    let turn = |months: &str, label: &str, arrows: &[&str]| {
        Element::of("button", "widget-calendar__turn")
            .attribute("type", "button")
            .attribute("data-turn", months)
            .attribute("aria-label", label)
            .attribute("title", label)
            .children(arrows.iter().filter_map(|it| picture(it)))
    };
    let (back, on) = ("chevron-left", "chevron-right");
    let name = Element::of("p", "widget-calendar__month").attribute("aria-live", "polite");
    Element::of("div", "widget-calendar__head")
        .child(turn("-12", words::PREVIOUS_YEAR, &[back, back]))
        .child(turn("-1", words::PREVIOUS_MONTH, &[back]))
        .child(name)
        .child(turn("1", words::NEXT_MONTH, &[on]))
        .child(turn("12", words::NEXT_YEAR, &[on, on]))
}

impl Month {
    /// Renders the weeks as a grid with a single tab stop.
    pub(super) fn table(&self, names: &DateNames<'_>) -> Element {
        let first = self.active.month_start(0);
        let start = first.plus_days(-first.days_into_week(self.first_weekday));
        let weekdays = (0..7).map(|at| start.plus_days(at)).map(|day| {
            let heading = Element::new("th").attribute("scope", "col").attribute("abbr", (names.weekday)(day));
            heading.text(&(names.short_weekday)(day))
        });
        let week = |number: i64| {
            let days = (0..7).map(|at| start.plus_days(7 * number + at));
            Element::new("tr").children(days.map(|day| self.cell(day, names)))
        };
        Element::of("table", "widget-calendar__days")
            .attribute("role", "grid")
            .attribute("aria-label", (names.month)(self.active))
            .child(Element::new("thead").child(Element::new("tr").children(weekdays)))
            .child(Element::new("tbody").children((0..N_WEEKS).map(week)))
    }

    /// Renders a day. Days of other months are empty.
    fn cell(&self, day: Day, names: &DateNames<'_>) -> Element {
        let cell = Element::new("td");
        if day.month_start(0) != self.active.month_start(0) {
            return cell;
        }
        let is_active = day == self.active;
        cell.attribute("data-day", day.to_string())
            .attribute("tabindex", if is_active { "0" } else { "-1" })
            .attribute("aria-label", (names.whole)(day))
            .attribute("aria-selected", (self.chosen == Some(day)).to_string())
            .maybe("aria-current", (day == self.today).then_some("date"))
            .maybe("aria-disabled", (day < self.range.0 || day > self.range.1).then_some("true"))
            // Receives the focus when the popover opens.
            .flag("autofocus", is_active)
            .text(&day.number_in_month().to_string())
    }
}

#[cfg(test)]
mod tests {
    use leptos::tachys::view::RenderHtml;

    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn html(first_weekday: i64) -> String {
        let names = DateNames {
            month: &|day| format!("the month of {day}"),
            whole: &|day| format!("the {day}"),
            weekday: &|day| format!("weekday {}", day.days_into_week(1)),
            short_weekday: &|day| day.days_into_week(1).to_string(),
        };
        let month = Month {
            active: day("2026-11-28"),
            chosen: Some(day("2026-11-03")),
            today: day("2026-11-24"),
            range: (day("2026-11-02"), day("2027-01-01")),
            first_weekday,
        };
        month.table(&names).to_html()
    }

    #[test]
    fn a_month_is_a_grid_of_its_days() {
        let html = html(1);
        assert_eq!((html.matches("<tr>").count(), html.matches("data-day").count()), (7, 30));
        // 1 November is a Sunday, so six cells are empty before it.
        let first = "<tbody><tr><td></td><td></td><td></td><td></td><td></td><td></td><td data-day=\"2026-11-01\"";
        assert!(html.contains(first), "{html}");
        assert!(html.contains("<th scope=\"col\" abbr=\"weekday 0\">0</th>"), "{html}");
        assert_eq!((html.matches("tabindex=\"0\"").count(), html.matches("autofocus").count()), (1, 1));
        for part in [
            "<table class=\"widget-calendar__days\" role=\"grid\" aria-label=\"the month of 2026-11-28\">",
            "data-day=\"2026-11-28\" tabindex=\"0\" aria-label=\"the 2026-11-28\"",
            "aria-label=\"the 2026-11-03\" aria-selected=\"true\"",
            "aria-label=\"the 2026-11-24\" aria-selected=\"false\" aria-current=\"date\"",
            "aria-label=\"the 2026-11-01\" aria-selected=\"false\" aria-disabled=\"true\"",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert_eq!(html.matches("aria-disabled").count(), 1);
    }

    #[test]
    fn a_week_may_begin_on_sunday() {
        let html = html(7);
        assert!(html.contains("<tbody><tr><td data-day=\"2026-11-01\""), "{html}");
        assert!(html.contains("<thead><tr><th scope=\"col\" abbr=\"weekday 6\">"), "{html}");
    }
}
