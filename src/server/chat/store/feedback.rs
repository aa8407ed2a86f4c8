//! User feedback on items: the table `feedback`, one row per item.

use super::threads;
use crate::{
    model::{Timestamp, chatkit::FeedbackKind},
    server::{
        Db,
        chat::http::error::{ChatError, Result},
        tx::{Tx, within},
    },
};

/// Maximum number of items per request.
const MAX_ITEMS: usize = 100;

/// Stores the user's feedback on items of a thread and replaces earlier feedback. All items are stored, or none.
///
/// # Errors
/// [`ChatError::NotFound`] for the thread, and for an item that is hidden or not part of it. [`ChatError::Invalid`] for
/// more than 100 items.
pub(in crate::server::chat) async fn put(
    db: &Db,
    user_id: &str,
    thread_id: &str,
    item_ids: &[String],
    kind: FeedbackKind,
    now: Timestamp,
) -> Result<()> {
    if item_ids.len() > MAX_ITEMS {
        return Err(ChatError::Invalid(format!("feedback is limited to {MAX_ITEMS} items per request")));
    }
    let mut tx = Tx::begin(db).await?;
    // Locks the thread's row, so that no item is deleted meanwhile.
    threads::touch(&mut tx, user_id, thread_id, now).await?;
    for item_id in item_ids {
        put_one(&mut tx, user_id, thread_id, item_id, kind, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn put_one(
    tx: &mut Tx,
    user_id: &str,
    thread_id: &str,
    item_id: &str,
    kind: FeedbackKind,
    now: Timestamp,
) -> Result<()> {
    let n_put = within!(tx, conn => {
        sqlx::query(
            r#"
            insert into "feedback" ("itemId", "kind", "createdAt", "updatedAt")
            select "item"."id", $4, $5, $5
            from "item"
            join "thread" on "thread"."id" = "item"."threadId"
            where "item"."id" = $1
                and "item"."threadId" = $2
                and "thread"."userId" = $3
                and "item"."type" not in ('hidden_context_item', 'sdk_hidden_context')
            on conflict ("itemId") do update
            set "kind" = excluded."kind", "updatedAt" = excluded."updatedAt"
            "#,
        )
        .bind(item_id)
        .bind(thread_id)
        .bind(user_id)
        .bind(kind.as_str())
        .bind(now)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
    })?;
    if n_put == 0 { Err(ChatError::NotFound("item")) } else { Ok(()) }
}
