//! The client of a request, as far as sessions and rate limits need it.

use axum::http::{header, request::Parts};

use crate::server::{auth::cookies, config::Config, middleware::client_address};

/// The name of the cookie of `known_devices`.
pub const DEVICE_COOKIE: &str = "colloquy.device";
/// The maximum number of characters stored of a user agent.
const MAX_USER_AGENT: usize = 512;

/// The client of a request: the fields that a session stores, and the device cookie.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// Client address, as `middleware::client_address` determines it. IPv6 is reduced to its /64; `""` if unknown.
    pub ip_address: String,
    /// The `User-Agent`.
    pub user_agent: String,
    /// The unverified cookie of `known_devices`; `""` if absent.
    pub device: String,
}

impl Visitor {
    /// Reads the visitor from a request.
    pub fn of(config: &Config, parts: &Parts) -> Self {
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
        Self {
            ip_address: client_address::address(&config.limits, &parts.headers, &parts.extensions),
            user_agent: user_agent.chars().take(MAX_USER_AGENT).collect(),
            device: cookies::plain(config, &parts.headers, DEVICE_COOKIE).unwrap_or_default(),
        }
    }
}
