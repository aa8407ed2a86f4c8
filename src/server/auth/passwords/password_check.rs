//! The only entry point for verifying passwords. An attempt is counted against its account, queued fairly, and only
//! then computed.

use super::HashRequester;
use crate::server::auth::{
    auth_state::Auth,
    rate_limits::{failed_passwords::AttemptKey, known_devices},
    sessions::Visitor,
};
use crate::{
    model::auth::{EmailAddress, Password, User},
    server::{Result, middleware::client_address},
};

/// The account whose password is verified.
#[derive(Clone, Copy, Debug)]
pub enum Account<'a> {
    /// The account of an address, if one exists.
    Of(&'a EmailAddress, Option<&'a User>),
    /// The account of a signed-in user. Its failures are counted separately: strangers must not slow down a signed-in
    /// user, and a hijacked session is not trusted as a known browser.
    SignedIn(&'a str),
}

/// Returns `true` if the password matches the hash `stored`.
///
/// # Errors
/// [`crate::model::auth::AuthError::TooManyFailures`], [`crate::model::auth::AuthError::Busy`];
/// [`crate::server::Error::Password`] if hashing fails.
pub async fn password_matches(
    auth: &Auth,
    account: Account<'_>,
    visitor: &Visitor,
    password: &Password,
    stored: Option<String>,
) -> Result<bool> {
    let device = match account {
        Account::Of(_, user) => {
            let user_id = user.map_or("", |user| &user.id);
            known_devices::known(auth, visitor, user_id, stored.as_deref().unwrap_or_default())
        }
        Account::SignedIn(_) => None,
    };
    let name = account.name(auth);
    let requester =
        requester(visitor, &device.as_ref().map_or_else(|| name.clone(), |device| format!("{name}|{device}")));
    let count_attempt =
        auth.limits.count_attempt(&AttemptKey { account: name, address: &visitor.ip_address, device }).await?;
    let password_matches = auth.passwords.verify(&requester, password, stored).await;
    if !matches!(password_matches, Ok(false)) {
        auth.limits.revert_attempt(count_attempt).await?;
    }
    password_matches
}

impl Account<'_> {
    fn name(self, auth: &Auth) -> String {
        known_devices::account_pseudonym(
            &auth.config.secret,
            &match self {
                Self::Of(email, _) => format!("address {}", email.as_str()),
                Self::SignedIn(user_id) => format!("user {user_id}"),
            },
        )
    }
}

/// Returns the queue key of a hash: the visitor's network and the account.
pub fn requester(visitor: &Visitor, account: &str) -> HashRequester {
    let network = client_address::guesser_network(&visitor.ip_address);
    HashRequester::new(&network, account)
}
