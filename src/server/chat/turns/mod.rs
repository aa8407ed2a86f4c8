//! Turns: opening a turn, the ways to begin one, and the prompt for the model.

pub(super) mod chat_client;
pub(super) mod continuation;
pub(super) mod detached;
pub(super) mod initial_title;
pub(super) mod open_turn;
pub(super) mod prompt;
pub(super) mod retry;
pub(super) mod title_generation;
pub(super) mod tool_calls;
pub(super) mod user_message;
