//! The memory of argon2id, reused for the next hash.
//!
//! Its blocks are aligned to 64 bytes. glibc 2.36 serves an aligned request from a larger chunk, which a freed chunk of
//! the same size never fits. Each hash then took 19 MiB more until a thread's arenas were full. Memory that is
//! allocated once avoids this. scrypt's 32 MiB need no reuse: glibc always maps and unmaps blocks of that size.

use argon2::{Block, Params};

use super::failed;
use crate::server::Result;

/// Number of blocks kept: the size of our own hashes.
const N_KEPT: usize = Params::DEFAULT.block_count();

/// The memory of one hash at a time, allocated on first use.
#[derive(Debug, Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    /// Lends blocks to a hash. Their contents are arbitrary. Blocks beyond the kept size, which a stored hash may need,
    /// are freed afterwards.
    ///
    /// # Errors
    /// [`crate::server::Error::Password`] if the allocation fails.
    pub fn lend<T>(&mut self, n_blocks: usize, hash: impl FnOnce(&mut [Block]) -> T) -> Result<T> {
        let mut large = Vec::new();
        let (blocks, n_wanted) = match n_blocks <= N_KEPT {
            true => (&mut self.0, N_KEPT),
            false => (&mut large, n_blocks),
        };
        if blocks.len() < n_wanted {
            blocks.try_reserve_exact(n_wanted).map_err(failed)?;
            blocks.resize(n_wanted, Block::new());
        }
        Ok(hash(&mut blocks[..n_blocks]))
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use crate::{
        model::auth::Password,
        server::{
            auth::passwords::{HashRequester, PasswordHasher},
            config::PasswordHashing,
        },
    };

    const NAME: &str = "what_a_password_takes_is_given_back_or_used_again";
    /// Environment variable set in the measured process.
    const MEASURED: &str = "COLLOQUY_TEST_MEASURES_MEMORY";
    const MIB: usize = 1024 * 1024;

    /// Measures in a separate process, because other tests hash concurrently.
    #[test]
    fn what_a_password_takes_is_given_back_or_used_again() {
        if std::env::var_os(MEASURED).is_some() {
            return measure();
        }
        let name = format!("{}::{NAME}", module_path!().split_once("::").unwrap().1);
        let measured = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &name, "--nocapture"])
            .env(MEASURED, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&measured.stdout);
        assert!(measured.status.success() && said.contains("1 passed"), "{said}");
    }

    #[tokio::main]
    async fn measure() {
        let passwords = PasswordHasher::with_concurrency(PasswordHashing::Keep, 2);
        let password = Password::new("correct horse 1");
        let scrypt = PasswordHasher::with_concurrency(PasswordHashing::Scrypt, 1)
            .hash(&HashRequester::operator(), &password)
            .await
            .unwrap();
        let fresh = resident();
        for n in 0..60 {
            let stored = (n % 6 == 0).then(|| scrypt.clone());
            let requester = HashRequester::operator();
            let checks = (0..1 + n % 2).map(|_| passwords.verify(&requester, &password, stored.clone()));
            assert!(futures_util::future::join_all(checks).await.into_iter().all(|it| it.is_ok()));
        }
        let grown = resident().saturating_sub(fresh);
        assert!(grown <= 2 * 32 * MIB, "{} MiB stayed", grown / MIB);
    }

    /// Returns the anonymous resident memory of the process, in bytes.
    fn resident() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }
}
