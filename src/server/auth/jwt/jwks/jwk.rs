//! JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2) and their conversion for the crypto library.

use aws_lc_rs::{
    encoding::{AsBigEndian, AsDer, Curve25519SeedBin, EcPrivateKeyBin, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::{KeyPairComponents, KeySize, PublicKeyComponents},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use serde::{Deserialize, Serialize};

use crate::server::{Error, Result, config::JwtAlgorithm};

const ED25519: &str = "Ed25519";
const P256: &str = "P-256";

/// The public half of a key, the only part that is published.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(tag = "kty")]
pub enum PublicJwk {
    /// Ed25519, and curves that this server does not sign on.
    #[serde(rename = "OKP")]
    Okp { crv: String, x: String },
    /// P-256, and curves that this server does not sign on.
    #[serde(rename = "EC")]
    Ec { crv: String, x: String, y: String },
    /// RSA.
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String },
}

impl PublicJwk {
    /// True if keys of this type and curve sign by the algorithm.
    pub fn fits(&self, algorithm: JwtAlgorithm) -> bool {
        match (self, algorithm) {
            (Self::Okp { crv, .. }, JwtAlgorithm::EdDsa) => crv == ED25519,
            (Self::Ec { crv, .. }, JwtAlgorithm::Es256) => crv == P256,
            (Self::Rsa { .. }, JwtAlgorithm::Rs256) => true,
            _ => false,
        }
    }

    /// Returns the curve, which Better Auth stores in a separate column.
    pub fn curve(&self) -> Option<&str> {
        match self {
            Self::Okp { crv, .. } | Self::Ec { crv, .. } => Some(crv),
            Self::Rsa { .. } => None,
        }
    }

    /// Returns the verifying key; `None` if a component is not base64url.
    pub fn verifying_key(&self) -> Option<DecodingKey> {
        match self {
            Self::Okp { x, .. } => DecodingKey::from_ed_components(x),
            Self::Ec { x, y, .. } => DecodingKey::from_ec_components(x, y),
            Self::Rsa { n, e } => DecodingKey::from_rsa_components(n, e),
        }
        .ok()
    }
}

/// A private key. It has no `Debug`, since it is secret.
#[derive(Deserialize, Serialize)]
#[serde(tag = "kty")]
pub enum PrivateJwk {
    /// Ed25519; `d` is the seed.
    #[serde(rename = "OKP")]
    Okp { crv: String, x: String, d: String },
    /// P-256.
    #[serde(rename = "EC")]
    Ec { crv: String, x: String, y: String, d: String },
    /// RSA with two primes.
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String, d: String, p: String, q: String, dp: String, dq: String, qi: String },
}

impl PrivateJwk {
    /// Generates a key: Ed25519, P-256, or 2048-bit RSA as in Better Auth. RSA takes up to a second.
    ///
    /// # Errors
    /// [`Error::Key`] if the crypto library fails.
    pub fn generate(algorithm: JwtAlgorithm) -> Result<Self> {
        match algorithm {
            JwtAlgorithm::EdDsa => generate_ed25519(),
            JwtAlgorithm::Es256 => generate_p256(),
            JwtAlgorithm::Rs256 => generate_rsa(),
            JwtAlgorithm::Hs256 => Err(Error::Key("HS256 signs with the secret".to_owned())),
        }
    }

    /// Returns the public half.
    pub fn public(&self) -> PublicJwk {
        match self {
            Self::Okp { crv, x, .. } => PublicJwk::Okp { crv: crv.clone(), x: x.clone() },
            Self::Ec { crv, x, y, .. } => PublicJwk::Ec { crv: crv.clone(), x: x.clone(), y: y.clone() },
            Self::Rsa { n, e, .. } => PublicJwk::Rsa { n: n.clone(), e: e.clone() },
        }
    }

