//! A reserve of free disk space: when SQLite has no space, users cannot delete anything either.

use std::path::PathBuf;

use rustix::fs::statvfs;

/// Fraction of the reserve that messages must leave free. Conversations thus continue for longer than uploads.
const FOR_MESSAGES: u64 = 10;

/// A local disk with a reserve of free space.
#[derive(Clone, Debug)]
pub struct Disk {
    /// A folder on the disk.
    folder: PathBuf,
    reserve_bytes: u64,
}

impl Disk {
    /// Creates a disk from a folder on it.
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
                tracing::warn!(error = %err, "the free disk space is unknown");
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
