//! The store of files, and the table `file`, which knows all that the store holds.
//!
//! A row is written before its file and deleted after it: so whatever a crash or a deletion leaves behind is found by
//! its row, and nobody has to list a bucket.

use std::{path::PathBuf, sync::Arc};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use object_store::{
    GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt, aws::AmazonS3Builder, buffered::BufWriter,
    local::LocalFileSystem, path::Path,
};
use sqlx::FromRow;
use tokio::io::AsyncWriteExt;

use super::media;
use crate::{
    model::Timestamp,
    server::{
        Db, Error,
        chat::error::{ChatError, Result},
        config::AttachmentStore,
        db::on,
        ids, private_file,
        tx::{Tx, within},
    },
};

/// How much of a file is held back before it is handed to the store: S3's smallest part.
const PART_BYTES: usize = 5 * 1024 * 1024;
/// How many parts of one file are on their way at once.
const PARTS_AT_ONCE: usize = 2;

/// What a file is to its attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// What the user uploaded.
    Original,
    /// A small picture of it.
    Preview,
}

impl FileKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Preview => "preview",
        }
    }
}

/// Where files are kept.
pub(in crate::server::chat) struct Files {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    /// The folder, if it is one of this machine's.
    folder: Option<PathBuf>,
}

/// How many bytes are expected of a file, and of what type.
pub(super) struct Expected<'a> {
    /// The media type.
    pub(super) media_type: &'a str,
    /// The size; none when it was not declared.
    pub(super) n_bytes: Option<i64>,
    /// The most bytes.
    pub(super) max_bytes: i64,
}

impl Files {
    /// Opens the store.
    ///
    /// # Errors
    /// [`Error::Config`] when the folder cannot be made, or the AWS_ variables cannot be used.
    pub(in crate::server::chat) fn open(config: &AttachmentStore) -> crate::server::Result<Self> {
        match config {
            AttachmentStore::Folder(folder) => {
                let unusable = |err: &dyn std::error::Error| {
                    Error::Config(format!("the folder of uploads `{}` cannot be used: {err}", folder.display()))
                };
                private_file::create_folder(folder).map_err(|err| unusable(&err))?;
                let store = LocalFileSystem::new_with_prefix(folder).map_err(|err| unusable(&err))?.with_fsync(true);
                Ok(Self { store: Arc::new(store), prefix: Path::default(), folder: Some(folder.clone()) })
            }
            AttachmentStore::S3 { bucket, prefix } => {
                let unusable =
                    |why: &str| Error::Config(format!("ATTACHMENT_STORE s3://{bucket}/{prefix} cannot be used: {why}"));
                // The error may repeat a value.
                let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build().map_err(|_| {
                    unusable(
                        "an AWS_ variable is missing or has a value that it cannot have; set AWS_ACCESS_KEY_ID, \
                         AWS_SECRET_ACCESS_KEY, AWS_REGION and, for another server than Amazon's, AWS_ENDPOINT",
                    )
                })?;
                let prefix = Path::parse(prefix).map_err(|err| unusable(&err.to_string()))?;
                Ok(Self { store: Arc::new(store), prefix, folder: None })
            }
        }
    }

    /// Writes a file whole, or not at all, and returns its size.
    ///
    /// # Errors
    /// [`ChatError::Invalid`] when its size or its first bytes are not what was declared, or when it breaks off;
    /// [`ChatError::FileTooLarge`].
    pub(super) async fn write<E>(
        &self,
        name: &str,
        chunks: impl Stream<Item = Result<Bytes, E>>,
        expected: &Expected<'_>,
    ) -> Result<i64> {
        let writer = BufWriter::with_capacity(Arc::clone(&self.store), self.place(name), PART_BYTES);
        let mut writer = writer.with_max_concurrency(PARTS_AT_ONCE);
        match pour(&mut writer, chunks, expected).await {
            Ok(n_bytes) => {
                writer.shutdown().await.map_err(failed)?;
                Ok(n_bytes)
            }
            Err(err) => {
                if let Err(err) = writer.abort().await {
                    tracing::warn!(error = %err, "what was written of a file could not be taken back");
                }
                Err(err)
            }
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

    /// Deletes a file, and what a crash left of it; deleting what is not there is no error.
    pub(super) async fn delete(&self, name: &str) -> Result<()> {
        if let Some(folder) = &self.folder {
            // Where object_store keeps a file of the folder until it is whole.
            _ = tokio::fs::remove_file(folder.join(format!("{name}#1"))).await;
        }
        match self.store.delete(&self.place(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(err) => Err(failed(err).into()),
        }
    }

    fn place(&self, name: &str) -> Path {
        self.prefix.clone().join(name)
    }
}

/// Hands a file on as it comes.
async fn pour<E>(
    writer: &mut BufWriter,
    chunks: impl Stream<Item = Result<Bytes, E>>,
    expected: &Expected<'_>,
) -> Result<i64> {
    let mut chunks = std::pin::pin!(chunks);
    let mut head = Vec::new();
    let mut is_judged = false;
    let mut n_bytes = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ChatError::Invalid("the file broke off".to_owned()))?;
        n_bytes += i64::try_from(chunk.len()).unwrap_or(i64::MAX);
        if expected.n_bytes.is_some_and(|declared| n_bytes > declared) {
            return Err(ChatError::Invalid("the file is larger than it was said to be".to_owned()));
        }
        if n_bytes > expected.max_bytes {
            return Err(ChatError::FileTooLarge { max_bytes: expected.max_bytes });
        }
        if !is_judged {
            head.extend_from_slice(&chunk[..chunk.len().min(media::HEAD_BYTES - head.len())]);
            if head.len() == media::HEAD_BYTES {
                media::judge(expected.media_type, &head)?;
                is_judged = true;
            }
        }
        writer.put(chunk).await.map_err(failed)?;
    }
    if !is_judged {
        media::judge(expected.media_type, &head)?;
    }
    if expected.n_bytes.is_some_and(|declared| n_bytes < declared) {
        return Err(ChatError::Invalid("the file is smaller than it was said to be".to_owned()));
    }
    Ok(n_bytes)
}

/// A file of an attachment.
#[derive(Clone, Debug, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct FileRow {
    pub(super) name: String,
    pub(super) mime_type: String,
    pub(super) size: i64,
}

