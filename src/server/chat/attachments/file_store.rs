//! The file store: a local folder or an S3 bucket.

use std::{path::PathBuf, sync::Arc};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use object_store::{
    GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt, aws::AmazonS3Builder, buffered::BufWriter,
    local::LocalFileSystem, path::Path,
};
use tokio::io::AsyncWriteExt;

use super::media_types;
use crate::server::{
    Error,
    chat::http::error::{ChatError, Result},
    config::{AttachmentStore, Config},
    disk::Disk,
    private_file,
};

/// Buffer size of a file before it is passed to the store: S3's smallest part.
const PART_BYTES: usize = 5 * 1024 * 1024;
/// Number of concurrent part uploads per file.
const PARTS_AT_ONCE: usize = 2;

/// Access to the file store.
pub(in crate::server::chat) struct Files {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    /// Folder of a local store.
    folder: Option<PathBuf>,
    /// Disk of that folder.
    disk: Option<Disk>,
}

/// A file that was written.
pub(super) struct Written {
    /// Size in bytes.
    pub(super) n_bytes: i64,
    /// Media type, corrected by the first bytes.
    pub(super) media_type: String,
}

/// Declared properties of a file.
pub(super) struct Expected<'a> {
    /// Media type.
    pub(super) media_type: &'a str,
    /// Size in bytes. `None` if it was not declared.
    pub(super) n_bytes: Option<i64>,
    /// Maximum size in bytes.
    pub(super) max_bytes: i64,
}

impl Files {
    /// Opens the store.
    ///
    /// # Errors
    /// [`Error::Config`] if the folder cannot be created, or an AWS_ variable is unusable.
    pub(in crate::server::chat) fn open(config: &Config) -> crate::server::Result<Self> {
        match &config.attachments.store {
            AttachmentStore::Folder(folder) => {
                let unusable = |err: &dyn std::error::Error| {
                    Error::Config(format!("the folder of uploads `{}` cannot be used: {err}", folder.display()))
                };
                private_file::create_folder(folder).map_err(|err| unusable(&err))?;
                let store = LocalFileSystem::new_with_prefix(folder).map_err(|err| unusable(&err))?.with_fsync(true);
                let disk = Disk::new(folder.clone(), config.disk_reserve_bytes);
                Ok(Self {
                    store: Arc::new(store),
                    prefix: Path::default(),
                    folder: Some(folder.clone()),
                    disk: Some(disk),
                })
            }
            AttachmentStore::S3 { bucket, prefix } => {
                let unusable =
                    |why: &str| Error::Config(format!("ATTACHMENT_STORE s3://{bucket}/{prefix} cannot be used: {why}"));
                // The error text is dropped, because it may contain the variable's value.
                let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build().map_err(|_| {
                    unusable(
                        "an AWS_ variable is missing or has a value that it cannot have; set AWS_ACCESS_KEY_ID, \
                         AWS_SECRET_ACCESS_KEY, AWS_REGION and, for another server than Amazon's, AWS_ENDPOINT",
                    )
                })?;
                let prefix = Path::parse(prefix).map_err(|err| unusable(&err.to_string()))?;
                Ok(Self { store: Arc::new(store), prefix, folder: None, disk: None })
            }
        }
    }

    /// Writes a file completely, or not at all.
    ///
    /// # Errors
    /// [`ChatError::Invalid`] if the size differs from the declared one, or the body ends early.
    /// [`ChatError::FileTooLarge`] and [`ChatError::DiskFull`] for a file without room.
    pub(super) async fn write<E>(
        &self,
        name: &str,
        chunks: impl Stream<Item = Result<Bytes, E>>,
        expected: &Expected<'_>,
    ) -> Result<Written> {
        let writer = BufWriter::with_capacity(Arc::clone(&self.store), self.place(name), PART_BYTES);
        let mut writer = writer.with_max_concurrency(PARTS_AT_ONCE);
        match self.copy_chunks(&mut writer, chunks, expected).await {
            Ok(written) => {
                writer.shutdown().await.map_err(failed)?;
                Ok(written)
            }
            Err(err) => {
                if let Err(err) = writer.abort().await {
                    tracing::warn!(error = %err, "removing a partially written file failed");
                }
                Err(err)
            }
        }
    }

