//! Server functions of the account pages.

use std::cmp::Reverse;

use super::{
    appearance,
    form_request::{auth, clean_name, count, headers, principal, visitor},
    form_response::{done, failed, redirect_with, refuse, refuse_both, set_cookies, signed_out, take_flash},
    user_agent,
};
use crate::{
    model::{
        ApiError,
        auth::{AuthError, EmailAddress, Password},
        page::{AccountOverview, AccountRules, Done, LinkedSummary, SessionSummary, TypedFields},
        path,
    },
    server::{
        Result,
        auth::{
            auth_state::Auth,
            cookies,
            mail_links::email_verification,
            passwords::credentials,
            principal::Principal,
            rate_limits::known_devices,
            sessions::{self, require_session},
            users::{
                self, UserChanges,
                deletion::{self, Deletion},
                email_change,
                linked_accounts::{self, LinkedAccount},
            },
        },
    },
};

/// See [`crate::api::settings::account_overview`]. Better Auth lists sessions only for fresh ones, because its response
/// holds tokens. This response holds none, so any session may read it.
pub async fn account_overview() -> Result<Option<AccountOverview>, ApiError> {
    let auth = auth();
    match principal() {
        Some(principal) => read_overview(&auth, principal).await.map(Some).map_err(|err| failed(&err)),
        None => Ok(None),
    }
}

async fn read_overview(auth: &Auth, principal: Principal) -> Result<AccountOverview> {
    let seen = auth.last_used.of_user(&auth.db, &principal.user_id).await?;
    let rows = sessions::list(auth, &principal.user_id).await?.into_iter();
    let mut sessions: Vec<_> = rows
        .map(|row| SessionSummary {
            seen_at: seen.get(&row.id).copied().unwrap_or(row.updated_at),
            is_current: row.id == principal.session_id,
            id: row.id,
            device: user_agent::name(&row.user_agent),
            address: row.ip_address,
            opened_at: row.created_at,
        })
        .collect();
    sessions.sort_by_key(|it| Reverse((it.is_current, it.seen_at, it.opened_at)));
    let linked = linked_accounts::list(&auth.db, &principal.user_id).await?;
    let settings = &auth.config.auth;
    Ok(AccountOverview {
        user: principal.user,
        sessions,
        linked: linked.into_iter().map(linked_summary).collect(),
        rules: AccountRules {
            change_email: settings.change_email,
            ask_old_address: settings.change_email_confirmation,
            delete_user: settings.delete_user,
            delete_by_mail: settings.delete_user_verification,
        },
        color_scheme: appearance::color_scheme(),
        memory: take_flash(auth),
    })
}

fn linked_summary(account: LinkedAccount) -> LinkedSummary {
    LinkedSummary { id: account.id, provider: account.provider_id, linked_at: account.created_at }
}

/// See [`crate::api::settings::update_profile`].
pub async fn update_profile(name: String) -> Result<Done, ApiError> {
    let (auth, principal) = require_principal()?;
    let name = clean_name(&name);
    let updated = async {
        count(&auth, "/update-user").await?;
        users::update(&auth, &principal.user, UserChanges { name: Some(name), image: None }).await
    };
    match updated.await {
        Ok(_) => Ok(done(&auth, Done::ProfileSaved)),
        Err(err) => Err(refuse(&auth, err, TypedFields::default())),
    }
}

/// See [`crate::api::settings::order_verification`].
pub async fn order_verification() -> Result<Done, ApiError> {
    let (auth, principal) = require_principal()?;
    let ordered = async {
        count(&auth, "/send-verification-email").await?;
        let email = EmailAddress::parse(&principal.user.email)?;
        email_verification::order(&auth, &email, Some(path::VERIFY_EMAIL.to_owned())).await
    };
    match ordered.await {
        Ok(()) => Ok(done(&auth, Done::VerificationOrdered)),
        Err(err) => Err(refuse(&auth, err, TypedFields::default())),
    }
}

/// See [`crate::api::settings::change_email`].
pub async fn change_email(email: String) -> Result<Done, ApiError> {
    let (auth, principal) = require_principal()?;
    let requested = async {
        count(&auth, "/change-email").await?;
        let new = EmailAddress::parse(&email)?;
        email_change::request(&auth, &principal, &new, Some(path::ACCOUNT_EMAIL_LINK.to_owned())).await
    };
    let asks_old_address = principal.user.email_verified && auth.config.auth.change_email_confirmation;
    match requested.await {
        Ok(()) if asks_old_address => Ok(done(&auth, Done::OldAddressAsked)),
        Ok(()) => Ok(done(&auth, Done::NewAddressAsked)),
        Err(err) => Err(refuse(&auth, err, TypedFields::with_email(email))),
    }
}

