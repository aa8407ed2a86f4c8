//! The tokens of verification mails: Better Auth's claims (reference §1.5), signed with a key of their own.
//!
//! Better Auth signs them with the secret itself. Ours may be shared with other backends, which must not be able to
//! write one: so the key is derived from it (RFC 5869).

use hkdf::Hkdf;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{
    model::auth::{AuthError, User},
    server::{Result, auth::auth_state::Auth, config::Secret},
};

/// How long a link is good for, in seconds.
pub(super) const EXPIRES_IN_S: i64 = 60 * 60;

/// What a mail token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailClaims {
    /// The address at the time of writing; in lower case.
    pub email: String,
    /// The new address, in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_to: Option<String>,
    /// What the link does to the new address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_type: Option<RequestType>,
    /// Whose address.
    pub user_id: String,
    /// The session that asked for a new address; the link is no good once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The link's own id, by which `verifications` knows it: a link has one effect, and becomes void when the user gets
    /// a new password or address, or ends sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_id: Option<String>,
    /// True if the old address has agreed to the new one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_agreed: bool,
}

impl MailClaims {
    /// Claims that prove a user's own address.
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

/// What a link does to a new address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestType {
    /// Agrees to it, from the old address.
    ChangeEmailConfirmation,
    /// Proves and takes it, from the new address.
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

/// Mints a token that is good for an hour.
///
/// # Errors
/// [`crate::server::Error::Token`].
pub fn mint(auth: &Auth, claims: MailClaims) -> Result<String> {
    let iat = auth.clock.now().seconds();
    let header = Header { typ: None, ..Header::new(Algorithm::HS256) };
    let key = EncodingKey::from_secret(&key(&auth.config.secret));
    Ok(jsonwebtoken::encode(&header, &Dated { claims, iat, exp: iat + EXPIRES_IN_S }, &key)?)
}

/// Checks a token's signature and time.
///
/// # Errors
/// [`AuthError::InvalidToken`], [`AuthError::TokenExpired`].
pub fn verify(auth: &Auth, token: &str) -> Result<MailClaims, AuthError> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.required_spec_claims.clear();
    // Judged below, by our own clock.
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
