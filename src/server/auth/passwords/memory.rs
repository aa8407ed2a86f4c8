//! The memory that argon2id fills, kept from one hash to the next.
//!
//! Its blocks are aligned to 64 bytes. glibc 2.36 serves an aligned request from a larger one, which a freed piece of
//! the very same size never fits: each hash took 19 MiB more, until a thread's arenas were full. What is allocated once
//! has no such history. scrypt's 32 MiB need no place here: glibc always maps that much by itself, and gives it back.

use argon2::{Block, Params};

use super::failed;
use crate::server::Result;

/// The number of blocks kept: those of the hashes that are made here.
const N_KEPT: usize = Params::DEFAULT.block_count();

/// The memory of one hash at a time; it takes none before it is first used.
#[derive(Debug, Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    /// Lends blocks to a hash, with whatever was left in them. A stored hash may ask for more than are kept; these go again.
    ///
    /// # Errors
    /// [`crate::server::Error::Password`] when the machine does not have as many.
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
            auth::passwords::{Asker, Passwords},
            config::PasswordHashing,
        },
    };

    const NAME: &str = "what_a_password_takes_is_given_back_or_used_again";
    /// Set in the process that is measured.
    const MEASURED: &str = "COLLOQUY_TEST_MEASURES_MEMORY";
    const MIB: usize = 1024 * 1024;

    /// In a process of its own: others hash, too, while tests run.
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
        let passwords = Passwords::with_turns(PasswordHashing::Keep, 2);
        let password = Password::new("correct horse 1");
        let scrypt =
            Passwords::with_turns(PasswordHashing::Scrypt, 1).hash(&Asker::operator(), &password).await.unwrap();
        let fresh = resident();
        for n in 0..60 {
            let stored = (n % 6 == 0).then(|| scrypt.clone());
            let asker = Asker::operator();
            let checks = (0..1 + n % 2).map(|_| passwords.verify(&asker, &password, stored.clone()));
            assert!(futures_util::future::join_all(checks).await.into_iter().all(|it| it.is_ok()));
        }
        let grown = resident().saturating_sub(fresh);
        assert!(grown <= 2 * 32 * MIB, "{} MiB stayed", grown / MIB);
    }

    /// Returns how many bytes of its own the process holds.
    fn resident() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }
}
