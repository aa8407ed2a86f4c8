//! Taking another address: the old one agrees if it is proved, and then the new one is proved, each by a mail.
//!
//! The rules are checked when a link is followed, not only when it is ordered: by then the session that asked may have
//! ended, the old address may have been proved, and the operator may have turned changes off.

use super::{
    auth_state::Auth,
    guard,
    mail_tokens::{self, MailClaims, RequestType},
    principal::Principal,
    sessions, users,
    verifications::{self, Following},
};
use crate::{
    model::auth::{AuthError, EmailAddress, User},
    server::{
        Result, ids,
        mail::{Order, outbox},
        tx::Tx,
    },
};

/// Orders the first mail. An address that is taken makes no difference here: nobody gets a mail then.
///
/// Without the old address's agreement the session has to be fresh: a new address can reset the password.
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
    if must_agree(auth, &principal.user) {
        let order = Order::ConfirmEmailChange { user_id, session_id, new_email, callback_url };
        return outbox::put(&auth.mail, &principal.user.email, &order).await;
    }
    if !guard::is_fresh(auth, principal) {
        return Err(AuthError::SessionNotFresh.into());
    }
    let to = new_email.clone();
    outbox::put(
        &auth.mail,
        &to,
        &Order::VerifyNewEmail { user_id, session_id, has_agreed: false, new_email, callback_url },
    )
    .await
}

/// True if the user's old address has to agree to a new one.
fn must_agree(auth: &Auth, user: &User) -> bool {
    user.email_verified && auth.config.auth.change_email_confirmation
}

/// Makes the token of a link that asks the old address to agree.
pub(super) async fn issue_confirmation(
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

/// Makes the token of a link that proves the new address.
pub(super) async fn issue_verification(
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

/// Stores that a link to a new address is good, and returns its id.
async fn register_link(auth: &Auth, user: &User) -> Result<String> {
    let id = ids::auth_id();
    verifications::create(auth, &identifier(&id), &user.id, mail_tokens::EXPIRES_IN_S).await?;
    Ok(id)
}

fn identifier(link_id: &str) -> String {
    format!("change-email-{link_id}")
}

/// True if the session that asked for a change lives; one of an order that names none counts as living.
pub(super) async fn is_wanted_still(auth: &Auth, user_id: &str, session_id: &Option<String>) -> Result<bool> {
    let Some(session_id) = session_id else { return Ok(true) };
    let found = sessions::find(&auth.db, session_id, user_id).await?;
    Ok(found.is_some_and(|(session, _)| !session.is_over(auth.clock.now())))
}

/// Returns the user of a link and the new address; `visitor` is who follows it, if anybody is signed in.
///
/// # Errors
/// [`AuthError::ChangeEmailDisabled`]; [`AuthError::UserNotFound`]; [`AuthError::InvalidToken`] when the user's address
/// is another one by now, the session that asked has ended, or the old address has to agree and has not;
/// [`AuthError::InvalidUser`] when somebody else follows the link.
pub async fn judge(auth: &Auth, claims: &MailClaims, visitor: Option<&Principal>) -> Result<(User, String)> {
    if !auth.config.auth.change_email {
        return Err(AuthError::ChangeEmailDisabled.into());
    }
    let new_email = claims.update_to.clone().ok_or(AuthError::InvalidToken)?;
    let user = users::find(&auth.db, &claims.user_id).await?.ok_or(AuthError::UserNotFound)?;
    let is_last_step = claims.request_type == Some(RequestType::ChangeEmailVerification);
    if user.email != claims.email
        || (is_last_step && must_agree(auth, &user) && !claims.has_agreed)
        || !is_wanted_still(auth, &user.id, &claims.session_id).await?
    {
        return Err(AuthError::InvalidToken.into());
    }
    match visitor.is_some_and(|visitor| visitor.user_id != user.id) {
        true => Err(AuthError::InvalidUser.into()),
        false => Ok((user, new_email)),
    }
}

/// Orders the mail to the new address, once the old one has agreed. A link that is followed again orders no other mail.
///
/// # Errors
/// [`AuthError::InvalidToken`] when the user got a new password or address meanwhile.
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
    // Where limits keep the mail back, the link stays good for it.
    outbox::put_within(&auth.mail, tx, &to, &order).await
}

/// Gives the user the new address, and returns him as he is then. Links that went to the old address become void.
///
/// # Errors
/// [`AuthError::UserAlreadyExists`] when somebody has taken it meanwhile; [`AuthError::InvalidToken`] when the user's
/// address or password changed, or the session that asked ended meanwhile.
pub async fn apply(auth: &Auth, user: &User, new_email: &str, claims: &MailClaims) -> Result<User> {
    let link = identifier(claims.link_id.as_deref().ok_or(AuthError::InvalidToken)?);
    let mut tx = Tx::begin(&auth.db).await?;
    // So that of this and a reset of the password at once the second one sees what the first one did.
    tx.wait_for_user(&user.id).await?;
    if !verifications::consume(auth, &mut tx, &link, &user.id).await? {
        return Err(AuthError::InvalidToken.into());
    }
    verifications::forget_all_of(&mut tx, &user.id).await?;
    let changed = users::change_email(auth, &mut tx, user, new_email, claims.session_id.as_deref()).await;
    let changed = changed.map_err(|err| match err.is_unique_violation("user", "email") {
        true => AuthError::UserAlreadyExists.into(),
        false => err,
    })?;
    tx.commit().await?;
    tracing::info!(user.id, "a user changed the address");
    Ok(changed)
}
