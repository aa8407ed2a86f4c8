//! The table `file`, an inventory of the file store.
//!
//! A row is inserted before its file is written and deleted after the file. Leftovers of a crash or a deletion are
//! found by their row, without listing a bucket.

use sqlx_macros::FromRow;

use super::file_store::Written;
use crate::{
    model::Timestamp,
    server::{
        Db,
        chat::{chat_state::Chat, http::error::Result},
        db::on,
        ids,
        tx::{Tx, within},
    },
};

/// The role of a file in its attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// The uploaded file.
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

/// A file of an attachment.
#[derive(Clone, Debug, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct FileRow {
    pub(super) name: String,
    pub(super) mime_type: String,
    pub(super) size: i64,
}

/// Inserts the row of a file about to be written, and returns its random name.
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

/// Assigns a completely written file to its attachment. Returns `false` if the attachment already has one of this kind,
/// or no longer exists.
pub(super) async fn attach(tx: &mut Tx, name: &str, written: &Written, attachment_id: &str) -> Result<bool> {
    let attached: Result<u64, sqlx::Error> = within!(tx, conn => {
        sqlx::query(
            r#"
            update "file"
            set "attachmentId" = $3, "size" = $2, "mimeType" = $4
            where "name" = $1
            "#,
        )
        .bind(name)
        .bind(written.n_bytes)
        .bind(attachment_id)
        .bind(&written.media_type)
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

/// Sets the media type with which an attachment's original file is sent.
pub(super) async fn set_type(tx: &mut Tx, attachment_id: &str, media_type: &str) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            update "file"
            set "mimeType" = $2
            where "attachmentId" = $1 and "kind" = 'original'
            "#,
        )
        .bind(attachment_id)
        .bind(media_type)
        .execute(conn)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Returns a file of a user's attachment.
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

/// Returns names of files without an attachment: complete ones, and incomplete ones begun before `begun`.
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

/// Returns the size of all files, in bytes.
pub(in crate::server::chat) async fn total_bytes(db: &Db) -> crate::server::Result<i64> {
    Ok(on!(db.read(), pool => {
        sqlx::query_scalar(r#"select cast(coalesce(sum("size"), 0) as bigint) from "file""#).fetch_one(pool).await
    })?)
}

/// Deletes the row of a file that is no longer in the store.
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

/// Deletes a file without an attachment, and its row.
pub(super) async fn discard(chat: &Chat, name: &str) -> Result<()> {
    chat.attachments().files.delete(name).await?;
    forget(chat.db(), name).await
}
