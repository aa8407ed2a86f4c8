//! Taking another address: the old one agrees if it is proved, and then the new one is proved, each by a mail.

use super::{
    mail_tokens::{self, MailClaims, RequestType},
    principal::Principal,
    users,
};
use crate::{
    model::auth::{AuthError, EmailAddress, User},
    server::{
        AppState, Result,
        mail::{Order, outbox},
    },
};

/// Orders the first mail. An address that is taken makes no difference here: nobody gets a mail then.
///
/// # Errors
/// [`AuthError::ChangeEmailDisabled`], [`AuthError::EmailIsTheSame`].
pub async fn request(
    app: &AppState,
    principal: &Principal,
    new_email: &EmailAddress,
    callback_url: Option<String>,
) -> Result<()> {
    if !app.config.auth.change_email {
        return Err(AuthError::ChangeEmailDisabled.into());
    }
    if principal.user.email == new_email.as_str() {
        return Err(AuthError::EmailIsTheSame.into());
    }
    let user_id = principal.user_id.clone();
    let new_email = new_email.as_str().to_owned();
    let (to, order) = match principal.user.email_verified && app.config.auth.change_email_confirmation {
        true => {
            (principal.user.email.clone(), Order::ConfirmEmailChange { user_id, new_email, callback_url })
        }
        false => (new_email.clone(), Order::VerifyNewEmail { user_id, new_email, callback_url }),
    };
    outbox::put(app, &to, &order).await
}

/// Makes the token of a link for a user and a new address.
pub(super) fn issue(app: &AppState, user: &User, new_email: &str, request_type: RequestType) -> Result<String> {
    let claims = MailClaims {
        email: user.email.clone(),
        update_to: Some(new_email.to_owned()),
        request_type: Some(request_type),
        user_id: user.id.clone(),
    };
    mail_tokens::mint(app, claims)
}

/// Returns the user of a link and the new address; `visitor` is who follows it, if anybody is signed in.
///
/// # Errors
/// [`AuthError::UserNotFound`]; [`AuthError::InvalidToken`] when the user's address is another one by now;
/// [`AuthError::InvalidUser`] when somebody else follows the link.
pub async fn judge(app: &AppState, claims: &MailClaims, visitor: Option<&Principal>) -> Result<(User, String)> {
    let new_email = claims.update_to.clone().ok_or(AuthError::InvalidToken)?;
    let user = users::find(&app.db, &claims.user_id).await?.ok_or(AuthError::UserNotFound)?;
    if user.email != claims.email {
        return Err(AuthError::InvalidToken.into());
    }
    match visitor.is_some_and(|visitor| visitor.user_id != user.id) {
        true => Err(AuthError::InvalidUser.into()),
        false => Ok((user, new_email)),
    }
}

/// Orders the mail to the new address, once the old one has agreed.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn confirm(app: &AppState, user: &User, new_email: String, callback_url: Option<String>) -> Result<()> {
    let to = new_email.clone();
    outbox::put(app, &to, &Order::VerifyNewEmail { user_id: user.id.clone(), new_email, callback_url }).await
}

/// Gives the user the new address, and returns him as he is then.
///
/// # Errors
/// [`AuthError::UserAlreadyExists`] when somebody has taken it meanwhile; [`AuthError::InvalidToken`] when the user's
/// address changed meanwhile.
pub async fn apply(app: &AppState, user: &User, new_email: &str) -> Result<User> {
    let changed = users::set_email(app, user, new_email, user.email_verified).await;
    let changed = changed.map_err(|err| match err.is_unique_violation("user", "email") {
        true => AuthError::UserAlreadyExists.into(),
        false => err,
    })?;
    tracing::info!(user.id, "a user changed the address");
    Ok(changed)
}
