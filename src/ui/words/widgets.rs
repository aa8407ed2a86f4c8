//! Wording of widgets.

use crate::ui::chatkit::NotNow;

/// Accessible name of a widget.
pub const WIDGET: &str = "Widget";
/// Accessible name of a button without label and icon.
pub const BUTTON: &str = "Button";
/// Placeholder of a select field.
pub const NOTHING_CHOSEN: &str = "Choose…";
/// Accessible name of an unlabelled text field.
pub const TEXT: &str = "Text";
/// Accessible name of an unlabelled date field.
pub const DATE: &str = "Date";
/// Accessible name of an unlabelled checkbox or radio group.
pub const CHOICE: &str = "Choice";
/// Button that clears a selection.
pub const CLEAR: &str = "Clear the choice";
/// Accessible name of a calendar and of its button.
pub const CALENDAR: &str = "Calendar";
/// Button that shows the previous year.
pub const PREVIOUS_YEAR: &str = "Previous year";
/// Button that shows the previous month.
pub const PREVIOUS_MONTH: &str = "Previous month";
/// Button that shows the next month.
pub const NEXT_MONTH: &str = "Next month";
/// Button that shows the next year.
pub const NEXT_YEAR: &str = "Next year";
/// Status of a list without matches.
pub const NOTHING_FOUND: &str = "Nothing found";
/// Button that expands a collapsed card.
pub const SHOW_CARD: &str = "Show";
/// Accessible name of a scrollable table.
pub const TABLE: &str = "Table";
/// Summary of a chart's data table.
pub const AS_TABLE: &str = "As a table";
/// Status of a running action.
pub const WORKING: &str = "Working…";

/// Button that shows all rows of a list.
pub fn show_more(n_hidden: usize) -> String {
    format!("Show {n_hidden} more")
}

/// Tooltip of a point in a chart.
pub fn point(label: &str, series: &str, value: &str) -> String {
    format!("{label} · {series}: {value}")
}

/// Error of an action that the page does not support.
pub fn not_done(action: &str) -> String {
    format!(
        "This asks the page itself to act (“{action}”), and this page does not know how to do that. Nothing was sent. \
         You can say in a message what you want."
    )
}

/// Error of an action that could not be sent.
pub fn not_now(err: NotNow) -> String {
    match err {
        NotNow::Answering => "An answer is being written. Try again when it is complete.",
        NotNow::Closed => "This chat is closed.",
        _ => "That is not possible right now. Try again in a moment.",
    }
    .to_owned()
}

/// Error of field values that collide with keys of an action's payload.
pub fn collision(names: &[String]) -> String {
    format!("What was filled in as {} was not sent: the action has values of these names.", names.join(", "))
}
