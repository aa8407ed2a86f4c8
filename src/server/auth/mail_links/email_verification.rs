//! Email verification by a mailed link.

use super::{
    mail_tokens::{self, MailClaims},
    verifications::{self, Following},
};
use crate::server::auth::{auth_state::Auth, users};
use crate::{
    model::auth::{AuthError, EmailAddress, User},
    server::{
        Result, ids,
        mail::{Order, outbox},
        tx::Tx,
    },
};

/// Queues a verification mail to an address. The address is looked up when the mail is sent, so known and unknown
/// addresses are treated alike here. Verified addresses get no mail.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn order(auth: &Auth, email: &EmailAddress, callback_url: Option<String>) -> Result<()> {
    outbox::enqueue(&auth.mail, email.as_str(), &Order::VerifyEmail { email: email.as_str().to_owned(), callback_url })
        .await
}

/// Issues the token of a verification link.
pub(in crate::server::auth) async fn issue(auth: &Auth, user: &User) -> Result<String> {
    let id = ids::auth_id();
    verifications::create(auth, &identifier(&id), &user.id, mail_tokens::EXPIRES_IN_S).await?;
    mail_tokens::mint(auth, MailClaims { link_id: Some(id), ..MailClaims::of(user) })
}

fn identifier(link_id: &str) -> String {
    format!("verify-email-{link_id}")
}

/// Marks the address of a link as verified. Returns the user if the link may also sign in: on its first use, unless a
/// new password or the end of sessions has voided it.
///
/// # Errors
/// [`AuthError::UserNotFound`]; [`AuthError::InvalidToken`] if the address now belongs to another user.
pub async fn verify(auth: &Auth, claims: &MailClaims) -> Result<Option<User>> {
    let user = users::find_by_email(&auth.db, &claims.email).await?.ok_or(AuthError::UserNotFound)?;
    if user.id != claims.user_id {
        return Err(AuthError::InvalidToken.into());
    }
    if user.email_verified {
        return Ok(None);
    }
    let mut tx = Tx::begin(&auth.db).await?;
    tx.wait_for_user(&user.id).await?;
    let following = match &claims.link_id {
        Some(id) => verifications::follow(auth, &mut tx, &identifier(id), &user.id).await?,
        None => Following::Void,
    };
    let user = users::mark_email_verified(auth, &mut tx, &user).await?;
    tx.commit().await?;
    Ok((following == Following::First).then_some(user))
}
