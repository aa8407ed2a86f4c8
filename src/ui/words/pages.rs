//! Pages of our own.

/// What stands in the empty composer of our own chat.
pub const PLACEHOLDER: &str = "Write a message";
