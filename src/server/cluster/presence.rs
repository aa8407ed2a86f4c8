//! Presence of servers that share an SQLite file: each holds a lock on a file of its own beside the database.
//!
//! The operating system releases the lock when the process ends, however it ends.

use std::{
    fs::{File, TryLockError, remove_file},
    io,
    path::{Path, PathBuf},
};

use crate::server::private_file;

/// The lock of this process.
#[derive(Debug)]
pub(super) struct Presence {
    path: PathBuf,
    _lock: File,
    /// Servers of the release before look here for others.
    _common: File,
}

impl Presence {
    /// Takes the lock of a process beside the database.
    pub(super) fn announce(database: &Path, id: &str) -> io::Result<Self> {
        let path = path(database, id);
        let file = private_file::open(&path)?;
        file.lock()?;
        let common = private_file::open(&database.with_extension("presence"))?;
        common.lock_shared()?;
        Ok(Self { path, _lock: file, _common: common })
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        _ = remove_file(&self.path);
    }
}

/// True if the process with this id has ended. Its file is then removed.
pub(super) fn has_ended(database: &Path, id: &str) -> io::Result<bool> {
    let path = path(database, id);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(err) => return Err(err),
    };
    match file.try_lock() {
        Ok(()) => {
            _ = remove_file(path);
            Ok(true)
        }
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(err)) => Err(err),
    }
}

fn path(database: &Path, id: &str) -> PathBuf {
    database.with_extension(format!("{id}.presence"))
}
