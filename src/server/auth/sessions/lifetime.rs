//! The lifetime of a session: how long it lasts at first, its expiry, and its extension by use.

use super::SessionRow;
use crate::{
    model::Timestamp,
    server::{
        Result,
        auth::{auth_state::Auth, cookies::Remember},
        config::SessionConfig,
        db::on,
    },
};

/// Lifetime of a session that is not persistent, in seconds.
const BROWSER_SESSION_EXPIRES_IN_S: i64 = 24 * 60 * 60;

/// Returns the lifetime of a new session, in seconds.
pub(super) fn lifetime_s(config: &SessionConfig, remember: Remember) -> i64 {
    match remember {
        Remember::Yes => config.expires_in_s,
        Remember::No => BROWSER_SESSION_EXPIRES_IN_S,
    }
}

impl SessionRow {
    /// True if the session has expired.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }

    /// True if the update age has passed since the last refresh (Better Auth's rule).
    pub fn is_due(&self, config: &SessionConfig, now: Timestamp) -> bool {
        self.expires_at.plus_seconds(config.update_age_s - config.expires_in_s) <= now
    }

    /// True if the session is persistent, as its last lifetime shows.
    pub fn is_persistent(&self) -> bool {
        self.expires_at > self.updated_at.plus_seconds(BROWSER_SESSION_EXPIRES_IN_S)
    }
}

/// Extends the session to its full lifetime and returns the updated row. Returns `None` if the session was revoked
/// concurrently.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn refresh(auth: &Auth, session: SessionRow) -> Result<Option<SessionRow>> {
    let now = auth.clock.now();
    let expires_at = now.plus_seconds(auth.config.auth.session.expires_in_s);
    let updated: u64 = on!(auth.db.write(), pool => sqlx::query(
        r#"
        update "session"
        set "expiresAt" = $1, "updatedAt" = $2
        where "id" = $3 and "userId" = $4
        "#,
    )
    .bind(expires_at)
    .bind(now)
    .bind(&session.id)
    .bind(&session.user_id)
    .execute(pool)
    .await
    .map(|done| done.rows_affected()))?;
    Ok((updated > 0).then_some(SessionRow { expires_at, updated_at: now, ..session }))
}
