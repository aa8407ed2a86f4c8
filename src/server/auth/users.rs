//! The table `user`: changing what a user says of himself.

use crate::{
    model::{
        Timestamp,
        auth::{AuthError, User},
    },
    server::{AppState, Result, db::on},
};

/// What a user changes; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserChanges {
    /// The name, may be empty.
    pub name: Option<String>,
    /// The URL of a picture; `Some(None)` takes it away.
    pub image: Option<Option<String>>,
}

impl UserChanges {
    /// Whether nothing is to change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Changes a user, and returns him as he is then.
///
/// # Errors
/// [`AuthError::UserNotFound`] when he was deleted meanwhile.
pub async fn update(app: &AppState, user: &User, changes: UserChanges) -> Result<User> {
    let name = changes.name.unwrap_or_else(|| user.name.clone());
    let image = changes.image.unwrap_or_else(|| user.image.clone());
    let updated_at: Timestamp = app.clock.now();
    let updated: u64 = on!(app.db.write(), pool => sqlx::query(
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
