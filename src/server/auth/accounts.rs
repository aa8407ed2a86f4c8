//! The tables `user` and `account`: signing up and signing in with a password.

use sqlx::FromRow;

use super::{
    cookies::Remember,
    credentials,
    sessions::{self, SessionRow, Visitor},
};
use crate::{
    model::{
        Timestamp,
        auth::{AuthError, EmailAddress, Password, User},
    },
    server::{
        AppState, Db, Error, Result,
        db::on,
        ids,
        tx::{Tx, within},
    },
};

/// The provider of accounts with a password.
pub(super) const CREDENTIAL: &str = "credential";

/// What a sign-up needs.
#[derive(Debug)]
pub struct SignUp {
    /// The name, may be empty.
    pub name: String,
    /// The address.
    pub email: EmailAddress,
    /// The password.
    pub password: Password,
    /// The URL of a picture.
    pub image: Option<String>,
    /// Whether the session outlives the browser.
    pub remember: Remember,
}

/// What a sign-in needs.
#[derive(Debug)]
pub struct SignIn {
    /// The address.
    pub email: EmailAddress,
    /// The password.
    pub password: Password,
    /// Whether the session outlives the browser.
    pub remember: Remember,
}

/// Creates a user with a password, and opens a session.
///
/// # Errors
/// [`AuthError::PasswordTooShort`], [`AuthError::PasswordTooLong`], [`AuthError::UserAlreadyExists`];
/// [`AuthError::FailedToCreateUser`] for the losers of a race for one address.
pub async fn sign_up(app: &AppState, input: SignUp, visitor: &Visitor) -> Result<(User, SessionRow)> {
    input.password.check_new()?;
    if find_by_email(&app.db, &input.email).await?.is_some() {
        return Err(AuthError::UserAlreadyExists.into());
    }
    let hash = app.passwords.hash(&input.password).await?;
    let now = app.clock.now();
    let user = User {
        id: ids::auth_id(),
        name: input.name,
        email: input.email.as_str().to_owned(),
        email_verified: false,
        image: input.image,
        created_at: now,
        updated_at: now,
    };
    insert(&app.db, &user, &hash).await.map_err(|err| match err.is_unique_violation("user", "email") {
        true => AuthError::FailedToCreateUser.into(),
        false => err,
    })?;
    tracing::info!(user.id, "a user signed up");
    let session = sessions::open(app, &user.id, input.remember, visitor).await?;
    Ok((user, session))
}

/// Checks address and password, and opens a session.
///
/// # Errors
/// [`AuthError::PasswordTooLong`]; [`AuthError::InvalidEmailOrPassword`] for a wrong password, an unknown address
/// and a user without a password, after the same time.
pub async fn sign_in(app: &AppState, input: SignIn, visitor: &Visitor) -> Result<(User, SessionRow)> {
    input.password.check_given()?;
    let (user, hash) = match find_by_email(&app.db, &input.email).await? {
        Some((user, hash)) => (Some(user), hash),
        None => (None, None),
    };
    let fits = app.passwords.verify(&input.password, hash.clone()).await?;
    match user {
        Some(user) if fits => {
            credentials::renew(app, &user.id, &input.password, hash.as_deref().unwrap_or_default()).await?;
            let session = sessions::open(app, &user.id, input.remember, visitor).await?;
            Ok((user, session))
        }
        _ => Err(AuthError::InvalidEmailOrPassword.into()),
    }
}

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct UserRow {
    id: String,
    name: String,
    email: String,
    email_verified: bool,
    image: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    password: Option<String>,
}

/// Finds the user of an address, and the hash of the password if there is one.
async fn find_by_email(db: &Db, email: &EmailAddress) -> Result<Option<(User, Option<String>)>> {
    let row: Option<UserRow> = on!(db.read(), pool => sqlx::query_as(
        r#"
        select u."id", u."name", u."email", u."emailVerified", u."image", u."createdAt", u."updatedAt", a."password"
        from "user" u
        left join "account" a on a."userId" = u."id" and a."providerId" = $2
        where u."email" = $1
        "#,
    )
    .bind(email.as_str())
    .bind(CREDENTIAL)
    .fetch_optional(pool)
    .await)?;
    Ok(row.map(|row| {
        let user = User {
            id: row.id,
            name: row.name,
            email: row.email,
            email_verified: row.email_verified,
            image: row.image,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        (user, row.password)
    }))
}

/// Stores a user and the account that holds the password, both or neither.
async fn insert(db: &Db, user: &User, hash: &str) -> Result<(), Error> {
    let mut tx = Tx::begin(db).await?;
    within!(&mut tx, conn => sqlx::query(
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
    within!(&mut tx, conn => sqlx::query(
        r#"
        insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
        values ($1, $2, $3, $4, $5, $6, $7)
        "#,
    )
    .bind(ids::auth_id())
    .bind(&user.id)
    .bind(CREDENTIAL)
    .bind(&user.id)
    .bind(hash)
    .bind(user.created_at)
    .bind(user.updated_at)
    .execute(conn)
    .await
    .map(drop))?;
    tx.commit().await?;
    Ok(())
}
