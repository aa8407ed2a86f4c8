//! A key of table `jwks`, parsed for use.

use jsonwebtoken::DecodingKey;
use serde::Serialize;

use super::{
    jwk::{PrivateJwk, PublicJwk, SigningKey},
    jwks_table::KeyRow,
    key_encryption,
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

/// A stored key that can verify and, if it has the configured algorithm, sign.
pub struct Key {
    /// Id of the key; `kid` in tokens.
    pub id: String,
    /// Verifies tokens of the configured algorithm. `None` for keys of other algorithms, which are only published.
    pub verifying: Option<DecodingKey>,
    /// Signs tokens. `None` also if the private key cannot be read.
    pub signing: Option<SigningKey>,
    /// The entry for `/jwks`; `None` if the public key cannot be read.
    published: Option<PublishedKey>,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl Key {
    /// Parses a row. Unreadable parts are left out and logged.
    pub fn read(row: KeyRow, algorithm: JwtAlgorithm, secret: &Secret) -> Self {
        let jwk = public_key(&row);
        let is_ours = row.alg.as_deref().is_none_or(|alg| alg == algorithm.name());
        let ours = jwk.as_ref().filter(|jwk| is_ours && jwk.fits(algorithm));
        let verifying = ours.and_then(PublicJwk::verifying_key);
        let signing = ours.and_then(|jwk| signing_key(&row, jwk, secret));
        // Better Auth also publishes a key without an algorithm under the configured one.
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

    /// True if the key was parsed from this version of the row. Only the expiry of a row can change.
    pub fn is_version_of(&self, row: &KeyRow) -> bool {
        self.id == row.id && self.expires_at == row.expires_at
    }

    /// True if the key may sign now: it has not expired and is younger than the rotation interval.
    pub fn signs(&self, jwt: &JwtConfig, now: Timestamp) -> bool {
        let too_old_at = jwt.rotation_interval_s.map(|s| self.created_at.plus_seconds(s));
        self.signing.is_some() && [self.expires_at, too_old_at].into_iter().flatten().all(|end| now < end)
    }

    /// True if the key is published and accepted now, until the grace period after its expiry ends.
    pub fn is_accepted(&self, jwt: &JwtConfig, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end.plus_seconds(jwt.grace_period_s))
    }

    /// Returns the key's entry for `/jwks`.
    pub fn published(&self) -> Option<&PublishedKey> {
        self.published.as_ref()
    }
}

/// Generates a key as a row. RSA takes up to a second.
///
/// # Errors
/// [`Error::Key`] if the crypto library fails.
pub fn generate(jwt: &JwtConfig, secret: &Secret, now: Timestamp) -> Result<KeyRow> {
    let private = PrivateJwk::generate(jwt.algorithm)?;
    let public = private.public();
    let sealed = key_encryption::encrypt(secret, &to_json(&private)?);
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
        tracing::error!(kid = row.id, "a row of table jwks has no supported public key and is skipped");
    }
    read.ok()
}

/// Parses the private key, encrypted or not.
fn signing_key(row: &KeyRow, public: &PublicJwk, secret: &Secret) -> Option<SigningKey> {
    let private = match serde_json::from_str::<String>(&row.private_key) {
        Ok(sealed) => {
            let Some(opened) = key_encryption::decrypt(secret, &sealed) else {
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
        tracing::error!(kid = row.id, "a private key of table jwks does not match its public key and is not used");
    }
    signing
}
