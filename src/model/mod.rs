//! Plain data and its rules, shared by the server and the browser.
//!
//! Types with serde and pure functions. No I/O, no signals, no clock, and no crate of one side alone.

pub mod auth;
pub mod chatkit;
pub mod color_scheme;
pub mod digest;
mod error;
pub mod page;
pub mod path;
pub mod sse;
mod timestamp;
pub mod typeset;

pub use color_scheme::ColorScheme;
pub use error::ApiError;
pub use timestamp::{InvalidTimestamp, Timestamp};
pub(crate) use timestamp::{date_of_days, days_of_date};
