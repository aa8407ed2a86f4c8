//! The server: everything with a socket, a pool or a secret.
//!
//! Dependencies within: `chat → auth` for identity, never back. Only `router` names the pages of `ui`.

mod announcement;
mod app_state;
pub mod auth;
mod backoff;
pub mod chat;
mod clock;
pub mod cluster;
pub mod config;
pub mod console;
pub(crate) mod db;
mod disk;
mod error;
pub(crate) mod fair_queue;
mod flash;
pub mod forms;
mod ids;
pub mod listen;
pub mod log;
pub mod mail;
pub mod metrics;
mod middleware;
pub mod private_file;
pub mod router;
mod site;
mod startup_wait;
mod tx;
pub mod typeset;

pub use announcement::announcement;
pub use app_state::AppState;
pub use clock::Clock;
pub use db::Db;
pub use error::{Error, Result};
