//! Tests that enter through the HTTP router, with a real database, on both engines.

mod account_pages;
mod better_auth_api;
mod better_auth_databases;
mod chat;
mod configuration;
mod console;
mod database_outage;
mod database_proxy;
mod expired_rows;
mod jwt;
mod log_lines;
mod mail_delivery;
mod mail_flows;
mod mail_limits;
mod mail_links;
mod markup_injection;
mod metrics;
mod opening_database;
mod origins;
mod page_responses;
mod password_endpoints;
#[path = "../../end2end/fuzz/random.rs"]
pub(crate) mod random;
pub(crate) mod redis_server;
mod replay;
mod request_limits;
mod secrets;
mod slow_bodies;
mod social_sign_in;
mod takeover;
mod test_app;
mod timestamp_calendar;
mod void_links;
mod web_address;
mod well_known;

pub use database_proxy::{DatabaseProxy, Link};
pub use test_app::{Engine, Flags, TestApp, TestResponse, TestUser, database_url, holds_jwt};
pub(crate) use test_macros::both_engines;