/// Announces a file that is about to be written, and returns its random name.
pub(super) async fn announce(db: &Db, kind: FileKind, media_type: &str, now: Timestamp) -> Result<String> {
    let name = ids::file_name();
    on!(db.write(), pool => {
        sqlx::query(
            r#"
            insert into "file" ("name", "kind", "mimeType", "createdAt")
            values ($1, $2, $3, $4)
            "#,
        )
        .bind(&name)
        .bind(kind.as_str())
        .bind(media_type)
        .bind(now)
        .execute(pool)
        .await
        .map(drop)
    })?;
    Ok(name)
}

/// Gives a file that is whole to its attachment; `false` when that has one of the kind already, or is gone.
pub(super) async fn attach(tx: &mut Tx, name: &str, size: i64, attachment_id: &str) -> Result<bool> {
    let attached: Result<u64, sqlx::Error> = within!(tx, conn => {
        sqlx::query(
            r#"
            update "file"
            set "attachmentId" = $3, "size" = $2
            where "name" = $1
            "#,
        )
        .bind(name)
        .bind(size)
        .bind(attachment_id)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
    });
    match attached {
        Ok(n_rows) => Ok(n_rows == 1),
        Err(sqlx::Error::Database(err)) if err.is_unique_violation() || err.is_foreign_key_violation() => Ok(false),
        Err(err) => Err(err.into()),
    }
}

/// Finds a file of an attachment of a user's.
pub(super) async fn find(db: &Db, user_id: &str, attachment_id: &str, kind: FileKind) -> Result<Option<FileRow>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_as(
            r#"
            select "file"."name", "file"."mimeType", "file"."size"
            from "file"
            join "attachment" on "attachment"."id" = "file"."attachmentId"
            where "attachment"."id" = $1 and "attachment"."userId" = $2 and "file"."kind" = $3
            "#,
        )
        .bind(attachment_id)
        .bind(user_id)
        .bind(kind.as_str())
        .fetch_optional(pool)
        .await
    })?)
}

/// Returns the names of some files that no attachment has: whole ones, and those that were begun before `begun`.
pub(super) async fn detached(db: &Db, begun: Timestamp, n_rows: i64) -> Result<Vec<String>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_scalar(
            r#"
            select "name"
            from "file"
            where "attachmentId" is null
                and ("size" is not null or "createdAt" < $1)
            order by "createdAt"
            limit $2
            "#,
        )
        .bind(begun)
        .bind(n_rows)
        .fetch_all(pool)
        .await
    })?)
}

/// Forgets a file that is no longer in the store.
pub(super) async fn forget(db: &Db, name: &str) -> Result<()> {
    on!(db.write(), pool => {
        sqlx::query(
            r#"
            delete from "file"
            where "name" = $1 and "attachmentId" is null
            "#,
        )
        .bind(name)
        .execute(pool)
        .await
        .map(drop)
    })?;
    Ok(())
}

fn failed(err: impl std::fmt::Display) -> Error {
    Error::Files(without_body(&err.to_string()).into())
}

/// Returns an error's text without the body of the server's answer, which may repeat a token: of it, only S3's code.
fn without_body(text: &str) -> String {
    let Some((told, body)) = text.find(['<', '{']).map(|at| text.split_at(at)) else { return text.to_owned() };
    let code = body.split_once("<Code>").and_then(|(_, rest)| Some(rest.split_once("</Code>")?.0));
    let code = code.filter(|code| code.bytes().all(|it| it.is_ascii_alphanumeric())).unwrap_or("…");
    format!("{told}{code}")
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
