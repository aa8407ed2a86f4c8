//! Accounts, sessions and tokens: a Better Auth server.
//!
//! The HTTP handlers here and the forms of our own pages call the same functions. Nothing here knows of chats.

pub mod auth_state;
pub mod cookies;
pub mod expired_row_sweep;
pub mod jwt;
pub mod mail_links;
pub mod passwords;
pub mod principal;
pub mod rate_limits;
pub mod routes;
pub mod sessions;
mod stored_passwords;
pub mod users;

pub use auth_state::Auth;
pub use routes::wire_error::WireError;
