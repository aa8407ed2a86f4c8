//! The table `session`.

pub mod last_used;
mod lifetime;
pub(in crate::server) mod require_session;
mod revocation;
pub mod session_watch;
pub(super) mod visitor;

use std::collections::HashSet;

use serde::Serialize;
use sqlx::types::Json;
use sqlx_macros::FromRow;

pub use lifetime::refresh;
pub(super) use revocation::revoke_all_within;
pub use revocation::{revoke, revoke_all, revoke_by_id, revoke_others};
pub use visitor::Visitor;

use super::{auth_state::Auth, cookies::Remember};
use crate::{
    model::{
        Timestamp,
        auth::{AuthError, User},
    },
    server::{
        Db, Result,
        db::{Pool, on},
        ids,
        tx::{Tx, within},
    },
};

/// The maximum number of sessions per user: anyone with a password could otherwise open sessions without end.
const MAX_SESSIONS: i64 = 500;

/// A session as Better Auth stores and sends it, including the raw token.
#[derive(Clone, FromRow, Serialize)]
#[serde(rename_all = "camelCase")]
#[sqlx(rename_all = "camelCase")]
pub struct SessionRow {
    /// 32 characters of `[a-zA-Z0-9]`.
    pub id: String,
    /// The credential; 32 characters of `[a-zA-Z0-9]`.
    pub token: String,
    /// The user's id.
    pub user_id: String,
    /// Expiry.
    pub expires_at: Timestamp,
    /// Time of the sign-in.
    pub created_at: Timestamp,
    /// Time of the last refresh.
    pub updated_at: Timestamp,
    /// Client address of the sign-in; `""` if unknown.
    pub ip_address: String,
    /// `User-Agent` of the sign-in; `""` if unknown.
    pub user_agent: String,
}

impl std::fmt::Debug for SessionRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionRow").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Opens a session.
///
/// # Errors
/// [`AuthError::UserNotFound`] if the user was deleted; [`crate::server::Error::Db`].
pub async fn open(auth: &Auth, user_id: &str, remember: Remember, visitor: &Visitor) -> Result<SessionRow> {
    let mut tx = Tx::begin(&auth.db).await?;
    let session = open_within(auth, &mut tx, user_id, remember, visitor).await?;
    tx.commit().await?;
    Ok(session)
}

/// Like [`open`], within a transaction.
pub(super) async fn open_within(
    auth: &Auth,
    tx: &mut Tx,
    user_id: &str,
    remember: Remember,
    visitor: &Visitor,
) -> Result<SessionRow> {
    let now = auth.clock.now();
    let row = SessionRow {
        id: ids::auth_id(),
        token: ids::auth_id(),
        user_id: user_id.to_owned(),
        expires_at: now.plus_seconds(lifetime::lifetime_s(&auth.config.auth.session, remember)),
        created_at: now,
        updated_at: now,
        ip_address: visitor.ip_address.clone(),
        user_agent: visitor.user_agent.clone(),
    };
    let inserted = within!(tx, conn => sqlx::query(
        r#"
        insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
    )
    .bind(&row.id)
    .bind(&row.token)
    .bind(&row.user_id)
    .bind(row.expires_at)
    .bind(row.created_at)
    .bind(row.updated_at)
    .bind(&row.ip_address)
    .bind(&row.user_agent)
    .execute(conn)
    .await
    .map(drop));
    match inserted {
        Err(sqlx::Error::Database(err)) if err.is_foreign_key_violation() => Err(AuthError::UserNotFound.into()),
        inserted => {
            inserted?;
            delete_oldest(tx, user_id).await?;
            Ok(row)
        }
    }
}

