//! The gallery.

/// The page.
pub const TITLE: &str = "Gallery";
/// What it is for.
pub const LEDE: &str = "Everything that a conversation can hold, from the data of the built-in demo.";
