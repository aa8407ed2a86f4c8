//! Files and folders with access for their owner only.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{Error, ErrorKind, Result, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

use rustix::{
    fs::{Mode, OFlags},
    process::umask,
};

/// Mode bits of group and others.
const GROUP_AND_OTHERS: u32 = 0o077;

/// Sets the umask so that all files this process creates are private. Dependencies that write files do not set modes.
pub fn create_all_private() {
    umask(Mode::from_raw_mode(GROUP_AND_OTHERS));
}

/// Writes a private file atomically. Never overwrites a file.
///
/// # Errors
/// Those of the file system; [`std::io::ErrorKind::AlreadyExists`] if the file exists.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let draft = path.with_extension(format!("draft-{}", rand::random::<u64>()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    linked
}

/// Opens a file for writing. Creates it as private if it is missing.
///
/// # Errors
/// Those of the file system.
pub fn open(path: &Path) -> Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// Creates a private folder and its missing parents.
///
/// # Errors
/// Those of the file system.
pub fn create_folder(path: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Removes the access of others from the server's files in the data folder, and from the folder itself if it contains
/// nothing else. Older versions or a permissive umask may have left such access. Skips the contents of folders that are
/// private already.
///
/// Returns the number of files and folders that were changed.
///
/// # Errors
/// Those of reading the folder. Files that cannot be changed, because another user owns them, are logged.
pub fn restrict_access(data_dir: &Path) -> Result<usize> {
    let (mut n_loose, mut is_shared) = (0, false);
    for entry in fs::read_dir(data_dir)? {
        let entry = entry?;
        match is_ours(&entry.file_name().to_string_lossy()) {
            true => n_loose += restrict_one(&entry.path()),
            false => is_shared = true,
        }
    }
    let is_loose = fs::metadata(data_dir)?.permissions().mode() & GROUP_AND_OTHERS != 0;
    if is_loose && !is_shared {
        fs::set_permissions(data_dir, Permissions::from_mode(0o700))?;
        n_loose += 1;
    }
    Ok(n_loose)
}

/// True for the names of the server's files in the data folder.
fn is_ours(name: &str) -> bool {
    matches!(name, "secret" | "mail" | "uploads")
        || ["colloquy.", "secret.draft-"].iter().any(|it| name.starts_with(it))
}

fn restrict_one(path: &Path) -> usize {
    match try_restrict(path) {
        Ok(n_loose) => n_loose,
        // Symbolic links are skipped, and SQLite's files may vanish meanwhile.
        Err(err) if is_link(&err) || err.kind() == ErrorKind::NotFound => 0,
        Err(err) => {
            tracing::warn!(path = %path.display(), error = %err, "other users may have access to a file in DATA_DIR");
            0
        }
    }
}

fn try_restrict(path: &Path) -> Result<usize> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let opened = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    let about = opened.metadata()?;
    if about.permissions().mode() & GROUP_AND_OTHERS == 0 {
        return Ok(0);
    }
    if !about.is_dir() {
        opened.set_permissions(Permissions::from_mode(0o600))?;
        return Ok(1);
    }
    let mut n_loose = 1;
    for entry in fs::read_dir(path)? {
        n_loose += restrict_one(&entry?.path());
    }
    // Set last: after an interruption the next start repeats the work.
    opened.set_permissions(Permissions::from_mode(0o700))?;
    Ok(n_loose)
}

fn is_link(err: &Error) -> bool {
    err.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn write(path: &Path, mode: u32) {
        fs::write(path, "x").unwrap();
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_was_left_loose_is_tightened_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (data, elsewhere) = (folder.path().join("data"), folder.path().join("elsewhere"));
        for it in [&data, &data.join("uploads"), &data.join("mail"), &data.join("photos")] {
            fs::create_dir(it).unwrap();
            fs::set_permissions(it, Permissions::from_mode(0o777)).unwrap();
        }
        write(&elsewhere, 0o644);
        let ours =
            ["secret", "colloquy.db", "colloquy.db-wal", "colloquy.lock", "uploads/a", "uploads/b#1", "mail/a.eml"];
        let others = ["notes.txt", "photos/a.jpg", "secrets"];
        for name in ours.iter().chain(&others) {
            write(&data.join(name), 0o664);
        }
        symlink(&elsewhere, data.join("colloquy.db-shm")).unwrap();
        symlink(&elsewhere, data.join("uploads/link")).unwrap();
        assert_eq!(restrict_access(&data).unwrap(), ours.len() + 2);
        for name in ours {
            assert_eq!(mode(&data.join(name)), 0o600, "{name}");
        }
        assert_eq!((mode(&data.join("uploads")), mode(&data.join("mail"))), (0o700, 0o700));
        for name in others {
            assert_eq!(mode(&data.join(name)), 0o664, "{name}");
        }
        assert_eq!((mode(&data), mode(&data.join("photos")), mode(&elsewhere)), (0o777, 0o777, 0o644));
        assert_eq!(restrict_access(&data).unwrap(), 0, "a second time there is nothing to do");
    }

    #[test]
    fn a_folder_with_nothing_else_in_it_becomes_private_itself() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("secret"), 0o600);
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        assert_eq!(restrict_access(folder.path()).unwrap(), 1);
        assert_eq!(mode(folder.path()), 0o700);
    }

    #[test]
    fn what_is_made_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (outer, inner) = (folder.path().join("a"), folder.path().join("a/b"));
        create_folder(&inner).unwrap();
        open(&inner.join("lock")).unwrap();
        write_new(&inner.join("new"), b"x").unwrap();
        assert_eq!(
            [mode(&outer), mode(&inner), mode(&inner.join("lock")), mode(&inner.join("new"))],
            [0o700, 0o700, 0o600, 0o600]
        );
    }
}
