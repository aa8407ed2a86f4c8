//! The JWT that other servers, and `/chatkit`, take as `Authorization: Bearer`.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, errors::ErrorKind};
use serde::{Deserialize, Serialize};

use super::principal::Principal;
use crate::{
    model::{Timestamp, auth::User},
    server::{AppState, Result, config::Config},
};

/// What a token says: Better Auth's claims (the whole user, `sub`, `iat`, `exp`, `iss`, `aud`) and our `sid`.
#[derive(Serialize)]
struct Claims<'a> {
    /// Issued at, in seconds since the epoch.
    iat: i64,
    #[serde(flatten)]
    user: &'a User,
    /// The user's id.
    sub: &'a str,
    /// Expires at, in seconds since the epoch.
    exp: i64,
    iss: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    /// The id of the session that the token was made from (OpenID Connect Front-Channel Logout §3).
    sid: &'a str,
}

/// What is read back from a token of ours.
#[derive(Debug, Deserialize)]
pub struct Verified {
    /// The user's id.
    pub sub: String,
    /// The session's id.
    pub sid: String,
    exp: i64,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no JWT at all, or lacks a claim that we need.
    #[error("The token is malformed.")]
    Malformed,
    /// It is signed by another algorithm or key.
    #[error("The token's signature is not ours.")]
    Signature,
    /// Its time is over.
    #[error("The token has expired.")]
    Expired,
    /// Its issuer is another one.
    #[error("The token has another issuer.")]
    Issuer,
    /// It is meant for somebody else.
    #[error("The token has another audience.")]
    Audience,
}

/// Mints a token for the principal.
///
/// # Errors
/// [`crate::server::Error::Token`].
pub fn mint(app: &AppState, principal: &Principal) -> Result<String> {
    let jwt = &app.config.jwt;
    let iat = app.clock.now().seconds();
    let claims = Claims {
        iat,
        user: &principal.user,
        sub: &principal.user_id,
        exp: iat + jwt.expires_in_s,
        iss: app.config.jwt_issuer(),
        aud: app.config.jwt_audience(),
        sid: &principal.session_id,
    };
    let key = EncodingKey::from_secret(jwt.secret.expose().as_bytes());
    Ok(jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)?)
}

/// Checks algorithm, signature, expiry (no leeway), issuer, and audience if one is configured.
///
/// # Errors
/// [`Refused`] with the reason.
pub fn verify(config: &Config, now: Timestamp, token: &str) -> Result<Verified, Refused> {
    let key = DecodingKey::from_secret(config.jwt.secret.expose().as_bytes());
    let mut rules = Validation::new(Algorithm::HS256);
    rules.leeway = 0;
    // Judged below, by our own clock.
    rules.validate_exp = false;
    rules.set_issuer(&[config.jwt_issuer()]);
    rules.set_required_spec_claims(&["exp", "iss", "sub"]);
    match config.jwt_audience() {
        Some(audience) => {
            rules.set_audience(&[audience]);
            rules.required_spec_claims.insert("aud".to_owned());
        }
        None => rules.validate_aud = false,
    }
    let verified = jsonwebtoken::decode::<Verified>(token, &key, &rules).map_err(|err| match err.kind() {
        ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => Refused::Signature,
        ErrorKind::InvalidIssuer => Refused::Issuer,
        ErrorKind::InvalidAudience => Refused::Audience,
        _ => Refused::Malformed,
    })?;
    match verified.claims.exp <= now.seconds() {
        true => Err(Refused::Expired),
        false => Ok(verified.claims),
    }
}
