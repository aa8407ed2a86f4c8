//! The table `user`.

pub mod deletion;
pub mod email_change;
pub mod linked_accounts;
pub mod operator;
pub mod sign_in;
pub mod user_overview;

use sqlx_macros::FromRow;

use super::auth_state::Auth;
use crate::{
    model::{
        Timestamp,
        auth::{AuthError, User},
    },
    server::{
        Db, Result,
        db::on,
        tx::{Tx, within},
    },
};

/// A row of table `user`.
#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct UserRow {
    id: String,
    name: String,
    email: String,
    email_verified: bool,
    image: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            email: row.email,
            email_verified: row.email_verified,
            image: row.image,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The columns of a [`UserRow`], in a statement on the table `user`.
macro_rules! user_columns {
    () => {
        r#""user"."id", "user"."name", "user"."email", "user"."emailVerified", "user"."image",
                "user"."createdAt", "user"."updatedAt""#
    };
}
pub(super) use user_columns;

/// Selects a user; the caller names the column to compare with `$1`.
macro_rules! select_user {
    ($column:literal) => {
        concat!(
            "select ",
            user_columns!(),
            r#"
            from "user"
            where "#,
            $column,
            " = $1"
        )
    };
}

/// Finds a user by id.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn find(db: &Db, id: &str) -> Result<Option<User>> {
    let row: Option<UserRow> = on!(db.read(), pool => sqlx::query_as(select_user!(r#""id""#))
        .bind(id)
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(Into::into))
}

/// Finds a user by lower-case email address.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn find_by_email(db: &Db, email: &str) -> Result<Option<User>> {
    let row: Option<UserRow> = on!(db.read(), pool => sqlx::query_as(select_user!(r#""email""#))
        .bind(email)
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(Into::into))
}

/// True if no user exists.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn is_empty(db: &Db) -> Result<bool> {
    let some: bool = on!(db.read(), pool => sqlx::query_scalar(r#"select exists (select 1 from "user")"#)
        .fetch_one(pool)
        .await)?;
    Ok(!some)
}

/// Inserts a user.
///
/// # Errors
/// [`crate::server::Error::Db`], with a unique violation of `user.email` if the address is taken.
pub(super) async fn insert(tx: &mut Tx, user: &User) -> Result<()> {
    within!(tx, conn => sqlx::query(
        r#"
        insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
        values ($1, $2, $3, $4, $5, $6, $7)
        "#,
    )
    .bind(&user.id)
    .bind(&user.name)
    .bind(&user.email)
    .bind(user.email_verified)
    .bind(&user.image)
    .bind(user.created_at)
    .bind(user.updated_at)
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

/// Changes to a user; `None` keeps the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserChanges {
    /// Display name; may be empty.
    pub name: Option<String>,
    /// URL of the picture; `Some(None)` removes it.
    pub image: Option<Option<String>>,
}

impl UserChanges {
    /// True if nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Updates a user and returns the updated row.
///
/// # Errors
/// [`AuthError::UserNotFound`] if the user was deleted concurrently.
pub async fn update(auth: &Auth, user: &User, changes: UserChanges) -> Result<User> {
    let name = changes.name.unwrap_or_else(|| user.name.clone());
    let image = changes.image.unwrap_or_else(|| user.image.clone());
    let updated_at: Timestamp = auth.clock.now();
    let updated: u64 = on!(auth.db.write(), pool => sqlx::query(
        r#"
        update "user"
        set "name" = $1, "image" = $2, "updatedAt" = $3
        where "id" = $4
        "#,
    )
    .bind(&name)
    .bind(&image)
    .bind(updated_at)
    .bind(&user.id)
    .execute(pool)
    .await
    .map(|done| done.rows_affected()))?;
    match updated {
        0 => Err(AuthError::UserNotFound.into()),
        _ => Ok(User { name, image, updated_at, ..user.clone() }),
    }
}

/// Marks a user's address as verified and returns the updated row.
///
/// # Errors
/// [`AuthError::InvalidToken`] if the address was changed concurrently.
pub(super) async fn mark_email_verified(auth: &Auth, tx: &mut Tx, user: &User) -> Result<User> {
    let updated_at = auth.clock.now();
    let updated: u64 = within!(tx, conn => sqlx::query(
        r#"
        update "user"
        set "emailVerified" = $1, "updatedAt" = $2
        where "id" = $3 and "email" = $4
        "#,
    )
    .bind(true)
    .bind(updated_at)
    .bind(&user.id)
    .bind(&user.email)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    match updated {
        0 => Err(AuthError::InvalidToken.into()),
        _ => Ok(User { email_verified: true, updated_at, ..user.clone() }),
    }
}

/// Changes a user's address and returns the updated row. If `session_id` is given, that session must be live.
///
/// # Errors
/// [`AuthError::InvalidToken`] if the address was changed or the session ended concurrently;
/// [`crate::server::Error::Db`], with a unique violation of `user.email` if the address is taken.
pub(super) async fn change_email(
    auth: &Auth,
    tx: &mut Tx,
    user: &User,
    email: &str,
    session_id: Option<&str>,
) -> Result<User> {
    let updated_at = auth.clock.now();
    let updated: u64 = within!(tx, conn => sqlx::query(
        r#"
        update "user"
        set "email" = $1, "updatedAt" = $2
        where "id" = $3 and "email" = $4
            and (
                cast($5 as text) is null
                or exists (select 1 from "session" where "id" = $5 and "userId" = $3 and "expiresAt" > $2)
            )
        "#,
    )
    .bind(email)
    .bind(updated_at)
    .bind(&user.id)
    .bind(&user.email)
    .bind(session_id)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    match updated {
        0 => Err(AuthError::InvalidToken.into()),
        _ => Ok(User { email: email.to_owned(), updated_at, ..user.clone() }),
    }
}

/// Deletes a user with all sessions, accounts, chats and pending verifications.
pub(super) async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    tx.wait_for_user(id).await?;
    within!(&mut *tx, conn => sqlx::query(r#"delete from "verification" where "value" = $1"#)
        .bind(id)
        .execute(conn)
        .await
        .map(drop))?;
    // Better Auth's tables cascade only since 1.3.
    within!(&mut *tx, conn => sqlx::query(r#"delete from "session" where "userId" = $1"#)
        .bind(id)
        .execute(conn)
        .await
        .map(drop))?;
    within!(&mut *tx, conn => sqlx::query(r#"delete from "account" where "userId" = $1"#)
        .bind(id)
        .execute(conn)
        .await
        .map(drop))?;
    // Chats are deleted by `on delete cascade`.
    within!(tx, conn => sqlx::query(r#"delete from "user" where "id" = $1"#).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}
