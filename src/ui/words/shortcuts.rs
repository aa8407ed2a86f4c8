//! The list of keys.
