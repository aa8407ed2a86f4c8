//! The JWT that other servers and `/chatkit` accept as `Authorization: Bearer`.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, errors::ErrorKind};
use serde::{Deserialize, Serialize};

use super::jwks::{Issuer, Key, KeyRing};
use crate::server::auth::{auth_state::Auth, users};
use crate::{
    model::{Timestamp, auth::User},
    server::{
        Clock, Db, Error, Result,
        config::{Config, JwtAlgorithm},
    },
};

/// Claims of a token: Better Auth's (the whole user, `sub`, `iat`, `exp`, `iss`, `aud`) and our `sid`.
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
    /// Id of the session that the token was issued from (OpenID Connect Front-Channel Logout §3). This server rejects
    /// tokens without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
}

/// Claims read from a verified token.
#[derive(Debug, Deserialize)]
pub struct VerifiedClaims {
    /// The user's id.
    pub sub: String,
    /// The session's id.
    pub sid: String,
    exp: i64,
    nbf: Option<i64>,
}

/// Reasons for rejecting a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a JWT, or a required claim is missing.
    #[error("The token is malformed.")]
    Malformed,
    /// Signed by another algorithm or key.
    #[error("The token's signature is not ours.")]
    Signature,
    /// The `kid` is missing or not published.
    #[error("The token's key is not ours.")]
    Key,
    /// Expired (`exp`).
    #[error("The token has expired.")]
    Expired,
    /// Not yet valid (`nbf`).
    #[error("The token is not valid yet.")]
    NotYet,
    /// Another issuer (`iss`).
    #[error("The token has another issuer.")]
    Issuer,
    /// Another audience (`aud`).
    #[error("The token has another audience.")]
    Audience,
}

/// Issues a token for the principal, signed by the secret or by the newest key, as configured.
///
/// # Errors
/// [`Error::Token`], [`Error::Key`], [`Error::Db`].
pub async fn mint(auth: &Auth, user: &User, session_id: &str) -> Result<String> {
    let jwt = &auth.config.jwt;
    let iat = auth.clock.now().seconds();
    let claims = Claims {
        iat,
        user,
        sub: &user.id,
        exp: iat + jwt.expires_in_s,
        iss: auth.config.jwt_issuer(),
        aud: auth.config.jwt_audience(),
        sid: Some(session_id),
    };
    issue(auth.into(), &auth.keys, &claims).await
}

/// Lifetime of an upstream token, in seconds.
const UPSTREAM_TOKEN_LIFETIME_S: i64 = 5 * 60;

/// Issues the tokens with which this server calls an upstream in a user's name.
///
/// Tokens are valid for five minutes and carry the upstream's audience. They have no `sid`, so this server does not
/// accept them.
pub struct UpstreamTokens {
    db: Db,
    clock: Clock,
    config: Config,
    audience: Option<String>,
    keys: KeyRing,
}

impl UpstreamTokens {
    /// Creates an issuer. `audience` is the upstream's, if it requires one.
    pub fn new(db: Db, clock: Clock, config: Config, audience: Option<String>) -> Self {
        Self { db, clock, config, audience, keys: KeyRing::default() }
    }

    /// Issues a token for a user; `None` if the user no longer exists.
    ///
    /// # Errors
    /// [`Error::Token`], [`Error::Key`], [`Error::Db`].
    pub async fn mint(&self, user_id: &str) -> Result<Option<String>> {
        let Self { db, clock, config, audience, keys } = self;
        let Some(user) = users::find(db, user_id).await? else { return Ok(None) };
        let iat = clock.now().seconds();
        let (exp, iss, aud) = (iat + UPSTREAM_TOKEN_LIFETIME_S, config.jwt_issuer(), audience.clone());
        let claims = Claims { iat, user: &user, sub: user_id, exp, iss, aud, sid: None };
        issue(Issuer { db, clock, config }, keys, &claims).await.map(Some)
    }
}

