//! Markdown.

/// A task of a list that is done.
pub const TASK_DONE: &str = "Done";
/// A task of a list that is not done.
pub const TASK_OPEN: &str = "To do";
/// Code of no named language.
pub const CODE: &str = "Code";
/// The button beside code.
pub const COPY_CODE: &str = "Copy code";
/// A table that scrolls.
pub const TABLE: &str = "Table";
/// A formula that scrolls.
pub const FORMULA: &str = "Formula";
/// The notes at the end of a text.
pub const FOOTNOTES: &str = "Footnotes";

/// Code that scrolls.
pub fn listing(language: &str) -> String {
    format!("{language} listing")
}

/// The mark that leads to a source.
pub fn source(number: usize, title: &str) -> String {
    format!("Source {number}: {title}")
}

/// Leads from a source back to the text.
pub fn back_to_source(number: usize) -> String {
    format!("Back to the mark of source {number}")
}

/// A footnote, and the mark that leads to it.
pub fn footnote(label: &str) -> String {
    format!("Footnote {label}")
}

/// Leads from a footnote back to the text.
pub fn back_to_footnote(label: &str) -> String {
    format!("Back to the mark of footnote {label}")
}
