//! The table `mail`: orders that wait.

use super::Order;
use crate::server::{AppState, Result, db::on, ids};

/// Lets a mail wait until it is sent.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn put(app: &AppState, order: &Order) -> Result<()> {
    let now = app.clock.now();
    on!(app.db.write(), pool => sqlx::query(
        r#"
        insert into "mail" ("id", "order", "attempts", "nextAttemptAt", "createdAt")
        values ($1, $2, 0, $3, $3)
        "#,
    )
    .bind(ids::auth_id())
    .bind(sqlx::types::Json(order))
    .bind(now)
    .execute(pool)
    .await
    .map(drop))?;
    Ok(())
}
