//! Sign-up and sign-in with email address and password.

use sqlx_macros::FromRow;

use super::{UserRow, user_columns};
use crate::server::auth::{
    auth_state::Auth,
    cookies::Remember,
    mail_links::email_verification,
    passwords::{
        credentials,
        password_check::{self, Account},
    },
    sessions::{self, SessionRow, Visitor},
    stored_passwords::{self, CREDENTIAL},
    users,
};
use crate::{
    model::auth::{AuthError, EmailAddress, Password, User},
    server::{
        Db, Error, Result,
        config::SignUpPolicy,
        db::on,
        ids,
        mail::{Order, outbox},
        metrics::SignInResult,
        tx::{Tx, within},
    },
};

/// The maximum number of tries of a sign-in whose password hash changes concurrently.
const MAX_CHANGES: usize = 3;

/// Input of a sign-up.
#[derive(Debug)]
pub struct SignUp {
    /// Display name; may be empty.
    pub name: String,
    /// Email address.
    pub email: EmailAddress,
    /// The password.
    pub password: Password,
    /// The URL of a picture.
    pub image: Option<String>,
    /// Lifetime of the session: persistent or until the browser closes.
    pub remember: Remember,
}

/// Input of a sign-in.
#[derive(Debug)]
pub struct SignIn {
    /// Email address.
    pub email: EmailAddress,
    /// The password.
    pub password: Password,
    /// Lifetime of the session: persistent or until the browser closes.
    pub remember: Remember,
}

/// Result of a sign-up.
#[derive(Debug)]
pub struct SignedUp {
    /// The new user. If the address is taken and must not be disclosed, an invented user.
    pub user: User,
    /// The new session, if sign-up signs in.
    pub session: Option<SessionRow>,
}

/// True if anybody may sign up now.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn may_sign_up(auth: &Auth) -> Result<bool> {
    match auth.config.auth.sign_up {
        SignUpPolicy::Open => Ok(true),
        SignUpPolicy::FirstUser => users::is_empty(&auth.db).await,
        SignUpPolicy::Closed => Ok(false),
    }
}

/// Validates an address for sign-up and discloses no more than [`sign_up`] does.
///
/// # Errors
/// [`AuthError::InvalidEmail`]; [`AuthError::UserAlreadyExists`] if sign-up would disclose that the address is taken.
pub async fn validate_sign_up_email(auth: &Auth, email: &str) -> Result<()> {
    let email = EmailAddress::parse(email)?;
    match signs_in(auth) && may_sign_up(auth).await? && find_by_email(&auth.db, &email).await?.is_some() {
        true => Err(AuthError::UserAlreadyExists.into()),
        false => Ok(()),
    }
}

/// True if sign-up also signs in.
fn signs_in(auth: &Auth) -> bool {
    auth.config.auth.auto_sign_in && !auth.config.auth.require_email_verification
}

/// Creates a user with a password.
///
/// Opens a session unless the address must be verified first or `auto_sign_in` is off. In these two cases a taken
/// address is not disclosed: the response is that of a success, and the owner of the address gets a mail.
/// `callback_url` is the final redirect target of the link in the verification mail.
///
/// # Errors
/// [`AuthError::SignUpDisabled`], [`AuthError::PasswordTooShort`], [`AuthError::PasswordTooLong`],
/// [`AuthError::UserAlreadyExists`]; [`AuthError::FailedToCreateUser`] if a concurrent sign-up took the address;
/// [`AuthError::Busy`].
pub async fn sign_up(auth: &Auth, input: SignUp, callback_url: Option<String>, visitor: &Visitor) -> Result<SignedUp> {
    if !may_sign_up(auth).await? {
        return Err(AuthError::SignUpDisabled.into());
    }
    input.password.validate_new()?;
    let signs_in = signs_in(auth);
    let taken = find_by_email(&auth.db, &input.email).await?.is_some();
    // Taken addresses are hashed too, so that the response time does not disclose them.
    let hash = auth.passwords.hash(&password_check::requester(visitor, input.email.as_str()), &input.password).await?;
    if taken && signs_in {
        return Err(AuthError::UserAlreadyExists.into());
    }
    let (user, remember) = new_user(auth, input);
    if taken {
        outbox::enqueue(&auth.mail, &user.email, &Order::AlreadySignedUp { email: user.email.clone() }).await?;
        return Ok(SignedUp { user, session: None });
    }
    create(auth, &user, &hash).await?;
    tracing::info!(user.id, "a user signed up");
    if auth.config.auth.send_on_sign_up {
        outbox::enqueue(&auth.mail, &user.email, &Order::VerifySignUp { email: user.email.clone(), callback_url })
            .await?;
    }
    let session = match signs_in {
        true => Some(sessions::open(auth, &user.id, remember, visitor).await?),
        false => None,
    };
    Ok(SignedUp { user, session })
}

fn new_user(auth: &Auth, input: SignUp) -> (User, Remember) {
    let now = auth.clock.now();
    let user = User {
        id: ids::auth_id(),
        name: input.name,
        email: input.email.as_str().to_owned(),
        email_verified: false,
        image: input.image,
        created_at: now,
        updated_at: now,
    };
    (user, input.remember)
}