async fn issue(issuer: Issuer<'_>, keys: &KeyRing, claims: &Claims<'_>) -> Result<String> {
    let jwt = &issuer.config.jwt;
    match jwt.algorithm {
        JwtAlgorithm::Hs256 => {
            let key = EncodingKey::from_secret(jwt.secret.expose().as_bytes());
            Ok(jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key)?)
        }
        algorithm => sign(&*keys.signing(issuer).await?, algorithm, claims),
    }
}

/// The header of a token signed by a key. Better Auth's has no `typ` either.
#[derive(Serialize)]
struct KeyHeader<'a> {
    alg: &'static str,
    kid: &'a str,
}

/// Signs with a prepared key; jsonwebtoken would parse the key at each call.
fn sign(key: &Key, algorithm: JwtAlgorithm, claims: &Claims<'_>) -> Result<String> {
    let header = KeyHeader { alg: algorithm.name(), kid: &key.id };
    let part = |json: serde_json::Result<Vec<u8>>| json.map(|json| BASE64_URL_SAFE_NO_PAD.encode(json));
    let failed = |err: serde_json::Error| Error::Key(err.to_string());
    let header = part(serde_json::to_vec(&header)).map_err(failed)?;
    let claims = part(serde_json::to_vec(claims)).map_err(failed)?;
    let message = format!("{header}.{claims}");
    let signing = key.signing.as_ref().ok_or_else(|| Error::Key("it has no private half".to_owned()))?;
    let signature = BASE64_URL_SAFE_NO_PAD.encode(signing.sign(message.as_bytes())?);
    Ok(format!("{message}.{signature}"))
}

/// Verifies algorithm, key, signature, `exp` and `nbf` (no leeway), issuer, and the audience if one is configured.
///
/// # Errors
/// [`Error::Db`] if the keys cannot be read. The inner result holds the reason for rejecting a token.
pub async fn verify(auth: &Auth, token: &str) -> Result<Result<VerifiedClaims, TokenError>> {
    let algorithm = auth.config.jwt.algorithm;
    let header = match jsonwebtoken::decode_header(token) {
        Ok(header) if header.alg == algorithm.into() => header,
        Ok(_) => return Ok(Err(TokenError::Signature)),
        Err(_) => return Ok(Err(TokenError::Malformed)),
    };
    if algorithm == JwtAlgorithm::Hs256 {
        let key = DecodingKey::from_secret(auth.config.jwt.secret.expose().as_bytes());
        return Ok(validate(&auth.config, auth.clock.now(), token, &key));
    }
    let Some(kid) = header.kid else { return Ok(Err(TokenError::Key)) };
    let key: Option<Arc<Key>> = auth.keys.verifying(auth.into(), &kid).await?;
    Ok(match key.as_ref().and_then(|key| key.verifying.as_ref()) {
        Some(key) => validate(&auth.config, auth.clock.now(), token, key),
        None => Err(TokenError::Key),
    })
}

fn validate(config: &Config, now: Timestamp, token: &str, key: &DecodingKey) -> Result<VerifiedClaims, TokenError> {
    let claims = decode::<VerifiedClaims>(token, key, &rules(config)).map_err(|err| match err.kind() {
        ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => TokenError::Signature,
        ErrorKind::InvalidIssuer => TokenError::Issuer,
        ErrorKind::InvalidAudience => TokenError::Audience,
        _ => TokenError::Malformed,
    })?;
    let claims = claims.claims;
    match now.seconds() {
        now if claims.exp <= now => Err(TokenError::Expired),
        now if claims.nbf.is_some_and(|nbf| now < nbf) => Err(TokenError::NotYet),
        _ => Ok(claims),
    }
}

/// Checks delegated to jsonwebtoken. `exp` and `nbf` are checked separately, against the injected clock.
fn rules(config: &Config) -> Validation {
    let mut rules = Validation::new(config.jwt.algorithm.into());
    rules.leeway = 0;
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
    rules
}
