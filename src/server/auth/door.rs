//! The one way to ask whether a password is right: in turn with others.

use super::{passwords::Asker, sessions::Visitor};
use crate::{
    model::auth::{EmailAddress, Password, User},
    server::{AppState, Result, middleware::client},
};

/// The bits of an IPv6 address, and the last part of an IPv4 address, within which those who ask take turns.
const NETWORK_BITS: u32 = 48;

/// The account whose password is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Account<'a> {
    /// The account of an address, if there is one.
    Of(&'a EmailAddress, Option<&'a User>),
    /// Somebody who is signed in.
    SignedIn(&'a str),
}

/// Tells whether a password is the one behind `stored`.
///
/// # Errors
/// [`crate::model::auth::AuthError::Busy`];
/// [`crate::server::Error::Password`] when hashing fails.
pub async fn fits(
    app: &AppState,
    account: Account<'_>,
    visitor: &Visitor,
    password: &Password,
    stored: Option<String>,
) -> Result<bool> {
    app.passwords.verify(&asker(visitor, &account.name()), password, stored).await
}

impl Account<'_> {
    fn name(self) -> String {
        match self {
            Self::Of(email, _) => format!("address {}", email.as_str()),
            Self::SignedIn(user_id) => format!("user {user_id}"),
        }
    }
}

/// Names who waits for a hash: the network, and whom it is about.
pub fn asker(visitor: &Visitor, account: &str) -> Asker {
    let address = &visitor.ip_address;
    let neighbours = || address.rsplit_once('.').map(|(network, _)| network.to_owned());
    let network = client::around(address, NETWORK_BITS).or_else(neighbours).unwrap_or_default();
    Asker::new(&network, account)
}
