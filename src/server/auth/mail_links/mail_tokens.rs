//! Tokens in verification mails: Better Auth's claims (reference §1.5), signed with a separate key.
//!
//! Better Auth signs them with the secret itself. Our secret may be shared with other backends, which must not be able
//! to forge these tokens. The key is therefore derived from the secret (RFC 5869).

use hkdf::Hkdf;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{
    model::auth::{AuthError, User},
    server::{Result, auth::auth_state::Auth, config::Secret},
};

/// Lifetime of a link, in seconds.
pub(in crate::server::auth) const EXPIRES_IN_S: i64 = 60 * 60;

/// Claims of a mail token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailClaims {
    /// The user's address when the token was issued, in lower case.
    pub email: String,
    /// The new address, in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_to: Option<String>,
    /// Step of the address change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_type: Option<RequestType>,
    /// The user's id.
    pub user_id: String,
    /// The session that asked for the change. The link becomes invalid when the session ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// Id of the link in `verifications`. A link takes effect once. It becomes void when the user's password or address
    /// changes, or the user ends sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_id: Option<String>,
    /// True if the old address has confirmed the change.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_agreed: bool,
}

impl MailClaims {
    /// Claims that verify a user's current address.
    pub fn of(user: &User) -> Self {
        Self {
            email: user.email.clone(),
            update_to: None,
            request_type: None,
            user_id: user.id.clone(),
            session_id: None,
            link_id: None,
            has_agreed: false,
        }
    }
}

/// Step of an address change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestType {
    /// The old address confirms.
    ChangeEmailConfirmation,
    /// The new address is verified and set.
    ChangeEmailVerification,
}

#[derive(Serialize, Deserialize)]
struct Dated {
    #[serde(flatten)]
    claims: MailClaims,
    /// Issued at, in seconds since the epoch.
    iat: i64,
    /// Expires at, in seconds since the epoch.
    exp: i64,
}

/// Issues a token that is valid for an hour.
///
/// # Errors
/// [`crate::server::Error::Token`].
pub fn mint(auth: &Auth, claims: MailClaims) -> Result<String> {
    let iat = auth.clock.now().seconds();
    let header = Header { typ: None, ..Header::new(Algorithm::HS256) };
    let key = EncodingKey::from_secret(&key(&auth.config.secret));
    Ok(jsonwebtoken::encode(&header, &Dated { claims, iat, exp: iat + EXPIRES_IN_S }, &key)?)
}

/// Verifies a token's signature and expiry.
///
/// # Errors
/// [`AuthError::InvalidToken`], [`AuthError::TokenExpired`].
pub fn verify(auth: &Auth, token: &str) -> Result<MailClaims, AuthError> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.required_spec_claims.clear();
    // Checked below, against the injected clock.
    rules.validate_exp = false;
    rules.validate_aud = false;
    let key = DecodingKey::from_secret(&key(&auth.config.secret));
    let dated = jsonwebtoken::decode::<Dated>(token, &key, &rules).map_err(|_| AuthError::InvalidToken)?.claims;
    match dated.exp <= auth.clock.now().seconds() {
        true => Err(AuthError::TokenExpired),
        false => Ok(dated.claims),
    }
}

fn key(secret: &Secret) -> [u8; 32] {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, secret.expose().as_bytes())
        .expand(b"colloquy mail token", &mut key)
        .expect("BUG: 32 bytes are no more than SHA-256 expands to");
    key
}
