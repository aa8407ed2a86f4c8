//! Files that only their owner may read.

use std::{
    fs::{self, OpenOptions},
    io::{Result, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// Writes a file that only its owner may read, whole or not at all, and never over another.
///
/// # Errors
/// Those of the file system; [`std::io::ErrorKind::AlreadyExists`] when the file is there.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let draft = path.with_extension(format!("draft-{}", rand::random::<u64>()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    linked
}
