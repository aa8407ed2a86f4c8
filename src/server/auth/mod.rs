//! Accounts, sessions and tokens: a Better Auth server.
//!
//! The HTTP handlers here and the forms of our own pages call the same functions. Nothing here knows of chats.

pub mod accounts;
mod answer;
mod body;
pub mod cookies;
pub mod credentials;
mod guard;
pub mod letters;
pub mod linked;
pub mod passwords;
pub mod principal;
pub mod routes;
pub mod sessions;
pub mod tokens;
pub mod users;
mod wire;
