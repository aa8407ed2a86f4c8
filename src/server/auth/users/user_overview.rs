//! The list of users for operators.

use serde::Serialize;
use sqlx_macros::FromRow;

use super::{UserRow, user_columns};
use crate::{
    model::auth::User,
    server::{
        Result,
        auth::{auth_state::Auth, stored_passwords::CREDENTIAL},
        db::on,
    },
};

/// A user with details for operators.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// The user.
    #[serde(flatten)]
    pub user: User,
    /// Algorithm of the password hash, `argon2id` or `scrypt`; `None` without a password.
    pub password_hash: Option<String>,
    /// Number of live sessions.
    pub sessions: i64,
}

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct OverviewRow {
    #[sqlx(flatten)]
    user: UserRow,
    password_hash: Option<String>,
    sessions: i64,
}

/// Returns all users, oldest first.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn list(auth: &Auth) -> Result<Vec<Overview>> {
    let rows: Vec<OverviewRow> = on!(auth.db.read(), pool => sqlx::query_as(concat!(
        "select ",
        user_columns!(),
        r#",
            (
                select min(case when a."password" like '$%' then 'argon2id' else 'scrypt' end)
                from "account" a
                where a."userId" = "user"."id" and a."accountId" = "user"."id" and a."providerId" = $1
                    and a."password" is not null
            ) as "passwordHash",
            (select count(*) from "session" s where s."userId" = "user"."id" and s."expiresAt" > $2) as "sessions"
        from "user"
        order by "user"."createdAt", "user"."id"
        "#,
    ))
    .bind(CREDENTIAL)
    .bind(auth.clock.now())
    .fetch_all(pool)
    .await)?;
    let overview =
        |row: OverviewRow| Overview { user: row.user.into(), password_hash: row.password_hash, sessions: row.sessions };
    Ok(rows.into_iter().map(overview).collect())
}
