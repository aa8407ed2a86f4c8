//! The table `jwks`.

use sqlx::FromRow;

use crate::{
    model::Timestamp,
    server::{Db, Result, db::on},
};

/// A key as Better Auth's jwt plugin stores it. It has no `Debug`: the private key may be in clear.
#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
pub struct KeyRow {
    /// 32 characters of `[a-zA-Z0-9]`; `kid` of tokens.
    pub id: String,
    /// A JWK.
    pub public_key: String,
    /// A JWK; or, encrypted, a JSON string.
    pub private_key: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it signs no longer; `None` if it is never replaced.
    pub expires_at: Option<Timestamp>,
    /// What it signs by; versions before 1.7 did not say.
    pub alg: Option<String>,
    /// Its curve, which the public key says, too.
    pub crv: Option<String>,
}

/// Returns all keys, the newest first.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn all(db: &Db) -> Result<Vec<KeyRow>> {
    Ok(on!(db.read(), pool => sqlx::query_as(
        r#"
        select "id", "publicKey", "privateKey", "createdAt", "expiresAt", "alg", "crv"
        from "jwks"
        order by "createdAt" desc, "id"
        "#,
    )
    .fetch_all(pool)
    .await)?)
}

/// Stores a key.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn insert(db: &Db, row: &KeyRow) -> Result<()> {
    on!(db.write(), pool => sqlx::query(
        r#"
        insert into "jwks" ("id", "publicKey", "privateKey", "createdAt", "expiresAt", "alg", "crv")
        values ($1, $2, $3, $4, $5, $6, $7)
        "#,
    )
    .bind(&row.id)
    .bind(&row.public_key)
    .bind(&row.private_key)
    .bind(row.created_at)
    .bind(row.expires_at)
    .bind(&row.alg)
    .bind(&row.crv)
    .execute(pool)
    .await
    .map(drop))?;
    Ok(())
}
