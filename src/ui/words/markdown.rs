//! Wording of Markdown content.

/// Accessible name of a completed task.
pub const TASK_DONE: &str = "Done";
/// Accessible name of an open task.
pub const TASK_OPEN: &str = "To do";
/// Label of code without a language.
pub const CODE: &str = "Code";
/// Button that copies code.
pub const COPY_CODE: &str = "Copy code";
/// Accessible name of a scrollable table.
pub const TABLE: &str = "Table";
/// Accessible name of a scrollable formula.
pub const FORMULA: &str = "Formula";
/// Heading of the footnotes.
pub const FOOTNOTES: &str = "Footnotes";

/// Accessible name of scrollable code.
pub fn listing(language: &str) -> String {
    format!("{language} listing")
}

/// Accessible name of a citation mark.
pub fn source(number: usize, title: &str) -> String {
    format!("Source {number}: {title}")
}

/// Link from a source back to the text.
pub fn back_to_source(number: usize) -> String {
    format!("Back to the mark of source {number}")
}

/// Accessible name of a footnote and of its reference.
pub fn footnote(label: &str) -> String {
    format!("Footnote {label}")
}

/// Link from a footnote back to the text.
pub fn back_to_footnote(label: &str) -> String {
    format!("Back to the mark of footnote {label}")
}
