//! Accounts, sessions and tokens: a Better Auth server.
//!
//! The HTTP handlers here and the forms of our own pages call the same functions. Nothing here knows of chats.

pub mod accounts;
mod answer;
pub mod auth_state;
mod body;
pub mod cookies;
pub mod credentials;
pub mod deletion;
pub(super) mod devices;
mod door;
pub mod email_change;
pub(super) mod guard;
pub mod jwks;
pub mod letters;
pub mod limits;
pub mod linked;
mod links;
pub mod mail_tokens;
pub mod operator;
pub mod passwords;
pub mod principal;
pub mod recovery;
pub mod routes;
pub mod seen;
pub mod sessions;
mod stored_passwords;
pub mod sweep;
mod targets;
pub mod tokens;
pub mod users;
pub mod verification;
mod verifications;
pub mod watch;
pub(super) mod wire;

pub use auth_state::Auth;
pub use wire::WireError;
