//! The transcript: progress, notices, the way to the end.
