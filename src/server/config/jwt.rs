//! JWTs: the profile that other backends verify.

use super::{
    parse::{choice, duration, invalid_setting, non_blank, switch},
    secret::{Secret, given_secret},
};
use crate::server::Result;

/// Unvalidated settings of JWTs.
#[derive(Clone, Debug, clap::Args)]
pub struct JwtSettings {
    /// Signing algorithm: `HS256` uses the shared secret; `EdDSA`, `ES256` and `RS256` use key pairs, whose public keys
    /// are at /api/auth/jwks. Unset: HS256.
    #[arg(long, env = "JWT_ALGORITHM")]
    pub jwt_algorithm: Option<String>,

    /// `iss` of tokens. Unset: the origin of BETTER_AUTH_URL.
    #[arg(long, env = "JWT_ISSUER")]
    pub jwt_issuer: Option<String>,

    /// `aud` of tokens. Unset: none with HS256, since python-jose and PyJWT reject an unexpected audience; otherwise
    /// the origin of BETTER_AUTH_URL.
    #[arg(long, env = "JWT_AUDIENCE")]
    pub jwt_audience: Option<String>,

    /// Lifetime of a token: a number with s, m, h or d. Unset: 7d with HS256, otherwise 15m.
    #[arg(long, env = "JWT_EXPIRES_IN")]
    pub jwt_expires_in: Option<String>,

    /// Secret that signs HS256 tokens instead of BETTER_AUTH_SECRET; at least 32 bytes.
    #[arg(long, env = "JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<Secret>,

    /// Rotation interval of the signing key: a number with s, m, h or d. Unset: no rotation.
    #[arg(long, env = "JWT_ROTATION_INTERVAL")]
    pub jwt_rotation_interval: Option<String>,

    /// Time for which a retired key stays at /api/auth/jwks: a number with s, m, h or d. With rotation, at least
    /// JWT_EXPIRES_IN. Unset: 30d.
    #[arg(long, env = "JWT_GRACE_PERIOD")]
    pub jwt_grace_period: Option<String>,

    /// Send a new token in the header `set-auth-jwt` of get-session: `on` or `off`. Unset: on.
    #[arg(long, env = "SET_AUTH_JWT")]
    pub set_auth_jwt: Option<String>,
}

/// Profile of the JWTs.
#[derive(Clone, Debug)]
pub struct JwtConfig {
    /// Signing algorithm.
    pub algorithm: JwtAlgorithm,
    /// Secret that signs HS256 tokens.
    pub secret: Secret,
    /// `iss`, unless it is the origin of the base URL.
    pub(super) issuer: Option<String>,
    /// `aud`, if configured; see [`super::Config::jwt_audience`].
    pub(super) audience: Option<String>,
    /// `exp` minus `iat`, in seconds.
    pub expires_in_s: i64,
    /// Rotation interval of the signing key, in seconds; `None` without rotation.
    pub rotation_interval_s: Option<i64>,
    /// Time for which a retired key stays published, in seconds.
    pub grace_period_s: i64,
    /// True if get-session sends `set-auth-jwt`.
    pub set_auth_jwt: bool,
}

/// Signing algorithm of tokens (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// HMAC with the shared secret.
    Hs256,
    /// Ed25519, Better Auth's default.
    EdDsa,
    /// ECDSA on P-256.
    Es256,
    /// RSASSA-PKCS1-v1_5.
    Rs256,
}

impl JwtAlgorithm {
    /// Returns the `alg` of tokens and keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

impl From<JwtAlgorithm> for jsonwebtoken::Algorithm {
    fn from(algorithm: JwtAlgorithm) -> Self {
        match algorithm {
            JwtAlgorithm::Hs256 => Self::HS256,
            JwtAlgorithm::EdDsa => Self::EdDSA,
            JwtAlgorithm::Es256 => Self::ES256,
            JwtAlgorithm::Rs256 => Self::RS256,
        }
    }
}

impl JwtSettings {
    /// Validates the settings. `secret` signs HS256 tokens unless JWT_SECRET is set.
    ///
    /// # Errors
    /// [`crate::server::Error::Config`] with the variable's name, the problem and a valid example.
    pub(super) fn validate(self, secret: &Secret) -> Result<JwtConfig> {
        let algorithm = choice(
            "JWT_ALGORITHM",
            self.jwt_algorithm,
            JwtAlgorithm::Hs256,
            &[JwtAlgorithm::Hs256, JwtAlgorithm::EdDsa, JwtAlgorithm::Es256, JwtAlgorithm::Rs256]
                .map(|algorithm| (algorithm.name(), algorithm)),
        )?;
        let expires_in = if algorithm == JwtAlgorithm::Hs256 { "7d" } else { "15m" };
        let expires_in_s = duration("JWT_EXPIRES_IN", self.jwt_expires_in, expires_in)?;
        let rotation_interval = non_blank(self.jwt_rotation_interval);
        let grace_period = non_blank(self.jwt_grace_period).unwrap_or_else(|| "30d".to_owned());
        let grace_period_s = duration("JWT_GRACE_PERIOD", Some(grace_period.clone()), "")?;
        if grace_period_s < expires_in_s && rotation_interval.is_some() {
            let right = "a token would outlive the key that verifies it; make it at least as long as JWT_EXPIRES_IN";
            return Err(invalid_setting("JWT_GRACE_PERIOD", &grace_period, right));
        }
        Ok(JwtConfig {
            algorithm,
            secret: given_secret("JWT_SECRET", self.jwt_secret)?.unwrap_or_else(|| secret.clone()),
            issuer: non_blank(self.jwt_issuer),
            audience: non_blank(self.jwt_audience),
            expires_in_s,
            rotation_interval_s: rotation_interval
                .map(|text| duration("JWT_ROTATION_INTERVAL", Some(text), ""))
                .transpose()?,
            grace_period_s,
            set_auth_jwt: switch("SET_AUTH_JWT", self.set_auth_jwt, true)?,
        })
    }
}
