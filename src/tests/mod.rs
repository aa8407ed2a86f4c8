//! Tests that enter through the HTTP router, with a real database, on both engines.

mod account_pages;
mod app;
mod auth;
mod chat;
mod configuration;
mod console;
mod database;
mod limits;
mod log_lines;
mod mail;
mod mail_limits;
mod mail_links;
mod mailed;
mod markup;
mod moving;
mod origins;
mod pages;
mod recording;
mod secrets;
mod sign_in;
mod slow_bodies;
mod social;
mod sweep;
mod takeover;
mod timestamp;
mod token;
mod void_links;
mod web_address;
mod well_known;

pub use app::{Engine, TestApp, TestResponse, TestUser, database_url};
pub(crate) use test_macros::both_engines;