/// Verifies address and password and opens a session.
///
/// `callback_url` is the final redirect target of the link in the verification mail.
///
/// # Errors
/// [`AuthError::PasswordTooLong`]; [`AuthError::InvalidEmailOrPassword`] for a wrong password, an unknown address and a
/// user without a password, each after the same time; [`AuthError::EmailNotVerified`] for a right password;
/// [`AuthError::TooManyFailures`], [`AuthError::Busy`].
pub async fn sign_in(
    auth: &Auth,
    input: SignIn,
    callback_url: Option<String>,
    visitor: &Visitor,
) -> Result<(User, SessionRow)> {
    let signed_in = check_sign_in(auth, input, callback_url, visitor).await;
    auth.metrics.sign_in(match &signed_in {
        Ok(_) => SignInResult::Ok,
        Err(Error::Auth(AuthError::EmailNotVerified)) => SignInResult::Unverified,
        Err(Error::Auth(_)) => SignInResult::Refused,
        Err(Error::Wait { refusal: AuthError::Busy, .. }) => SignInResult::Busy,
        Err(Error::Wait { .. }) => SignInResult::Limited,
        Err(_) => SignInResult::Failed,
    });
    signed_in
}

async fn check_sign_in(
    auth: &Auth,
    input: SignIn,
    callback_url: Option<String>,
    visitor: &Visitor,
) -> Result<(User, SessionRow)> {
    input.password.validate_given()?;
    let (user, hash) = match find_by_email(&auth.db, &input.email).await? {
        Some((user, hash)) => (Some(user), hash),
        None => (None, None),
    };
    let account = Account::Of(&input.email, user.as_ref());
    let password_matches =
        password_check::password_matches(auth, account, visitor, &input.password, hash.clone()).await?;
    let (Some(user), Some(hash), true) = (user, hash, password_matches) else {
        return Err(AuthError::InvalidEmailOrPassword.into());
    };
    if auth.config.auth.require_email_verification && !user.email_verified {
        if auth.config.auth.send_on_sign_in {
            email_verification::order(auth, &input.email, callback_url).await?;
        }
        return Err(AuthError::EmailNotVerified.into());
    }
    let session = open_session(auth, &user, &input, hash, visitor).await?;
    Ok((user, session))
}

/// Opens a session if the hash that the password matched is still the user's.
///
/// A concurrent change of the password that ends all sessions therefore also prevents sessions opened with the old
/// password.
async fn open_session(
    auth: &Auth,
    user: &User,
    input: &SignIn,
    mut hash: String,
    visitor: &Visitor,
) -> Result<SessionRow> {
    for _ in 0..MAX_CHANGES {
        let requester = password_check::requester(visitor, &user.id);
        let current_hash = credentials::rehash(auth, &requester, &user.id, &input.password, hash).await?;
        let mut tx = Tx::begin(&auth.db).await?;
        if stored_passwords::lock_if_unchanged(&mut tx, &user.id, &current_hash).await? {
            let session = sessions::open_within(auth, &mut tx, &user.id, input.remember, visitor).await?;
            tx.commit().await?;
            return Ok(session);
        }
        drop(tx);
        // A concurrent sign-in may have rehashed the password.
        match stored_passwords::find(&auth.db, &user.id).await? {
            Some(other) if auth.passwords.verify(&requester, &input.password, Some(other.clone())).await? => {
                hash = other
            }
            _ => break,
        }
    }
    Err(AuthError::InvalidEmailOrPassword.into())
}

#[derive(FromRow)]
struct JoinedRow {
    #[sqlx(flatten)]
    user: UserRow,
    password: Option<String>,
}

/// Finds the user with an address, and the password hash if the user has one.
async fn find_by_email(db: &Db, email: &EmailAddress) -> Result<Option<(User, Option<String>)>> {
    let row: Option<JoinedRow> = on!(db.read(), pool => sqlx::query_as(concat!(
        "select ",
        user_columns!(),
        r#", a."password"
        from "user"
        left join "account" a
            on a."userId" = "user"."id" and a."accountId" = "user"."id" and a."providerId" = $2
        where "user"."email" = $1
        "#,
    ))
    .bind(email.as_str())
    .bind(CREDENTIAL)
    .fetch_optional(pool)
    .await)?;
    Ok(row.map(|row| (row.user.into(), row.password)))
}

/// Inserts a user and the password account in one transaction.
///
/// # Errors
/// [`AuthError::SignUpDisabled`] if only the first user may sign up and another one already did;
/// [`AuthError::FailedToCreateUser`] if a concurrent sign-up took the address.
async fn create(auth: &Auth, user: &User, hash: &str) -> Result<()> {
    let mut tx = Tx::begin(&auth.db).await?;
    if auth.config.auth.sign_up == SignUpPolicy::FirstUser && !claim_first_user(&mut tx, user).await? {
        return Err(AuthError::SignUpDisabled.into());
    }
    users::insert(&mut tx, user).await.map_err(|err| match err.is_unique_violation("user", "email") {
        true => AuthError::FailedToCreateUser.into(),
        false => err,
    })?;
    stored_passwords::insert(&mut tx, &user.id, hash, user.created_at).await?;
    tx.commit().await?;
    Ok(())
}

/// Claims the place of the first user. Returns `false` if a user exists or the place is taken.
///
/// A concurrent claim waits until this transaction ends.
async fn claim_first_user(tx: &mut Tx, user: &User) -> Result<bool> {
    let claimed: u64 = within!(tx, conn => sqlx::query(
        r#"
        insert into "firstUser" ("place", "userId", "createdAt")
        select 1, $1, $2
        where not exists (select 1 from "user")
        on conflict do nothing
        "#,
    )
    .bind(&user.id)
    .bind(user.created_at)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(claimed > 0)
}
