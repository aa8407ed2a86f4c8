//! The sign-in methods of a user: the rows of table `account`.

use serde::Serialize;
use sqlx_macros::FromRow;

use crate::server::auth::stored_passwords::CREDENTIAL;
use crate::{
    model::{Timestamp, auth::AuthError},
    server::{
        Db, Result,
        db::on,
        tx::{Tx, within},
    },
};

/// An account as `list-accounts` sends it, without password and tokens.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkedAccount {
    /// Id of the row.
    pub id: String,
    /// The user's id at the provider.
    pub account_id: String,
    /// Id of the provider; `credential` for a password.
    pub provider_id: String,
    /// The user's id.
    pub user_id: String,
    /// Time of linking.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// OAuth scopes granted by the provider.
    pub scopes: Vec<String>,
}

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct AccountRow {
    id: String,
    account_id: String,
    provider_id: String,
    user_id: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    scope: Option<String>,
}

impl From<AccountRow> for LinkedAccount {
    fn from(row: AccountRow) -> Self {
        let scopes = row.scope.as_deref().unwrap_or_default().split(',').filter(|scope| !scope.is_empty());
        Self {
            scopes: scopes.map(str::to_owned).collect(),
            id: row.id,
            account_id: row.account_id,
            provider_id: row.provider_id,
            user_id: row.user_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Returns a user's accounts, oldest first.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn list(db: &Db, user_id: &str) -> Result<Vec<LinkedAccount>> {
    let rows: Vec<AccountRow> = on!(db.read(), pool => sqlx::query_as(
        r#"
        select "id", "accountId", "providerId", "userId", "createdAt", "updatedAt", "scope"
        from "account"
        where "userId" = $1
        order by "createdAt", "id"
        "#,
    )
    .bind(user_id)
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Deletes a user's accounts of all providers except `credential`.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub(in crate::server::auth) async fn unlink_all_within(tx: &mut Tx, user_id: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(r#"delete from "account" where "userId" = $1 and "providerId" <> $2"#)
        .bind(user_id)
        .bind(CREDENTIAL)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Deletes an account by its row id.
///
/// # Errors
/// [`AuthError::FailedToUnlinkLastAccount`], which is checked first; [`AuthError::AccountNotFound`] if the account is
/// not the user's.
pub async fn unlink(db: &Db, user_id: &str, id: &str) -> Result<()> {
    let mut tx = Tx::begin(db).await?;
    // Locks the user's row, so that the second of two concurrent requests sees the count that the first one left.
    within!(&mut tx, conn => sqlx::query(r#"update "user" set "id" = "id" where "id" = $1"#)
        .bind(user_id)
        .execute(conn)
        .await
        .map(drop))?;
    let n_accounts: i64 = within!(&mut tx, conn => sqlx::query_scalar(
        r#"select count(*) from "account" where "userId" = $1"#,
    )
    .bind(user_id)
    .fetch_one(conn)
    .await)?;
    if n_accounts < 2 {
        return Err(AuthError::FailedToUnlinkLastAccount.into());
    }
    let deleted: u64 = within!(&mut tx, conn => sqlx::query(
        r#"delete from "account" where "id" = $1 and "userId" = $2"#,
    )
    .bind(id)
    .bind(user_id)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if deleted == 0 {
        return Err(AuthError::AccountNotFound.into());
    }
    tx.commit().await?;
    Ok(())
}
