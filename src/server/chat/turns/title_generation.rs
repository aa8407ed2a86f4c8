//! Title generation: the model titles a thread after its first answer.

mod title_in_answer;

use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::MissedTickBehavior;

use super::prompt::{Message, Prompt, Role};
use crate::{
    model::{
        Timestamp,
        chatkit::{ListOrder, ThreadItem, ThreadStreamEvent},
    },
    server::{
        chat::{
            chat_state::Chat,
            http::error::Result,
            relay::RelayEvent,
            store::{
                items,
                search::index,
                threads::{
                    self,
                    title_work::{self, Untitled},
                },
            },
        },
        tx::{Tx, within},
    },
};

/// Instruction for the model.
const INSTRUCTION: &str = "Write a title of two to six words for the conversation that follows, in its language. \
    Answer with the title alone: no quotes, no full stop, nothing before or after it.";
/// Maximum length, in characters, of the excerpts of question and answer in the prompt.
const MAX_CHARS: usize = 1500;
/// Maximum number of response bytes that are read.
const MAX_BYTES: usize = 4096;
/// Time limit of one title generation.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Interval at which titles are looked for that other servers left.
const TAKE_OVER_PERIOD: Duration = Duration::from_secs(5);

/// Takes over the titles of servers that died or stopped, until this one stops.
pub(in crate::server::chat) async fn take_over(chat: Chat) {
    if !chat.generates_titles() {
        return;
    }
    let mut period = tokio::time::interval(TAKE_OVER_PERIOD);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = chat.stopping().cancelled() => return,
            _ = period.tick() => {}
        }
        match title_work::claim(chat.db(), chat.now()).await {
            Ok(Some(untitled)) => {
                chat.spawn(run(chat.clone(), untitled));
                period.reset_immediately();
            }
            Ok(None) => {}
            Err(err) => tracing::debug!(error = %err, "looking for titles failed and will be tried again"),
        }
    }
}

/// Generates a title within the user's share of title generations and stores it. On failure the thread keeps its title.
/// If this server stops meanwhile, another one generates it.
pub(in crate::server::chat) async fn run(chat: Chat, untitled: Untitled) {
    let due_at = tokio::select! {
        () = chat.stopping().cancelled() => Some(chat.now()),
        due_at = generate(&chat, &untitled) => due_at,
    };
    if let Err(err) = title_work::release(chat.db(), &untitled.thread_id, due_at).await {
        tracing::debug!(untitled.thread_id, error = %err, "the end of a title generation could not be stored");
    }
}

/// Returns when the title is to be tried again, if at all.
async fn generate(chat: &Chat, untitled: &Untitled) -> Option<Timestamp> {
    let Ok(_turn) = chat.shares().titles.take(&untitled.user_id).await else {
        tracing::info!(untitled.thread_id, "title generation postponed: the user has too many waiting");
        return Some(chat.now().plus_seconds(title_work::LEASE_S));
    };
    // The wait may have been longer than the lease.
    if matches!(title_work::renew(chat.db(), untitled, chat.now()).await, Ok(false)) {
        return None;
    }
    let given = match tokio::time::timeout(TIMEOUT, ask(chat, untitled)).await {
        Ok(Ok(Some(title))) => give(chat, untitled, &title).await,
        Ok(Ok(None)) => Ok(()),
        Ok(Err(err)) => Err(err),
        Err(_) => {
            tracing::info!(untitled.thread_id, "title generation timed out");
            return None;
        }
    };
    if let Err(err) = given {
        tracing::warn!(untitled.thread_id, error = %err, "title generation failed");
    }
    None
}

async fn ask(chat: &Chat, untitled: &Untitled) -> Result<Option<String>> {
    let page = items::first_page(chat.db(), &untitled.user_id, &untitled.thread_id, ListOrder::Asc, 4).await?;
    let said = page.data.iter().filter_map(|item| match item {
        ThreadItem::UserMessage(_) => Some(format!("User: {}", cut(&item.text()))),
        ThreadItem::AssistantMessage(_) => Some(format!("Assistant: {}", cut(&item.text()))),
        _ => None,
    });
    let messages =
        vec![Message::new(Role::System, INSTRUCTION), Message::new(Role::User, said.collect::<Vec<_>>().join("\n\n"))];
    let mut events = chat.relay().answer(Prompt { messages, ..Prompt::default() });
    let mut text = String::new();
    while let Some(event) = events.next().await {
        match event {
            Ok(RelayEvent::Text(piece)) => text.push_str(&piece),
            Ok(RelayEvent::TextDiscarded) => text.clear(),
            Ok(_) => {}
            // The relay has logged the failure.
            Err(_) => return Ok(None),
        }
        if text.len() > MAX_BYTES {
            break;
        }
    }
    Ok(title_in_answer::title_in(&text))
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_CHARS).collect()
}

/// Sets the generated title unless the stored one has changed, and notifies the user's tabs.
async fn give(chat: &Chat, untitled: &Untitled, title: &str) -> Result<()> {
    let Untitled { user_id, thread_id, title: old } = untitled;
    let mut tx = Tx::begin(chat.db()).await?;
    let n_given = within!(&mut tx, conn => {
        sqlx::query(
            r#"
            update "thread"
            set "title" = $4, "updatedAt" = $5, "titleDueAt" = null
            where "id" = $1 and "userId" = $2 and "title" = $3
            "#,
        )
        .bind(thread_id)
        .bind(user_id)
        .bind(old)
        .bind(title)
        .bind(chat.now())
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
    })?;
    if n_given == 0 {
        return Ok(());
    }
    index::put_title(&mut tx, thread_id, title).await?;
    tx.commit().await?;
    let thread = threads::find(chat.db(), user_id, thread_id).await?;
    chat.notify_updated(user_id, &thread);
    if let Some(run) = chat.live().of_thread(thread_id) {
        let _reserved = run.reserve().await;
        run.append(&ThreadStreamEvent::ThreadUpdated { thread });
    }
    Ok(())
}