    /// Verifies that a file of this size leaves enough of the disk free.
    ///
    /// # Errors
    /// [`ChatError::DiskFull`] if it does not.
    pub(super) async fn ensure_disk_space(&self, n_bytes: i64) -> Result<()> {
        match &self.disk {
            Some(disk) if !disk.has_room_for_file(n_bytes.unsigned_abs()).await => Err(ChatError::DiskFull),
            _ => Ok(()),
        }
    }

    /// Opens a file, or a range of it.
    pub(super) async fn read(&self, name: &str, range: Option<GetRange>) -> Result<GetResult> {
        let options = GetOptions { range, ..GetOptions::default() };
        Ok(self.store.get_opts(&self.place(name), options).await.map_err(failed)?)
    }

    /// Reads a whole file.
    pub(super) async fn read_whole(&self, name: &str) -> Result<Bytes> {
        Ok(self.read(name, None).await?.bytes().await.map_err(failed)?)
    }

    /// Deletes a file and the remains of a crashed write. A missing file is not an error.
    pub(super) async fn delete(&self, name: &str) -> Result<()> {
        if let Some(folder) = &self.folder {
            // Temporary name under which object_store writes a file of a folder.
            _ = tokio::fs::remove_file(folder.join(format!("{name}#1"))).await;
        }
        match self.store.delete(&self.place(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(err) => Err(failed(err).into()),
        }
    }

    /// Streams the chunks into the store.
    async fn copy_chunks<E>(
        &self,
        writer: &mut BufWriter,
        chunks: impl Stream<Item = Result<Bytes, E>>,
        expected: &Expected<'_>,
    ) -> Result<Written> {
        let mut chunks = std::pin::pin!(chunks);
        let mut head = Vec::new();
        let mut n_bytes = 0;
        // Checked repeatedly, because other uploads fill the disk at the same time.
        let mut n_checked = 0;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| ChatError::Invalid("the file broke off".to_owned()))?;
            n_bytes += i64::try_from(chunk.len()).unwrap_or(i64::MAX);
            if expected.n_bytes.is_some_and(|declared| n_bytes > declared) {
                return Err(ChatError::Invalid("the file is larger than announced".to_owned()));
            }
            if n_bytes > expected.max_bytes {
                return Err(ChatError::FileTooLarge { max_bytes: expected.max_bytes });
            }
            head.extend_from_slice(&chunk[..chunk.len().min(media_types::HEAD_BYTES - head.len())]);
            if n_bytes >= n_checked {
                self.ensure_disk_space(0).await?;
                n_checked = n_bytes + PART_BYTES as i64;
            }
            writer.put(chunk).await.map_err(failed)?;
        }
        if expected.n_bytes.is_some_and(|declared| n_bytes < declared) {
            return Err(ChatError::Invalid("the file is smaller than announced".to_owned()));
        }
        Ok(Written { n_bytes, media_type: media_types::effective_type(expected.media_type, &head) })
    }

    fn place(&self, name: &str) -> Path {
        self.prefix.clone().join(name)
    }
}

fn failed(err: impl std::fmt::Display) -> Error {
    Error::Files(without_body(&err.to_string()).into())
}

/// Removes the server's response body from an error's text, since it may repeat a token. Only S3's error code is kept.
fn without_body(text: &str) -> String {
    let Some((prefix, body)) = text.find(['<', '{']).map(|at| text.split_at(at)) else { return text.to_owned() };
    let code = body.split_once("<Code>").and_then(|(_, rest)| Some(rest.split_once("</Code>")?.0));
    let code = code.filter(|code| code.bytes().all(|it| it.is_ascii_alphanumeric())).unwrap_or("…");
    format!("{prefix}{code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_servers_answer_only_the_code_is_told() {
        let check = |text: &str, expected: &str| assert_eq!(without_body(text), expected);
        check("it is gone", "it is gone");
        let refused = "status code: 403 Forbidden: ";
        check(
            &format!("{refused}<?xml version=\"1.0\"?><Error><Code>InvalidToken</Code><Token>hunter2</Token></Error>"),
            "status code: 403 Forbidden: InvalidToken",
        );
        for body in ["<h1>hunter2</h1>", "{\"a\":\"hunter2\"}", "<Code>hunter2 or so</Code>", "<Code>hunter2"] {
            check(&format!("{refused}{body}"), "status code: 403 Forbidden: …");
        }
    }
}
