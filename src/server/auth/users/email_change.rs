//! Change of the email address. A verified old address must confirm first, then the new one is verified, each by a
//! mail.
//!
//! The rules are checked again when a link is followed. By then the session that asked may have ended, the old address
//! may have been verified, or the operator may have turned changes off.

use crate::server::auth::{
    auth_state::Auth,
    mail_links::{
        mail_tokens::{self, MailClaims, RequestType},
        verifications::{self, Following},
    },
    principal::Principal,
    sessions::{self, require_session},
    users,
};
use crate::{
    model::auth::{AuthError, EmailAddress, User},
    server::{
        Result, ids,
        mail::{Order, outbox},
        tx::Tx,
    },
};

/// Queues the first mail of an address change. A taken address gives the same response, but no mail is sent.
///
/// If the old address need not confirm, the session must be fresh, because a new address can reset the password.
///
/// # Errors
/// [`AuthError::ChangeEmailDisabled`], [`AuthError::EmailIsTheSame`], [`AuthError::SessionNotFresh`].
pub async fn request(
    auth: &Auth,
    principal: &Principal,
    new_email: &EmailAddress,
    callback_url: Option<String>,
) -> Result<()> {
    if !auth.config.auth.change_email {
        return Err(AuthError::ChangeEmailDisabled.into());
    }
    if principal.user.email == new_email.as_str() {
        return Err(AuthError::EmailIsTheSame.into());
    }
    let user_id = principal.user_id.clone();
    let session_id = Some(principal.session_id.clone());
    let new_email = new_email.as_str().to_owned();
    if needs_confirmation(auth, &principal.user) {
        let order = Order::ConfirmEmailChange { user_id, session_id, new_email, callback_url };
        return outbox::enqueue(&auth.mail, &principal.user.email, &order).await;
    }
    if !require_session::is_fresh(auth, principal) {
        return Err(AuthError::SessionNotFresh.into());
    }
    let to = new_email.clone();
    outbox::enqueue(
        &auth.mail,
        &to,
        &Order::VerifyNewEmail { user_id, session_id, has_agreed: false, new_email, callback_url },
    )
    .await
}

/// True if the user's old address must confirm the change.
fn needs_confirmation(auth: &Auth, user: &User) -> bool {
    user.email_verified && auth.config.auth.change_email_confirmation
}

/// Issues the token of a link by which the old address confirms the change.
pub(in crate::server::auth) async fn issue_confirmation(
    auth: &Auth,
    user: &User,
    new_email: &str,
    session_id: &Option<String>,
) -> Result<String> {
    let claims = MailClaims {
        update_to: Some(new_email.to_owned()),
        request_type: Some(RequestType::ChangeEmailConfirmation),
        session_id: session_id.clone(),
        link_id: Some(register_link(auth, user).await?),
        ..MailClaims::of(user)
    };
    mail_tokens::mint(auth, claims)
}

/// Issues the token of a link that verifies the new address.
pub(in crate::server::auth) async fn issue_verification(
    auth: &Auth,
    user: &User,
    new_email: &str,
    session_id: &Option<String>,
    has_agreed: bool,
) -> Result<String> {
    let claims = MailClaims {
        update_to: Some(new_email.to_owned()),
        request_type: Some(RequestType::ChangeEmailVerification),
        session_id: session_id.clone(),
        link_id: Some(register_link(auth, user).await?),
        has_agreed,
        ..MailClaims::of(user)
    };
    mail_tokens::mint(auth, claims)
}

/// Registers a link of an address change as valid and returns its id.
async fn register_link(auth: &Auth, user: &User) -> Result<String> {
    let id = ids::auth_id();
    verifications::create(auth, &identifier(&id), &user.id, mail_tokens::EXPIRES_IN_S).await?;
    Ok(id)
}

fn identifier(link_id: &str) -> String {
    format!("change-email-{link_id}")
}

