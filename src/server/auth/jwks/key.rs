//! One key of the table `jwks`, ready for use.

use jsonwebtoken::DecodingKey;
use serde::Serialize;

use super::{
    cipher,
    jwk::{PrivateJwk, PublicJwk, SigningKey},
    rows::KeyRow,
};
use crate::{
    model::Timestamp,
    server::{
        Error, Result,
        config::{JwtAlgorithm, JwtConfig, Secret},
        ids,
    },
};

/// A key as `/jwks` lists it (RFC 7517 §4).
#[derive(Clone, Debug, Serialize)]
pub struct PublishedKey {
    alg: String,
    #[serde(flatten)]
    jwk: PublicJwk,
    kid: String,
}

/// A key of the table, ready to verify and, if it is of the configured algorithm, to sign.
pub struct Key {
    /// `kid` of tokens.
    pub id: String,
    /// What verifies tokens of the configured algorithm; `None` for keys of another one, which are only published.
    pub verifying: Option<DecodingKey>,
    /// What signs; `None` besides where the private key cannot be read.
    pub signing: Option<SigningKey>,
    /// `None` where the public key cannot be read.
    published: Option<PublishedKey>,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl Key {
    /// Reads a row. What cannot be read of it is missing, and a line in the log says why.
    pub fn read(row: KeyRow, algorithm: JwtAlgorithm, secret: &Secret) -> Self {
        let jwk = public_key(&row);
        let is_ours = row.alg.as_deref().is_none_or(|alg| alg == algorithm.name());
        let ours = jwk.as_ref().filter(|jwk| is_ours && jwk.fits(algorithm));
        let verifying = ours.and_then(PublicJwk::verifying_key);
        let signing = ours.and_then(|jwk| signing_key(&row, jwk, secret));
        // Better Auth, too, publishes a key that does not say its algorithm under the configured one.
        let alg = row.alg.unwrap_or_else(|| algorithm.name().to_owned());
        Self {
            published: jwk.map(|jwk| PublishedKey { alg, jwk, kid: row.id.clone() }),
            id: row.id,
            verifying,
            signing,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }

    /// Whether the row is still as it was when this key was read; of what may change that is the expiry.
    pub fn is_of(&self, row: &KeyRow) -> bool {
        self.id == row.id && self.expires_at == row.expires_at
    }

    /// Whether the key signs now: it has not expired, and is not older than keys may be that sign.
    pub fn signs(&self, jwt: &JwtConfig, now: Timestamp) -> bool {
        let too_old_at = jwt.rotation_interval_s.map(|s| self.created_at.plus_seconds(s));
        self.signing.is_some() && [self.expires_at, too_old_at].into_iter().flatten().all(|end| now < end)
    }

    /// Whether the key is published and believed now: until the grace period after its expiry is over.
    pub fn counts(&self, jwt: &JwtConfig, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end.plus_seconds(jwt.grace_period_s))
    }

    /// Returns what `/jwks` says of the key.
    pub fn published(&self) -> Option<&PublishedKey> {
        self.published.as_ref()
    }
}

/// Makes a key's row. RSA takes a good part of a second.
///
/// # Errors
/// [`Error::Key`] when the cryptography fails.
pub fn generate(jwt: &JwtConfig, secret: &Secret, now: Timestamp) -> Result<KeyRow> {
    let private = PrivateJwk::generate(jwt.algorithm)?;
    let public = private.public();
    let sealed = cipher::encrypt(secret, &to_json(&private)?);
    Ok(KeyRow {
        id: ids::auth_id(),
        public_key: to_json(&public)?,
        private_key: to_json(&sealed)?,
        created_at: now,
        expires_at: jwt.rotation_interval_s.map(|s| now.plus_seconds(s)),
        alg: Some(jwt.algorithm.name().to_owned()),
        crv: public.curve().map(str::to_owned),
    })
}

fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|err| Error::Key(err.to_string()))
}

fn public_key(row: &KeyRow) -> Option<PublicJwk> {
    let read = serde_json::from_str(&row.public_key);
    if read.is_err() {
        tracing::error!(kid = row.id, "a row of the table jwks holds no public key that is known, and is left out");
    }
    read.ok()
}

/// Reads the private half, whether it is encrypted or not.
fn signing_key(row: &KeyRow, public: &PublicJwk, secret: &Secret) -> Option<SigningKey> {
    let private = match serde_json::from_str::<String>(&row.private_key) {
        Ok(sealed) => {
            let Some(opened) = cipher::decrypt(secret, &sealed) else {
                tracing::error!(
                    kid = row.id,
                    "a private key of the table jwks was encrypted with another BETTER_AUTH_SECRET and cannot be read; \
                     tokens that it signed go on being verified, new ones are signed by another key"
                );
                return None;
            };
            opened
        }
        Err(_) => row.private_key.clone(),
    };
    let private = serde_json::from_str::<PrivateJwk>(&private).ok().filter(|private| private.public() == *public);
    let signing = private.and_then(|private| private.signing_key());
    if signing.is_none() {
        tracing::error!(kid = row.id, "a private key of the table jwks does not fit its public key, and signs nothing");
    }
    signing
}
