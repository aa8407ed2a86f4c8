//! Rate limits per user: messages per minute and concurrent answers.
//!
//! The tables `sentMessage` and `run` are counted. `sentMessage` keeps its rows when a thread is deleted. The limits
//! therefore hold across several servers and restarts.

use super::error::{ChatError, Result};
use crate::{
    model::Timestamp,
    server::{
        chat::{chat_state::Chat, store::runs::is_abandoned},
        config::AnswerLimits,
        metrics::LimitRule,
        tx::{Tx, within},
    },
};

/// Window for counting messages, in seconds.
const WINDOW_S: i64 = 60;
/// `Retry-After` for a user at the limit of concurrent answers, in seconds. An answer's remaining time is unknown.
const RUNNING_RETRY_AFTER_S: i64 = 5;

/// Applies the limits to a run opened in the same transaction, after [`lock_limited_user`]. On refusal the caller must
/// drop the transaction.
///
/// # Errors
/// [`ChatError::TooMany`] if a limit is exceeded.
pub(in crate::server::chat) async fn admit(tx: &mut Tx, chat: &Chat, user_id: &str, now: Timestamp) -> Result<()> {
    let AnswerLimits { messages_per_minute, running_answers } = chat.limits();
    if messages_per_minute == 0 && running_answers == 0 {
        return Ok(());
    }
    count_message(tx, user_id, now).await?;
    let (n_running, n_sent, first): (i64, i64, Option<Timestamp>) = within!(tx, conn => {
        sqlx::query_as(concat!(
            r#"
            select
                (select count(*) from "run" where "userId" = $1 and "status" = 'running' and not ("#,
            is_abandoned!("$2"),
            r#")),
                count(*),
                min("createdAt")
            from "sentMessage"
            where "userId" = $1
            "#,
        ))
        .bind(user_id)
        .bind(now)
        .fetch_one(conn)
        .await
    })?;
    if messages_per_minute > 0 && n_sent > i64::from(messages_per_minute) {
        chat.metrics().limited(LimitRule::Messages);
        let waited_ms = first.map_or(0, |first| now.millis() - first.millis());
        let retry_after_s = (WINDOW_S * 1000 - waited_ms).div_euclid(1000) + 1;
        let what = format!("you have sent {messages_per_minute} messages within a minute");
        return Err(ChatError::TooMany { what, retry_after_s: retry_after_s.clamp(1, WINDOW_S) });
    }
    if running_answers > 0 && n_running > i64::from(running_answers) {
        chat.metrics().limited(LimitRule::Answers);
        let what = format!("{running_answers} answers are being written for you already");
        return Err(ChatError::TooMany { what, retry_after_s: RUNNING_RETRY_AFTER_S });
    }
    Ok(())
}

/// Counts a message and deletes rows that have left the window.
async fn count_message(tx: &mut Tx, user_id: &str, now: Timestamp) -> Result<()> {
    within!(&mut *tx, conn => {
        sqlx::query(
            r#"
            delete from "sentMessage"
            where "userId" = $1 and "createdAt" <= $2
            "#,
        )
        .bind(user_id)
        .bind(now.plus_seconds(-WINDOW_S))
        .execute(conn)
        .await
        .map(drop)
    })?;
    within!(tx, conn => {
        sqlx::query(
            r#"
            insert into "sentMessage" ("userId", "createdAt")
            values ($1, $2)
            "#,
        )
        .bind(user_id)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Serializes a user's counting transactions, so that each sees the counts of the others. Must be called first in a
/// transaction, so that all lock in one order. SQLite serializes them anyway.
pub(in crate::server::chat) async fn lock_limited_user(tx: &mut Tx, limits: AnswerLimits, user_id: &str) -> Result<()> {
    if limits.messages_per_minute == 0 && limits.running_answers == 0 {
        return Ok(());
    }
    serialize_user(tx, user_id).await
}

/// Waits for the user's other transactions that count before they write.
pub(in crate::server::chat) async fn serialize_user(tx: &mut Tx, user_id: &str) -> Result<()> {
    Ok(tx.wait_for_user(user_id).await?)
}
