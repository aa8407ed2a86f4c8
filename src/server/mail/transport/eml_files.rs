//! Mails as files, for a server without SMTP. They have the permissions of the data folder.

use std::{
    io,
    path::{Path, PathBuf},
};

use lettre::Message;

use super::Failure;
use crate::{model::Timestamp, server::private_file};

/// A folder of mails.
pub(in crate::server::mail) struct Files(PathBuf);

impl Files {
    /// Uses `mail/` in the data folder, which is created with the first mail.
    pub(super) fn new(data_dir: &Path) -> Self {
        Self(data_dir.join("mail"))
    }

    /// Writes a mail to a file whose name sorts by time, and returns its path.
    pub(super) async fn write(&self, id: &str, at: Timestamp, message: &Message) -> Result<PathBuf, Failure> {
        // Some file systems do not allow colons.
        let path = self.0.join(format!("{}-{id}.eml", at.to_string().replace(':', "-")));
        let (folder, bytes, written) = (self.0.clone(), message.formatted(), path.clone());
        tokio::task::spawn_blocking(move || write(&folder, &written, &bytes))
            .await
            .expect("BUG: writing a file does not panic")
            .map_err(|err| Failure::Temporary(format!("the folder `{}` cannot be used: {err}", self.0.display())))?;
        Ok(path)
    }
}

fn write(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    private_file::create_folder(folder)?;
    private_file::write_new(path, bytes)
}
