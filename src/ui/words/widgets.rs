//! What widgets say by themselves.

use crate::ui::chatkit::NotNow;

/// The name of a widget.
pub const WIDGET: &str = "Widget";
/// A button without a label or an icon.
pub const BUTTON: &str = "Button";
/// What a list to choose from shows while nothing is chosen.
pub const NOTHING_CHOSEN: &str = "Choose…";
/// The name of a field for text that has none.
pub const TEXT: &str = "Text";
/// The name of a field for a day that has none.
pub const DATE: &str = "Date";
/// The name of a box to tick, or of options, that have none.
pub const CHOICE: &str = "Choice";
/// Takes back what was chosen.
pub const CLEAR: &str = "Clear the choice";
/// The days to choose from, and what opens them.
pub const CALENDAR: &str = "Calendar";
/// Shows the year before.
pub const PREVIOUS_YEAR: &str = "Previous year";
/// Shows the month before.
pub const PREVIOUS_MONTH: &str = "Previous month";
/// Shows the month after.
pub const NEXT_MONTH: &str = "Next month";
/// Shows the year after.
pub const NEXT_YEAR: &str = "Next year";
/// When what is typed fits to nothing in a list.
pub const NOTHING_FOUND: &str = "Nothing found";
/// Opens a card that is collapsed.
pub const SHOW_CARD: &str = "Show";
/// The name of a table that scrolls.
pub const TABLE: &str = "Table";
/// Opens the numbers of a chart.
pub const AS_TABLE: &str = "As a table";
/// While an action is under way.
pub const WORKING: &str = "Working…";

/// Shows the rows of a list behind its limit.
pub fn show_more(n_hidden: usize) -> String {
    format!("Show {n_hidden} more")
}

/// A point of a chart, as its tooltip says it.
pub fn point(label: &str, series: &str, value: &str) -> String {
    format!("{label} · {series}: {value}")
}

/// When the page that shows the chat does not do an action of its own.
pub fn not_done(action: &str) -> String {
    format!(
        "This asks the page itself to act (“{action}”), and this page does not know how to do that. Nothing was sent. \
         You can say in a message what you want."
    )
}

/// Why an action was not sent.
pub fn not_now(err: NotNow) -> String {
    match err {
        NotNow::Answering => "An answer is being written. Try again when it is complete.",
        NotNow::Closed => "This chat is closed.",
        _ => "That is not possible right now. Try again in a moment.",
    }
    .to_owned()
}

/// When fields have names that an action's payload has already.
pub fn collision(names: &[String]) -> String {
    format!("What was filled in as {} was not sent: the action has values of these names.", names.join(", "))
}
