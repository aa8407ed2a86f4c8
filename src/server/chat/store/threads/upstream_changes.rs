//! Properties of a thread reported by the upstream.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::types::Json;

use super::ThreadRow;
use crate::{
    model::{Timestamp, chatkit::Thread},
    server::{
        chat::{
            http::error::{ChatError, Result},
            relay::ThreadChange,
            store::search::index,
        },
        tx::{Tx, within},
    },
};

/// Content of the column `told`: properties without a column of their own.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct UpstreamProperties {
    /// Hosts whose images may be shown.
    pub(super) allowed_image_domains: Option<Vec<String>>,
    /// Integration data.
    pub(super) metadata: Map<String, Value>,
}

/// Stores the upstream's changes of a user's thread.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown thread.
pub(in crate::server::chat) async fn change(
    tx: &mut Tx,
    user_id: &str,
    thread_id: &str,
    change: &ThreadChange,
    now: Timestamp,
) -> Result<Thread> {
    let ThreadChange { title, status, allowed_image_domains, metadata } = change.clone();
    let row: Option<ThreadRow> = within!(&mut *tx, conn => {
        sqlx::query_as(concat!(
            r#"
            update "thread"
            set "title" = coalesce($3, "title"), "status" = $4, "upstreamProperties" = $5, "updatedAt" = $6
            where "id" = $1 and "userId" = $2
            returning "#,
            thread_columns!(),
        ))
        .bind(thread_id)
        .bind(user_id)
        .bind(&title)
        .bind(Json(&status))
        .bind(Json(UpstreamProperties { allowed_image_domains, metadata }))
        .bind(now)
        .fetch_optional(conn)
        .await
    })?;
    let thread = row.map(Thread::from).ok_or(ChatError::NotFound("thread"))?;
    if let Some(title) = &title {
        index::put_title(tx, thread_id, title).await?;
    }
    Ok(thread)
}
