//! Disks that are not to be filled: when SQLite has no room, nobody can delete anything either.

use std::path::PathBuf;

use rustix::fs::statvfs;

/// Part of the reserve that messages may use and files may not: conversations go on for longer than uploads.
const FOR_MESSAGES: u64 = 10;

/// A disk of this machine, with a reserve that stays free.
#[derive(Clone, Debug)]
pub struct Disk {
    /// A folder on it.
    folder: PathBuf,
    reserve_bytes: u64,
}

impl Disk {
    /// The disk of a folder.
    pub fn new(folder: PathBuf, reserve_bytes: u64) -> Self {
        Self { folder, reserve_bytes }
    }

    /// True if a file of this size leaves the reserve free.
    pub async fn has_room_for_file(&self, n_bytes: u64) -> bool {
        self.keeps_free(self.reserve_bytes, n_bytes).await
    }

    /// True if a tenth of the reserve is free.
    pub async fn has_room_for_message(&self) -> bool {
        self.keeps_free(self.reserve_bytes / FOR_MESSAGES, 0).await
    }

    async fn keeps_free(&self, reserve_bytes: u64, n_bytes: u64) -> bool {
        if reserve_bytes == 0 {
            return true;
        }
        let folder = self.folder.clone();
        let asked = tokio::task::spawn_blocking(move || statvfs(&folder)).await.expect("BUG: asking does not panic");
        match asked {
            Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize) >= reserve_bytes.saturating_add(n_bytes),
            Err(err) => {
                tracing::warn!(error = %err, "nobody can say how much of the disk is free");
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reserve_stays_free() {
        let folder = tempfile::tempdir().unwrap();
        let disk = |reserve_bytes| Disk::new(folder.path().to_owned(), reserve_bytes);
        assert!(disk(1).has_room_for_file(1).await && disk(1).has_room_for_message().await);
        assert!(!disk(1).has_room_for_file(u64::MAX).await, "the file counts");
        assert!(!disk(u64::MAX).has_room_for_file(0).await && !disk(u64::MAX).has_room_for_message().await);
        assert!(disk(0).has_room_for_file(u64::MAX).await, "without a reserve nobody is asked");
    }
}
