//! The table `jwks`.

use sqlx_macros::FromRow;

use crate::{
    model::Timestamp,
    server::{Db, Result, db::on},
};

/// A key as Better Auth's jwt plugin stores it. It has no `Debug`, since the private key may be unencrypted.
#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
pub struct KeyRow {
    /// 32 characters of `[a-zA-Z0-9]`; `kid` in tokens.
    pub id: String,
    /// The public key, a JWK.
    pub public_key: String,
    /// The private key: a JWK, or an encrypted JWK as a JSON string.
    pub private_key: String,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time after which the key no longer signs; `None` without rotation.
    pub expires_at: Option<Timestamp>,
    /// Algorithm; unset by Better Auth before 1.7.
    pub alg: Option<String>,
    /// Curve, as in the public key.
    pub crv: Option<String>,
}

/// Returns all keys, newest first.
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

/// Inserts a key.
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
