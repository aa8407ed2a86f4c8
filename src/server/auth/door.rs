//! The one way to ask whether a password is right: counted against its account, in turn with others, and only then
//! computed.

use super::{auth_state::Auth, devices, limits::failures::Guesser, passwords::Asker, sessions::Visitor};
use crate::{
    model::auth::{EmailAddress, Password, User},
    server::{Result, middleware::client},
};

/// The account whose password is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Account<'a> {
    /// The account of an address, if there is one.
    Of(&'a EmailAddress, Option<&'a User>),
    /// Somebody who is signed in. These failures are counted apart: strangers slow nobody down who is inside, and a
    /// browser that is taken over is not one that is trusted.
    SignedIn(&'a str),
}

/// Tells whether a password is the one behind `stored`.
///
/// # Errors
/// [`crate::model::auth::AuthError::TooManyFailures`], [`crate::model::auth::AuthError::Busy`];
/// [`crate::server::Error::Password`] when hashing fails.
pub async fn fits(
    auth: &Auth,
    account: Account<'_>,
    visitor: &Visitor,
    password: &Password,
    stored: Option<String>,
) -> Result<bool> {
    let device = match account {
        Account::Of(_, user) => {
            let user_id = user.map_or("", |user| &user.id);
            devices::known(auth, visitor, user_id, stored.as_deref().unwrap_or_default())
        }
        Account::SignedIn(_) => None,
    };
    let name = account.name(auth);
    let asker = asker(visitor, &device.as_ref().map_or_else(|| name.clone(), |device| format!("{name}|{device}")));
    let guess = auth.limits.guess(&Guesser { account: name, address: &visitor.ip_address, device }).await?;
    let fits = auth.passwords.verify(&asker, password, stored).await;
    if !matches!(fits, Ok(false)) {
        auth.limits.forgive(guess).await?;
    }
    fits
}

impl Account<'_> {
    fn name(self, auth: &Auth) -> String {
        devices::account_name(
            &auth.config.secret,
            &match self {
                Self::Of(email, _) => format!("address {}", email.as_str()),
                Self::SignedIn(user_id) => format!("user {user_id}"),
            },
        )
    }
}

/// Names who waits for a hash: the network, and whom it is about.
pub fn asker(visitor: &Visitor, account: &str) -> Asker {
    let network = client::neighbourhood(&visitor.ip_address);
    Asker::new(&network, account)
}
