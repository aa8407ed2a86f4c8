//! The table `attachment`.

use sqlx_macros::FromRow;

use crate::{
    model::Timestamp,
    server::{
        Db,
        chat::http::error::{ChatError, Result},
        db::on,
        tx::{Tx, within},
    },
};

/// The columns of an [`AttachmentRow`].
macro_rules! attachment_columns {
    () => {
        r#""id", "userId", "threadId", "name", "mimeType", "size""#
    };
}

/// A user's file as announced.
#[derive(Clone, Debug, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct AttachmentRow {
    pub(super) id: String,
    pub(super) user_id: String,
    /// Id of the thread that it was sent to.
    pub(super) thread_id: Option<String>,
    pub(super) name: String,
    pub(super) mime_type: String,
    pub(super) size: i64,
}

/// Inserts an unsent attachment.
pub(super) async fn insert(tx: &mut Tx, row: &AttachmentRow, now: Timestamp) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            insert into "attachment" ("id", "userId", "name", "mimeType", "size", "createdAt", "updatedAt")
            values ($1, $2, $3, $4, $5, $6, $6)
            "#,
        )
        .bind(&row.id)
        .bind(&row.user_id)
        .bind(&row.name)
        .bind(&row.mime_type)
        .bind(row.size)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Returns an attachment regardless of its owner: the link's signature proves that it was made for the owner.
pub(super) async fn find_of_any_owner(db: &Db, id: &str) -> Result<AttachmentRow> {
    let row: Option<AttachmentRow> = on!(db.read(), pool => {
        sqlx::query_as(concat!(
            "select ",
            attachment_columns!(),
            r#"
            from "attachment"
            where "id" = $1
            "#,
        ))
        .bind(id)
        .fetch_optional(pool)
        .await
    })?;
    row.ok_or(ChatError::NotFound("attachment"))
}

/// Attaches a user's file to one of their threads, and returns it.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown attachment. [`ChatError::Invalid`] if its file was not uploaded, or if it was
/// already sent.
pub(super) async fn send(
    tx: &mut Tx,
    user_id: &str,
    id: &str,
    thread_id: &str,
    now: Timestamp,
) -> Result<AttachmentRow> {
    let sent: Option<AttachmentRow> = within!(&mut *tx, conn => {
        sqlx::query_as(concat!(
            r#"
            update "attachment"
            set "threadId" = $3, "updatedAt" = $4
            where "id" = $1
                and "userId" = $2
                and "threadId" is null
                and exists (select 1 from "file" where "file"."attachmentId" = "attachment"."id" and "kind" = 'original')
            returning "#,
            attachment_columns!(),
        ))
        .bind(id)
        .bind(user_id)
        .bind(thread_id)
        .bind(now)
        .fetch_optional(conn)
        .await
    })?;
    if let Some(row) = sent {
        return Ok(row);
    }
    let there: Option<(Option<String>,)> = within!(tx, conn => {
        sqlx::query_as(
            r#"
            select "threadId"
            from "attachment"
            where "id" = $1 and "userId" = $2
            "#,
        )
        .bind(id)
        .bind(user_id)
        .fetch_optional(conn)
        .await
    })?;
    Err(match there {
        None => ChatError::NotFound("attachment"),
        Some((None,)) => ChatError::Invalid(format!("the file of the attachment `{id}` has not been uploaded")),
        Some((Some(_),)) => ChatError::Invalid(format!("the attachment `{id}` was sent before")),
    })
}

/// Updates the size and media type of an attachment, which are known once its file is complete and examined.
pub(super) async fn update_file(tx: &mut Tx, row: &AttachmentRow, now: Timestamp) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            update "attachment"
            set "size" = $2, "mimeType" = $3, "updatedAt" = $4
            where "id" = $1
            "#,
        )
        .bind(&row.id)
        .bind(row.size)
        .bind(&row.mime_type)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Deletes a user's attachment. A missing one is not an error.
pub(super) async fn delete(db: &Db, user_id: &str, id: &str) -> Result<()> {
    on!(db.write(), pool => {
        sqlx::query(
            r#"
            delete from "attachment"
            where "id" = $1 and "userId" = $2
            "#,
        )
        .bind(id)
        .bind(user_id)
        .execute(pool)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Deletes up to `n_rows` attachments announced before a time and never sent. Returns their number.
pub(super) async fn delete_unsent(db: &Db, announced: Timestamp, n_rows: i64) -> Result<u64> {
    Ok(on!(db.write(), pool => {
        sqlx::query(
            r#"
            delete from "attachment"
            where "threadId" is null
                and "id" in (
                    select "id"
                    from "attachment"
                    where "threadId" is null and "createdAt" < $1
                    limit $2
                )
            "#,
        )
        .bind(announced)
        .bind(n_rows)
        .execute(pool)
        .await
        .map(|done| done.rows_affected())
    })?)
}
