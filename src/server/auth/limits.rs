//! How often one address may ask: Better Auth's rate limits (reference §5).
//!
//! A request counts before anything else is done for it, and a form of our own pages counts as the request to
//! `/api/auth` that does the same. There is no limit per account, as there is none in Better Auth: it would let anybody
//! lock anybody out.

mod database;
mod memory;
mod rules;

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request, State},
    http::HeaderName,
    middleware::Next,
    response::{IntoResponse, Response},
};

use self::memory::Memory;
use super::wire::WireError;
use crate::{
    model::auth::AuthError,
    server::{
        AppState, Clock, Db, Result,
        config::{LimitConfig, LimitStorage},
        middleware::client,
    },
};

pub use self::{database::forget, rules::LONGEST_WINDOW_S};

/// Tells who was refused how many seconds to wait. Better Auth does not use `Retry-After`.
pub const X_RETRY_AFTER: HeaderName = HeaderName::from_static("x-retry-after");

/// Where the routes below which requests count are.
const BASE_PATH: &str = "/api/auth";

/// Stands in for an address that nobody knows, as in Better Auth.
const NO_ADDRESS: &str = "no-trusted-ip";

/// Counts requests; cheap to clone.
#[derive(Clone)]
pub struct Limits {
    counter: Option<Counter>,
    clock: Clock,
}

/// Where requests are counted.
#[derive(Clone)]
enum Counter {
    /// In this process.
    Memory(Arc<Memory>),
    /// In the table `rateLimit`, for several servers on one database.
    Database(Db),
}

/// Whether a request may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has been counted.
    Allowed,
    /// It is one too many, and has not been counted.
    Refused {
        /// When the window is over, in seconds from now; at least 1.
        retry_after_s: i64,
    },
}

impl Limits {
    /// Counts where the configuration says, or not at all.
    pub fn new(config: &LimitConfig, db: &Db, clock: &Clock) -> Self {
        let counter = config.storage.map(|storage| match storage {
            LimitStorage::Memory => Counter::Memory(Arc::default()),
            LimitStorage::Database => Counter::Database(db.clone()),
        });
        Self { counter, clock: clock.clone() }
    }

    /// Counts a request of an address to a path below `/api/auth`.
    ///
    /// `route` is the pattern of the route that answers the path. Where there is none, all paths of one rule count
    /// together, so that nobody fills the memory or the table with paths of their own invention.
    ///
    /// # Errors
    /// [`crate::server::Error::Db`].
    pub async fn count(&self, address: &str, path: &str, route: Option<&str>) -> Result<Verdict> {
        let Some(counter) = &self.counter else { return Ok(Verdict::Allowed) };
        let (pattern, rule) = rules::of(path);
        let address = if address.is_empty() { NO_ADDRESS } else { address };
        let key = format!("{address}|{}", route.unwrap_or(pattern));
        let now = self.clock.now();
        match counter {
            Counter::Memory(memory) => Ok(memory.count(&key, rule, now)),
            Counter::Database(db) => database::count(db, &key, rule, now).await,
        }
    }
}

/// Counts a request to a path below `/api/auth` before its handler sees it, and refuses what is too much.
pub async fn refuse_haste(State(app): State<AppState>, req: Request, next: Next) -> Response {
    let address = client::address(&app.config.limits, req.headers(), req.extensions());
    let route = req.extensions().get::<MatchedPath>().and_then(|route| route.as_str().strip_prefix(BASE_PATH));
    match app.limits.count(&address, req.uri().path(), route).await {
        Ok(Verdict::Allowed) => next.run(req).await,
        Ok(Verdict::Refused { retry_after_s }) => {
            let refusal = WireError::from(AuthError::TooManyRequests);
            ([(X_RETRY_AFTER, retry_after_s.to_string())], refusal).into_response()
        }
        Err(err) => WireError::from(err).into_response(),
    }
}
