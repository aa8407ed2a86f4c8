//! Tokens: the profile that other backends verify.

use super::{
    secret::{Secret, given_secret},
    value::{choice, duration, given, switch, wrong},
};
use crate::server::Result;

/// The settings of tokens, as they are given.
#[derive(Clone, Debug, clap::Args)]
pub struct JwtSettings {
    /// `HS256` signs with the shared secret; `EdDSA`, `ES256` and `RS256` with keys of their own, whose public halves
    /// are at /api/auth/jwks. Unset: HS256.
    #[arg(long, env = "JWT_ALGORITHM")]
    pub jwt_algorithm: Option<String>,

    /// `iss` of tokens. Unset: the origin of BETTER_AUTH_URL.
    #[arg(long, env = "JWT_ISSUER")]
    pub jwt_issuer: Option<String>,

    /// `aud` of tokens. Unset: none with HS256, since python-jose and PyJWT refuse an audience they were not told of;
    /// otherwise the origin of BETTER_AUTH_URL.
    #[arg(long, env = "JWT_AUDIENCE")]
    pub jwt_audience: Option<String>,

    /// How long a token is good for: a number with s, m, h or d. Unset: 7d with HS256, otherwise 15m.
    #[arg(long, env = "JWT_EXPIRES_IN")]
    pub jwt_expires_in: Option<String>,

    /// Signs HS256 tokens in BETTER_AUTH_SECRET's place; at least 32 bytes.
    #[arg(long, env = "JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<Secret>,

    /// How long a key signs before the next one does: a number with s, m, h or d. Unset: for ever.
    #[arg(long, env = "JWT_ROTATION_INTERVAL")]
    pub jwt_rotation_interval: Option<String>,

    /// How long a key that signs no longer stays at /api/auth/jwks: a number with s, m, h or d, with an interval at
    /// least JWT_EXPIRES_IN. Unset: 30d.
    #[arg(long, env = "JWT_GRACE_PERIOD")]
    pub jwt_grace_period: Option<String>,

    /// Whether get-session carries a new token in its header `set-auth-jwt`: `on` or `off`. Unset: on.
    #[arg(long, env = "SET_AUTH_JWT")]
    pub set_auth_jwt: Option<String>,
}

/// How tokens are made.
#[derive(Clone, Debug)]
pub struct JwtConfig {
    /// What signs them.
    pub algorithm: JwtAlgorithm,
    /// Signs HS256 tokens.
    pub secret: Secret,
    /// `iss`, if it is not the origin of the base URL.
    pub(super) issuer: Option<String>,
    /// `aud`, if any is configured; see [`super::Config::jwt_audience`].
    pub(super) audience: Option<String>,
    /// `exp` minus `iat`, in seconds.
    pub expires_in_s: i64,
    /// How long a key signs, in seconds; `None` for ever.
    pub rotation_interval_s: Option<i64>,
    /// How long a key that signs no longer is still published, in seconds.
    pub grace_period_s: i64,
    /// Whether get-session carries `set-auth-jwt`.
    pub set_auth_jwt: bool,
}

/// What signs tokens (RFC 7518 §3.1, RFC 8037 §3.1).
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
    /// Returns `alg` of tokens and keys.
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
    /// Judges the settings; `secret` signs unless there is a secret for tokens alone.
    ///
    /// # Errors
    /// [`crate::server::Error::Config`] with the variable's name, what is wrong and what would be right.
    pub(super) fn judge(self, secret: &Secret) -> Result<JwtConfig> {
        let algorithm = choice(
            "JWT_ALGORITHM",
            self.jwt_algorithm,
            JwtAlgorithm::Hs256,
            &[JwtAlgorithm::Hs256, JwtAlgorithm::EdDsa, JwtAlgorithm::Es256, JwtAlgorithm::Rs256]
                .map(|algorithm| (algorithm.name(), algorithm)),
        )?;
        let expires_in = if algorithm == JwtAlgorithm::Hs256 { "7d" } else { "15m" };
        let expires_in_s = duration("JWT_EXPIRES_IN", self.jwt_expires_in, expires_in)?;
        let rotation_interval = given(self.jwt_rotation_interval);
        let grace_period = given(self.jwt_grace_period).unwrap_or_else(|| "30d".to_owned());
        let grace_period_s = duration("JWT_GRACE_PERIOD", Some(grace_period.clone()), "")?;
        if grace_period_s < expires_in_s && rotation_interval.is_some() {
            let right = "a token would outlive the key that verifies it; make it at least as long as JWT_EXPIRES_IN";
            return Err(wrong("JWT_GRACE_PERIOD", &grace_period, right));
        }
        Ok(JwtConfig {
            algorithm,
            secret: given_secret("JWT_SECRET", self.jwt_secret)?.unwrap_or_else(|| secret.clone()),
            issuer: given(self.jwt_issuer),
            audience: given(self.jwt_audience),
            expires_in_s,
            rotation_interval_s: rotation_interval
                .map(|text| duration("JWT_ROTATION_INTERVAL", Some(text), ""))
                .transpose()?,
            grace_period_s,
            set_auth_jwt: switch("SET_AUTH_JWT", self.set_auth_jwt, true)?,
        })
    }
}
