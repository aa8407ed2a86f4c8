//! argon2id in PHC form (`$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`), OWASP's first choice.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};

use super::{argon2_memory::Memory, failed};
use crate::server::Result;

/// The parameters of a parsed hash.
struct Parsed {
    hasher: Argon2<'static>,
    n_blocks: usize,
    salt: Salt,
    output: Output,
}

/// True if a stored value is an argon2 hash.
pub(super) fn is_hash(stored: &str) -> bool {
    parse(stored).is_some()
}

/// Hashes a normalised password with a new salt.
pub(super) fn hash(password: &str, memory: &mut Memory) -> Result<String> {
    let params = Params::default();
    let salt = Salt::new(&rand::random::<[u8; Salt::RECOMMENDED_LENGTH]>()).map_err(failed)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(&params).map_err(failed)?,
        salt: Some(salt),
        hash: Some(compute(&Argon2::from(&params), params.block_count(), password, &salt, DEFAULT_LEN, memory)?),
    };
    Ok(hash.to_string())
}

/// True if the hash matches a normalised password.
pub(super) fn verify(password: &str, stored: &str, memory: &mut Memory) -> Result<bool> {
    let Parsed { hasher, n_blocks, salt, output } = parse(stored).ok_or_else(|| failed("it is no argon2 hash"))?;
    // `Output` compares in constant time.
    Ok(compute(&hasher, n_blocks, password, &salt, output.len(), memory)? == output)
}

const DEFAULT_LEN: usize = Params::DEFAULT_OUTPUT_LEN;

fn parse(stored: &str) -> Option<Parsed> {
    let hash = PasswordHash::new(stored).ok()?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let n_blocks = params.block_count();
    let (salt, output) = (hash.salt?, hash.hash?);
    let is_usable = salt.len() >= argon2::MIN_SALT_LEN && output.len() >= Params::MIN_OUTPUT_LEN;
    is_usable.then(|| Parsed { hasher: Argon2::new(algorithm, version, params), n_blocks, salt, output })
}

fn compute(
    hasher: &Argon2,
    n_blocks: usize,
    password: &str,
    salt: &Salt,
    len: usize,
    memory: &mut Memory,
) -> Result<Output> {
    let mut buffer = [0; Output::MAX_LENGTH];
    let out = &mut buffer[..len];
    memory
        .lend(n_blocks, |blocks| hasher.hash_password_into_with_memory(password.as_bytes(), salt, out, blocks))?
        .map_err(failed)?;
    Output::new(out).map_err(failed)
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher, PasswordVerifier};

    use super::*;

    #[test]
    fn hashes_made_in_used_memory_are_those_of_the_crate() {
        let mut memory = Memory::default();
        for password in ["correct horse 1", "correct horse 2", ""] {
            let ours = hash(password, &mut memory).unwrap();
            let parsed = PasswordHash::new(&ours).unwrap();
            assert!(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok(), "{ours}");
            let theirs: PasswordHash = Argon2::default().hash_password(password.as_bytes()).unwrap();
            assert!(verify(password, &theirs.to_string(), &mut memory).unwrap());
            assert!(!verify("another", &theirs.to_string(), &mut memory).unwrap());
        }
    }

    #[test]
    fn stored_hashes_may_ask_for_more_or_less_memory() {
        let mut memory = Memory::default();
        for (m, t, p, len) in [(8, 1, 1, None), (30 * 1024, 1, 1, Some(16)), (64, 3, 4, Some(64)), (19456, 2, 1, None)]
        {
            let hasher = Argon2::new(Algorithm::Argon2i, Version::V0x10, Params::new(m, t, p, len).unwrap());
            let stored: PasswordHash = hasher.hash_password(b"correct horse 1").unwrap();
            let stored = stored.to_string();
            assert!(verify("correct horse 1", &stored, &mut memory).unwrap(), "{stored}");
            assert!(!verify("correct horse 2", &stored, &mut memory).unwrap(), "{stored}");
        }
    }

    #[test]
    fn what_cannot_be_computed_again_is_no_hash() {
        let good = hash("correct horse 1", &mut Memory::default()).unwrap();
        assert!(is_hash(&good));
        let of_parts = |head: &str| {
            format!(
                "{head}${}",
                good.rsplitn(3, '$').take(2).collect::<Vec<_>>().iter().rev().copied().collect::<Vec<_>>().join("$")
            )
        };
        assert!(is_hash(&of_parts("$argon2id$v=19$m=19456,t=2,p=1")));
        for head in [
            "$argon2id$v=19$m=0,t=2,p=1",
            "$argon2id$v=19$m=19456,t=0,p=1",
            "$argon2id$v=19$m=19456,t=2,p=0",
            "$argon2id$v=18$m=19456,t=2,p=1",
            "$argon2x$v=19$m=19456,t=2,p=1",
            "$scrypt$ln=14,r=8,p=1",
        ] {
            assert!(!is_hash(&of_parts(head)), "{head}");
        }
        for text in ["", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"]
        {
            assert!(!is_hash(text), "{text}");
        }
    }
}
