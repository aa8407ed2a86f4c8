//! Wording of the gallery.

/// Title.
pub const TITLE: &str = "Gallery";
/// Introduction.
pub const LEDE: &str = "Everything that a conversation can hold, from the data of the built-in demo.";
