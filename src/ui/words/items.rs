//! The items of a thread.
