//! Statements on the chat's tables: one module per table.

pub(super) mod feedback;
pub(super) mod items;
pub(super) mod runs;
pub(super) mod search;
pub mod threads;
pub(super) mod versions;
