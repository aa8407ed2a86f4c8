//! Quota of one user's files.
//!
//! A file counts from its announcement, with the announced size, until its attachment is deleted. Attachments are
//! deleted by their user, with their thread, or by the sweep if they were never sent.

use super::attachment_rows::AttachmentRow;
use crate::server::{
    chat::http::{
        error::{ChatError, Result},
        rate_limits,
    },
    tx::{Tx, within},
};

/// Maximum number of files per user.
const MAX_FILES: i64 = 10_000;
/// Maximum number of unsent files per user: announced, uploading, or awaiting their message.
const MAX_UNSENT: i64 = 100;

/// Verifies that a user has room for another file, before its row is inserted in the same transaction.
///
/// Must be called first in the transaction, so that concurrent requests, also on other servers, wait for each other.
///
/// # Errors
/// [`ChatError::NoRoom`] if the quota is exhausted.
pub(super) async fn admit(tx: &mut Tx, max_bytes: i64, new: &AttachmentRow) -> Result<()> {
    rate_limits::serialize_user(tx, &new.user_id).await?;
    let (n_files, n_unsent, n_bytes): (i64, i64, i64) = within!(tx, conn => {
        sqlx::query_as(
            r#"
            select
                count(*),
                count(case when "threadId" is null then 1 end),
                cast(coalesce(sum("size"), 0) as bigint)
            from "attachment"
            where "userId" = $1
            "#,
        )
        .bind(&new.user_id)
        .fetch_one(conn)
        .await
    })?;
    if n_unsent >= MAX_UNSENT {
        return Err(ChatError::NoRoom(format!(
            "you have {MAX_UNSENT} files that were not sent: send some, remove some, or wait until they are deleted, a day \
             after they were chosen"
        )));
    }
    if n_files >= MAX_FILES {
        return Err(ChatError::NoRoom(format!(
            "you have {MAX_FILES} files: delete conversations with files to make room"
        )));
    }
    if max_bytes > 0 && n_bytes.saturating_add(new.size) > max_bytes {
        return Err(ChatError::NoRoom(format!(
            "your files have {n_bytes} bytes and this one {}, together more than the {max_bytes} that one user may keep: \
             delete conversations with files, or files that were not sent, to make room",
            new.size
        )));
    }
    Ok(())
}
