//! Builds queued mails: looks up the recipient and creates the link.
//!
//! This happens when a mail is sent, not when it is queued. Queueing therefore takes the same time for known and
//! unknown addresses.

use futures_util::{FutureExt, future::BoxFuture};

use super::email_verification;
use crate::server::auth::{
    auth_state::Auth,
    cookies::encode_component,
    passwords::password_reset,
    users::{self, deletion, email_change},
};
use crate::{
    model::auth::User,
    server::{
        Result,
        mail::{LetterWriter, MailKind, Order, OutgoingMail},
    },
};

impl LetterWriter for Auth {
    fn write<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Result<Option<OutgoingMail>>> {
        write(self, order).boxed()
    }
}

/// Builds the mail of an order; `None` if nobody is to receive one.
///
/// # Errors
/// [`crate::server::Error::Db`], [`crate::server::Error::Token`].
pub async fn write(auth: &Auth, order: &Order) -> Result<Option<OutgoingMail>> {
    match order {
        Order::ResetPassword { email, redirect_to } => {
            let Some(user) = users::find_by_email(&auth.db, email).await? else { return Ok(None) };
            let token = password_reset::issue(auth, &user.id).await?;
            let redirect_to = redirect_to.as_deref().unwrap_or_default();
            let path = format!("/api/auth/reset-password/{token}?callbackURL={}", encode_component(redirect_to));
            Ok(Some(letter(auth, &user, MailKind::ResetPassword, &path)))
        }
        Order::VerifyEmail { email, callback_url } | Order::VerifySignUp { email, callback_url } => {
            let found = users::find_by_email(&auth.db, email).await?;
            let Some(user) = found.filter(|user| !user.email_verified) else { return Ok(None) };
            let path = verify_path(&email_verification::issue(auth, &user).await?, callback_url);
            Ok(Some(letter(auth, &user, MailKind::VerifyEmail, &path)))
        }
        Order::ConfirmEmailChange { user_id, session_id, new_email, callback_url } => {
            let Some(user) = email_change_user(auth, user_id, session_id, new_email).await? else { return Ok(None) };
            let token = email_change::issue_confirmation(auth, &user, new_email, session_id).await?;
            let path = verify_path(&token, callback_url);
            let kind = MailKind::ConfirmEmailChange { new_email: new_email.clone() };
            Ok(Some(letter(auth, &user, kind, &path)))
        }
        Order::VerifyNewEmail { user_id, session_id, has_agreed, new_email, callback_url } => {
            let Some(user) = email_change_user(auth, user_id, session_id, new_email).await? else { return Ok(None) };
            let token = email_change::issue_verification(auth, &user, new_email, session_id, *has_agreed).await?;
            let path = verify_path(&token, callback_url);
            let letter = letter(auth, &user, MailKind::VerifyNewEmail, &path);
            Ok(Some(OutgoingMail { to: new_email.clone(), ..letter }))
        }
        Order::DeleteUser { user_id, callback_url } => {
            let Some(user) = users::find(&auth.db, user_id).await? else { return Ok(None) };
            let token = deletion::issue(auth, &user.id).await?;
            let path = format!("/api/auth/delete-user/callback?token={token}&callbackURL={}", target(callback_url));
            Ok(Some(letter(auth, &user, MailKind::DeleteUser, &path)))
        }
        Order::AlreadySignedUp { email } => {
            let user = users::find_by_email(&auth.db, email).await?;
            Ok(user.map(|user| letter(auth, &user, MailKind::AlreadySignedUp, "/sign-in")))
        }
    }
}

/// Returns the user who changes the address; `None` if the address is taken or the session that asked has ended.
async fn email_change_user(
    auth: &Auth,
    user_id: &str,
    session_id: &Option<String>,
    new_email: &str,
) -> Result<Option<User>> {
    let is_taken = users::find_by_email(&auth.db, new_email).await?.is_some();
    match is_taken || !email_change::is_session_alive(auth, user_id, session_id).await? {
        true => Ok(None),
        false => users::find(&auth.db, user_id).await,
    }
}

/// Builds links from the configured base URL, never from request headers.
fn letter(auth: &Auth, user: &User, kind: MailKind, path: &str) -> OutgoingMail {
    let url = format!("{}{path}", auth.config.base_url());
    OutgoingMail { to: user.email.clone(), name: user.name.clone(), kind, url }
}

fn verify_path(token: &str, callback_url: &Option<String>) -> String {
    format!("/api/auth/verify-email?token={token}&callbackURL={}", target(callback_url))
}

fn target(callback_url: &Option<String>) -> String {
    encode_component(callback_url.as_deref().filter(|url| !url.is_empty()).unwrap_or("/"))
}