/// See [`crate::api::settings::change_password`].
pub async fn change_password(current: Password, new: Password, revoke_others: bool) -> Result<Done, ApiError> {
    let (auth, principal) = require_principal()?;
    let remember = cookies::remember(&auth.config, &headers());
    let visitor = visitor(&auth);
    let revoke = revoke_others.then_some(remember);
    if let Err(err) = count(&auth, "/change-password").await {
        return Err(refuse(&auth, err, TypedFields::default()));
    }
    // Report all invalid fields at once.
    if let Err(fault) = new.validate_new()
        && let Ok(false) = credentials::verify_password(&auth, &principal.user_id, &visitor, &current).await
    {
        return Err(refuse_both(&auth, [AuthError::InvalidPassword, fault], TypedFields::default()));
    }
    let changed = async {
        let session = credentials::change_password(&auth, &principal, &current, &new, revoke, &visitor).await?;
        set_cookies(known_devices::remember(&auth, &visitor, &principal.user_id).await?);
        Ok(session)
    };
    match changed.await {
        Ok(Some(session)) => {
            set_cookies(cookies::open_session(&auth.config, &session.token, remember));
            Ok(done(&auth, Done::PasswordChangedOthersEnded))
        }
        Ok(None) => Ok(done(&auth, Done::PasswordChanged)),
        Err(err) => Err(refuse(&auth, err, TypedFields::default())),
    }
}

/// See [`crate::api::settings::revoke_session`].
pub async fn revoke_session(id: &str) -> Result<Done, ApiError> {
    let (auth, principal) = require_principal()?;
    let revoked = async {
        count(&auth, "/revoke-session").await?;
        sessions::revoke_by_id(&auth.db, &principal.user_id, id).await
    };
    match revoked.await {
        Ok(_) => Ok(done(&auth, Done::SessionRevoked)),
        Err(err) => Err(refuse(&auth, err, TypedFields::default())),
    }
}

/// See [`crate::api::settings::revoke_other_sessions`].
pub async fn revoke_other_sessions() -> Result<Done, ApiError> {
    let (auth, principal) = require_principal()?;
    let revoked = async {
        count(&auth, "/revoke-other-sessions").await?;
        sessions::revoke_others(&auth.db, &principal.user_id, &principal.session_id).await
    };
    match revoked.await {
        Ok(()) => Ok(done(&auth, Done::OthersRevoked)),
        Err(err) => Err(refuse(&auth, err, TypedFields::default())),
    }
}

/// See [`crate::api::settings::unlink_account`].
pub async fn unlink_account(id: &str) -> Result<Done, ApiError> {
    let (auth, principal) = require_principal()?;
    let unlinked = async {
        count(&auth, "/unlink-account").await?;
        match require_session::is_fresh(&auth, &principal) {
            true => linked_accounts::unlink(&auth.db, &principal.user_id, id).await,
            false => Err(AuthError::SessionNotFresh.into()),
        }
    };
    match unlinked.await {
        Ok(()) => Ok(done(&auth, Done::AccountUnlinked)),
        Err(err) => Err(refuse(&auth, err, TypedFields::default())),
    }
}

/// See [`crate::api::settings::delete_account`].
pub async fn delete_account(password: Password) -> Result<Done, ApiError> {
    let (auth, principal) = require_principal()?;
    if !auth.config.auth.delete_user {
        return Err(ApiError::NotFound);
    }
    match delete(&auth, &principal, &password).await {
        Ok(Deletion::Done) => {
            set_cookies(cookies::close_session(&auth.config));
            Ok(redirect_with(&auth, path::ACCOUNT_DELETED, Done::Deleted, TypedFields::default()))
        }
        Ok(Deletion::MailQueued) => Ok(done(&auth, Done::DeletionOrdered)),
        Err(err) => Err(refuse(&auth, err, TypedFields::default())),
    }
}

/// Deletes the user. Unlike Better Auth's endpoint, requires the password of every user who has one, even with a fresh
/// session.
async fn delete(auth: &Auth, principal: &Principal, password: &Password) -> Result<Deletion> {
    count(auth, "/delete-user").await?;
    let accounts = linked_accounts::list(&auth.db, &principal.user_id).await?;
    let has_password = accounts.into_iter().map(linked_summary).any(|it| it.is_password());
    let password = has_password.then_some(password);
    deletion::delete(auth, principal, &visitor(auth), password, Some(path::ACCOUNT_DELETED.to_owned())).await
}

fn require_principal() -> Result<(Auth, Principal), ApiError> {
    Ok((auth(), principal().ok_or_else(signed_out)?))
}
