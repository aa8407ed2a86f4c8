//! Tokens: the profile that other backends verify.

use super::{
    secret::{Secret, given_secret},
    value::{duration, given, switch},
};
use crate::server::Result;

/// The settings of tokens, as they are given.
#[derive(Clone, Debug, clap::Args)]
pub struct JwtSettings {
    /// `iss` of tokens. Unset: the origin of BETTER_AUTH_URL.
    #[arg(long, env = "JWT_ISSUER")]
    pub jwt_issuer: Option<String>,

    /// `aud` of tokens. Unset: none, since python-jose and PyJWT refuse an audience they were not told of.
    #[arg(long, env = "JWT_AUDIENCE")]
    pub jwt_audience: Option<String>,

    /// How long a token is good for: a number with s, m, h or d. Unset: 7d.
    #[arg(long, env = "JWT_EXPIRES_IN")]
    pub jwt_expires_in: Option<String>,

    /// Signs HS256 tokens in BETTER_AUTH_SECRET's place; at least 32 bytes.
    #[arg(long, env = "JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<Secret>,

    /// Whether get-session carries a new token in its header `set-auth-jwt`: `on` or `off`. Unset: on.
    #[arg(long, env = "SET_AUTH_JWT")]
    pub set_auth_jwt: Option<String>,
}

/// How tokens are made.
#[derive(Clone, Debug)]
pub struct JwtConfig {
    /// Signs HS256 tokens.
    pub secret: Secret,
    /// `iss`, if it is not the origin of the base URL.
    pub(super) issuer: Option<String>,
    /// `aud`, if any.
    pub audience: Option<String>,
    /// `exp` minus `iat`, in seconds.
    pub expires_in_s: i64,
    /// Whether get-session carries `set-auth-jwt`.
    pub set_auth_jwt: bool,
}

impl JwtSettings {
    /// Judges the settings; `secret` signs unless there is a secret for tokens alone.
    ///
    /// # Errors
    /// [`crate::server::Error::Config`] with the variable's name, what is wrong and what would be right.
    pub(super) fn judge(self, secret: &Secret) -> Result<JwtConfig> {
        Ok(JwtConfig {
            secret: given_secret("JWT_SECRET", self.jwt_secret)?.unwrap_or_else(|| secret.clone()),
            issuer: given(self.jwt_issuer),
            audience: given(self.jwt_audience),
            expires_in_s: duration("JWT_EXPIRES_IN", self.jwt_expires_in, "7d")?,
            set_auth_jwt: switch("SET_AUTH_JWT", self.set_auth_jwt, true)?,
        })
    }
}
