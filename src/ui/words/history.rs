//! The list of threads.