/// True if the session that asked for the change is alive. An order without a session counts as alive.
pub(in crate::server::auth) async fn is_session_alive(
    auth: &Auth,
    user_id: &str,
    session_id: &Option<String>,
) -> Result<bool> {
    let Some(session_id) = session_id else { return Ok(true) };
    let found = sessions::find(&auth.db, session_id, user_id).await?;
    Ok(found.is_some_and(|(session, _)| !session.is_expired(auth.clock.now())))
}

/// Validates a followed link and returns its user and the new address. `visitor` is the signed-in user who follows it,
/// if any.
///
/// # Errors
/// [`AuthError::ChangeEmailDisabled`]; [`AuthError::UserNotFound`]; [`AuthError::InvalidToken`] if the user's address
/// has changed, the session that asked has ended, or a required confirmation is missing; [`AuthError::InvalidUser`] if
/// another user follows the link.
pub async fn validate_link(auth: &Auth, claims: &MailClaims, visitor: Option<&Principal>) -> Result<(User, String)> {
    if !auth.config.auth.change_email {
        return Err(AuthError::ChangeEmailDisabled.into());
    }
    let new_email = claims.update_to.clone().ok_or(AuthError::InvalidToken)?;
    let user = users::find(&auth.db, &claims.user_id).await?.ok_or(AuthError::UserNotFound)?;
    let is_last_step = claims.request_type == Some(RequestType::ChangeEmailVerification);
    if user.email != claims.email
        || (is_last_step && needs_confirmation(auth, &user) && !claims.has_agreed)
        || !is_session_alive(auth, &user.id, &claims.session_id).await?
    {
        return Err(AuthError::InvalidToken.into());
    }
    match visitor.is_some_and(|visitor| visitor.user_id != user.id) {
        true => Err(AuthError::InvalidUser.into()),
        false => Ok((user, new_email)),
    }
}

/// Queues the mail to the new address after the old one has confirmed. Following the link again queues no second mail.
///
/// # Errors
/// [`AuthError::InvalidToken`] if the user's password or address has changed since.
pub async fn confirm(auth: &Auth, claims: &MailClaims, new_email: String, callback_url: Option<String>) -> Result<()> {
    let (user_id, session_id) = (claims.user_id.clone(), claims.session_id.clone());
    let link = identifier(claims.link_id.as_deref().ok_or(AuthError::InvalidToken)?);
    let mut tx = Tx::begin(&auth.db).await?;
    tx.wait_for_user(&user_id).await?;
    match verifications::follow(auth, &mut tx, &link, &user_id).await? {
        Following::First => {}
        Following::Again => return Ok(()),
        Following::Void => return Err(AuthError::InvalidToken.into()),
    }
    let to = new_email.clone();
    let order = Order::VerifyNewEmail { user_id, session_id, has_agreed: true, new_email, callback_url };
    // If a rate limit suppresses the mail, the link stays valid.
    outbox::enqueue_within(&auth.mail, tx, &to, &order).await
}

/// Sets the user's new address and returns the updated user. Voids the links sent to the old address.
///
/// # Errors
/// [`AuthError::UserAlreadyExists`] if the address has been taken since; [`AuthError::InvalidToken`] if the user's
/// address or password has changed, or the session that asked has ended.
pub async fn apply(auth: &Auth, user: &User, new_email: &str, claims: &MailClaims) -> Result<User> {
    let link = identifier(claims.link_id.as_deref().ok_or(AuthError::InvalidToken)?);
    let mut tx = Tx::begin(&auth.db).await?;
    // Serializes this with a concurrent password reset: the second one sees the effect of the first.
    tx.wait_for_user(&user.id).await?;
    if !verifications::consume(auth, &mut tx, &link, &user.id).await? {
        return Err(AuthError::InvalidToken.into());
    }
    verifications::void_all(&mut tx, &user.id).await?;
    let changed = users::change_email(auth, &mut tx, user, new_email, claims.session_id.as_deref()).await;
    let changed = changed.map_err(|err| match err.is_unique_violation("user", "email") {
        true => AuthError::UserAlreadyExists.into(),
        false => err,
    })?;
    tx.commit().await?;
    tracing::info!(user.id, "a user changed the address");
    Ok(changed)
}