/// Deletes the oldest sessions of a user with more than [`MAX_SESSIONS`].
async fn delete_oldest(tx: &mut Tx, user_id: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(
        r#"
        delete from "session"
        where "id" in (
            select "id"
            from "session"
            where "userId" = $1
            order by "createdAt" desc, "id"
            limit 100 offset $2
        )
        "#,
    )
    .bind(user_id)
    .bind(MAX_SESSIONS)
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct JoinedRow {
    #[sqlx(flatten)]
    session: SessionRow,
    user_name: String,
    user_email: String,
    user_email_verified: bool,
    user_image: Option<String>,
    user_created_at: Timestamp,
    user_updated_at: Timestamp,
}

impl From<JoinedRow> for (SessionRow, User) {
    fn from(row: JoinedRow) -> Self {
        let user = User {
            id: row.session.user_id.clone(),
            name: row.user_name,
            email: row.user_email,
            email_verified: row.user_email_verified,
            image: row.user_image,
            created_at: row.user_created_at,
            updated_at: row.user_updated_at,
        };
        (row.session, user)
    }
}

/// The columns of a [`SessionRow`], in a statement on the table `session`.
macro_rules! session_columns {
    () => {
        r#""session"."id", "session"."token", "session"."userId", "session"."expiresAt", "session"."createdAt",
                "session"."updatedAt",
                coalesce("session"."ipAddress", '') as "ipAddress",
                coalesce("session"."userAgent", '') as "userAgent""#
    };
}

/// Selects a session with its user; the caller adds the condition.
macro_rules! select_joined {
    ($condition:literal) => {
        concat!(
            "select ",
            session_columns!(),
            r#",
                u."name" as "userName",
                u."email" as "userEmail",
                u."emailVerified" as "userEmailVerified",
                u."image" as "userImage",
                u."createdAt" as "userCreatedAt",
                u."updatedAt" as "userUpdatedAt"
            from "session"
            join "user" u on u."id" = "session"."userId"
            "#,
            $condition
        )
    };
}

/// Finds a session by its token, expired or not, with its user.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn find_by_token(db: &Db, token: &str) -> Result<Option<(SessionRow, User)>> {
    let row: Option<JoinedRow> = on!(db.read(), pool => sqlx::query_as(select_joined!(r#"where "session"."token" = $1"#))
        .bind(token)
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(Into::into))
}

/// Finds a session by its id and its user's id, expired or not, with its user.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn find(db: &Db, id: &str, user_id: &str) -> Result<Option<(SessionRow, User)>> {
    let row: Option<JoinedRow> = on!(db.read(), pool => sqlx::query_as(select_joined!(r#"where "session"."id" = $1 and "session"."userId" = $2"#))
            .bind(id)
            .bind(user_id)
            .fetch_optional(pool)
            .await)?;
    Ok(row.map(Into::into))
}

/// Deletes a session by its token. Does nothing if no such session exists.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn delete_by_token(db: &Db, token: &str) -> Result<()> {
    on!(db.write(), pool => sqlx::query(r#"delete from "session" where "token" = $1"#)
        .bind(token)
        .execute(pool)
        .await
        .map(drop))?;
    Ok(())
}

/// Returns a user's live sessions, oldest first.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn list(auth: &Auth, user_id: &str) -> Result<Vec<SessionRow>> {
    Ok(on!(auth.db.read(), pool => sqlx::query_as(concat!(
        "select ",
        session_columns!(),
        r#"
        from "session"
        where "userId" = $1 and "expiresAt" > $2
        order by "createdAt", "id"
        "#,
    ))
    .bind(user_id)
    .bind(auth.clock.now())
    .fetch_all(pool)
    .await)?)
}

/// Returns the ids of those sessions that are live.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn live_ids(db: &Db, ids: &[String], now: Timestamp) -> Result<HashSet<String>> {
    let live_ids: Vec<String> =
        match db.read() {
            Pool::Sqlite(pool) => sqlx::query_scalar(
                r#"select "id" from "session" where "id" in (select "value" from json_each($1)) and "expiresAt" > $2"#,
            )
            .bind(Json(ids))
            .bind(now)
            .fetch_all(pool)
            .await?,
            Pool::Postgres(pool) => {
                sqlx::query_scalar(r#"select "id" from "session" where "id" = any($1) and "expiresAt" > $2"#)
                    .bind(ids)
                    .bind(now)
                    .fetch_all(pool)
                    .await?
            }
        };
    Ok(live_ids.into_iter().collect())
}

/// Deletes at most `limit` sessions that have expired by `now`. Returns the number of deleted rows.
///
/// In SQLite, an expiry that is not a text has a format unknown to this server. Such rows are kept.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn delete_lapsed(db: &Db, now: Timestamp, limit: u16) -> Result<u64> {
    Ok(on!(db.write(), pool => sqlx::query(
        r#"
        delete from "session"
        where "id" in (select "id" from "session" where "expiresAt" between $1 and $2 limit $3)
            and "expiresAt" between $1 and $2
        "#,
    )
    .bind(Timestamp::from_millis(0))
    .bind(now)
    .bind(i64::from(limit))
    .execute(pool)
    .await
    .map(|done| done.rows_affected()))?)
}