    /// Returns the signing key; `None` if the components are inconsistent.
    pub fn signing_key(&self) -> Option<SigningKey> {
        Some(match self {
            Self::Okp { x, d, .. } => {
                SigningKey::Ed25519(Ed25519KeyPair::from_seed_and_public_key(&bytes(d)?, &bytes(x)?).ok()?)
            }
            Self::Ec { x, y, d, .. } => {
                let point = [vec![4], bytes(x)?, bytes(y)?].concat();
                let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
                SigningKey::P256(EcdsaKeyPair::from_private_key_and_public_key(algorithm, &bytes(d)?, &point).ok()?)
            }
            Self::Rsa { n, e, d, p, q, dp, dq, qi } => SigningKey::Rsa(
                RsaKeyPair::from_components(&KeyPairComponents {
                    public_key: PublicKeyComponents { n: bytes(n)?, e: bytes(e)? },
                    d: bytes(d)?,
                    p: bytes(p)?,
                    q: bytes(q)?,
                    dP: bytes(dp)?,
                    dQ: bytes(dq)?,
                    qInv: bytes(qi)?,
                })
                .ok()?,
            ),
        })
    }
}

/// A key prepared for signing.
pub enum SigningKey {
    /// For EdDSA.
    Ed25519(Ed25519KeyPair),
    /// For ES256.
    P256(EcdsaKeyPair),
    /// For RS256.
    Rsa(RsaKeyPair),
}

impl SigningKey {
    /// Signs a message in the formats of RFC 7518 §3.3 and §3.4 and RFC 8037 §3.1.
    ///
    /// # Errors
    /// [`Error::Key`] if the crypto library fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Ed25519(pair) => Ok(pair.try_sign(message).map_err(failed)?.as_ref().to_vec()),
            Self::P256(pair) => Ok(pair.sign(&SystemRandom::new(), message).map_err(failed)?.as_ref().to_vec()),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
        }
    }
}

fn generate_ed25519() -> Result<PrivateJwk> {
    let pair = Ed25519KeyPair::generate().map_err(failed)?;
    let seed: Curve25519SeedBin<'_> = pair.seed().and_then(|seed| seed.as_be_bytes()).map_err(failed)?;
    Ok(PrivateJwk::Okp { crv: ED25519.to_owned(), x: text(pair.public_key().as_ref()), d: text(seed.as_ref()) })
}

fn generate_p256() -> Result<PrivateJwk> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(failed)?;
    let d: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().map_err(failed)?;
    // SEC 1 §2.3.3: 4, then x and y.
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    Ok(PrivateJwk::Ec { crv: P256.to_owned(), x: text(x), y: text(y), d: text(d.as_ref()) })
}

fn generate_rsa() -> Result<PrivateJwk> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
    let wrapped = pkcs8::PrivateKeyInfoRef::try_from(der.as_ref()).map_err(failed)?;
    let key = pkcs1::RsaPrivateKeyRef::try_from(wrapped.private_key.as_bytes()).map_err(failed)?;
    Ok(PrivateJwk::Rsa {
        n: text(key.modulus.as_bytes()),
        e: text(key.public_exponent.as_bytes()),
        d: text(key.private_exponent.as_bytes()),
        p: text(key.prime1.as_bytes()),
        q: text(key.prime2.as_bytes()),
        dp: text(key.exponent1.as_bytes()),
        dq: text(key.exponent2.as_bytes()),
        qi: text(key.coefficient.as_bytes()),
    })
}

fn text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

fn failed(err: impl std::fmt::Display) -> Error {
    Error::Key(err.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_signs_after_it_was_text() {
        for algorithm in [JwtAlgorithm::EdDsa, JwtAlgorithm::Es256, JwtAlgorithm::Rs256] {
            let key = PrivateJwk::generate(algorithm).unwrap();
            let key: PrivateJwk = serde_json::from_str(&serde_json::to_string(&key).unwrap()).unwrap();
            let signature = text(&key.signing_key().unwrap().sign(b"message").unwrap());
            let public = key.public();
            assert!(public.fits(algorithm));
            let verifying = public.verifying_key().unwrap();
            let verify =
                |message| jsonwebtoken::crypto::verify(&signature, message, &verifying, algorithm.into()).unwrap();
            assert!(verify(b"message") && !verify(b"another"), "{algorithm:?}");
        }
    }

    #[test]
    fn halves_that_do_not_fit_make_no_key() {
        for algorithm in [JwtAlgorithm::EdDsa, JwtAlgorithm::Es256, JwtAlgorithm::Rs256] {
            let [one, two] = [(); 2].map(|()| serde_json::to_value(PrivateJwk::generate(algorithm).unwrap()).unwrap());
            let mut mixed = one;
            mixed["d"] = two["d"].clone();
            let mixed: PrivateJwk = serde_json::from_value(mixed).unwrap();
            assert!(mixed.signing_key().is_none(), "{algorithm:?}");
        }
    }
}
