//! Versions: the table `version`. A retried message keeps the earlier continuations of the thread.
//!
//! A version is everything that follows a message: the answer and all later items. The selected version's items are in
//! the thread; the others are kept in this table. A retry writes into a new version, which replaces the thread's items
//! once it is complete. Until then, and for good if the retry fails, the old answer remains.

mod version_rows;

use sqlx::types::Json;
use version_rows::{Draft, count, delete, find_draft, insert, selected, set_draft, set_items};

use super::{
    items,
    runs::{self, abandoned},
    threads,
};
use crate::{
    model::{
        Timestamp,
        chatkit::{ItemMarks, Page, ThreadItem},
    },
    server::{
        Db,
        chat::{
            attachments::signed_links::LinkOrigin,
            chat_state::Chat,
            http::{
                error::{ChatError, Result},
                paging,
            },
            runs::live::LiveRun,
        },
        db::on,
        tx::{Tx, within},
    },
};

/// Begins another version of the items after a message. Returns `false` if no visible item follows it.
pub(in crate::server::chat) async fn begin(
    tx: &mut Tx,
    thread_id: &str,
    question_id: &str,
    run_id: &str,
) -> Result<bool> {
    if items::after(tx, thread_id, question_id).await?.iter().all(ThreadItem::is_hidden) {
        // An answer stopped before its beginning may have left a hidden note for the model.
        items::delete_after(tx, thread_id, question_id).await?;
        return Ok(false);
    }
    let mut n_versions = count(tx, question_id).await?;
    if n_versions == 0 {
        n_versions = 1;
        insert(tx, thread_id, question_id, 1, None, None).await?;
    }
    insert(tx, thread_id, question_id, n_versions + 1, Some(run_id), Some(&[])).await?;
    Ok(true)
}

/// Completeness of a stored item. Only complete items are indexed for search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::server::chat) enum Stage {
    /// More content follows.
    Growing,
    /// The item is final.
    Complete,
}

/// Stores items of a run, in its thread or in the version that it writes.
pub(in crate::server::chat) async fn store(
    tx: &mut Tx,
    run: &LiveRun,
    items: &[ThreadItem],
    stage: Stage,
    now: Timestamp,
) -> Result<()> {
    match draft_of(tx, run).await? {
        None => {
            for item in items {
                match stage {
                    Stage::Growing => items::checkpoint(tx, &run.thread_id, item, now).await?,
                    Stage::Complete => items::upsert(tx, &run.thread_id, item, now).await?,
                }
            }
            Ok(())
        }
        Some(Draft { items: Json(mut written), .. }) => {
            for item in items {
                match written.iter_mut().find(|old| old.id() == item.id()) {
                    Some(old) => old.clone_from(item),
                    None => written.push(item.clone()),
                }
            }
            set_draft(tx, &run.id, &written).await
        }
    }
}

/// Deletes an item from the place where [`store`] puts it.
pub(in crate::server::chat) async fn discard(tx: &mut Tx, run: &LiveRun, item_id: &str) -> Result<()> {
    match draft_of(tx, run).await? {
        None => items::delete(tx, &run.thread_id, item_id).await,
        Some(Draft { items: Json(mut written), .. }) => {
            written.retain(|item| item.id() != item_id);
            set_draft(tx, &run.id, &written).await
        }
    }
}

/// Returns the version that a run writes. Queries the database only for runs that write one.
async fn draft_of(tx: &mut Tx, run: &LiveRun) -> Result<Option<Draft>> {
    if run.writes_version() { find_draft(tx, &run.id).await } else { Ok(None) }
}

/// Closes the items `open_ids` of a run's version. Returns `false` if the run writes no version.
pub(in crate::server::chat) async fn close_draft(
    tx: &mut Tx,
    run_id: &str,
    open_ids: &[String],
    closed: impl Fn(ThreadItem) -> Option<ThreadItem>,
) -> Result<bool> {
    let Some(Draft { items: Json(written), .. }) = find_draft(tx, run_id).await? else { return Ok(false) };
    let is_open = |item: &ThreadItem| open_ids.iter().any(|id| id == item.id());
    let written: Vec<_> =
        written.into_iter().filter_map(|item| if is_open(&item) { closed(item) } else { Some(item) }).collect();
    set_draft(tx, run_id, &written).await?;
    Ok(true)
}

/// Returns an item written by a run or present in its thread, hidden ones included.
pub(in crate::server::chat) async fn find(db: &Db, run: &LiveRun, item_id: &str) -> Result<Option<ThreadItem>> {
    if !run.writes_version() {
        return items::find(db, &run.user_id, &run.thread_id, item_id).await;
    }
    let written: Option<Json<Vec<ThreadItem>>> = on!(db.read(), pool => {
        sqlx::query_scalar(
            r#"
            select "items"
            from "version"
            where "runId" = $1
            "#,
        )
        .bind(&run.id)
        .fetch_optional(pool)
        .await
    })?;
    let written = written.and_then(|Json(items)| items.into_iter().find(|item| item.id() == item_id));
    match written {
        Some(item) => Ok(Some(item)),
        None => items::find(db, &run.user_id, &run.thread_id, item_id).await,
    }
}

/// Moves a run's completed version into the thread. Returns the id and marks of the message that names the version.
pub(in crate::server::chat) async fn complete(
    tx: &mut Tx,
    run_id: &str,
    now: Timestamp,
) -> Result<Option<(String, ItemMarks)>> {
    let Some(draft) = find_draft(tx, run_id).await? else { return Ok(None) };
    let Draft { thread_id, question_id, number, items: Json(mut items) } = draft;
    stash_version(tx, &thread_id, &question_id).await?;
    restore_version(tx, &thread_id, &question_id, number, &mut items, now).await?;
    Ok(items.iter().find_map(|item| match item {
        ThreadItem::AssistantMessage(message) => message.colloquy.clone().map(|marks| (message.id.clone(), marks)),
        _ => None,
    }))
}

/// Keeps the incomplete version of a run, with `note`, as one that can be selected. The thread is unchanged. Returns
/// `false` if the run writes no version.
pub(in crate::server::chat) async fn fail(
    tx: &mut Tx,
    run_id: &str,
    note: Option<ThreadItem>,
    now: Timestamp,
) -> Result<bool> {
    let Some(draft) = find_draft(tx, run_id).await? else { return Ok(false) };
    let Draft { thread_id, question_id, number, items: Json(mut items) } = draft;
    if items.is_empty() {
        delete(tx, &question_id, number).await?;
        return Ok(true);
    }
    if let Some(marks) = marks(&mut items) {
        marks.interrupted = true;
    }
    items.extend(note);
    set_items(tx, &question_id, number, Some(&items)).await?;
    let mut standing = items::after(tx, &thread_id, &question_id).await?;
    let selected = selected(tx, &question_id).await?;
    if let Some(item) = mark_number(&mut standing, selected, count(tx, &question_id).await?) {
        items::upsert(tx, &thread_id, item, now).await?;
    }
    Ok(true)
}

/// Selects another version of an answer in the user's thread. Returns the items that now follow the message.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown thread, item or version; [`ChatError::Busy`] while the thread is being
/// answered.
pub(in crate::server::chat) async fn select(
    chat: &Chat,
    user_id: &str,
    thread_id: &str,
    item_id: &str,
    number: u32,
    links: &LinkOrigin,
) -> Result<Page<ThreadItem>> {
    let now = chat.now();
    let number = i32::try_from(number).map_err(|_| ChatError::NotFound("version"))?;
    let mut tx = Tx::begin(chat.db()).await?;
    threads::touch(&mut tx, user_id, thread_id, now).await?;
    let alive = chat.live().of_thread(thread_id).map(|run| run.id.clone());
    let closed = abandoned::close_in_thread(&mut tx, thread_id, alive.as_deref(), now).await?;
    if let Some(run_id) = runs::running_in(&mut tx, thread_id).await? {
        return Err(ChatError::Busy { run_id });
    }
    let (question_id, _) = items::question(&mut tx, thread_id, item_id).await?;
    let wanted: Option<(Option<Json<Vec<ThreadItem>>>,)> = within!(&mut tx, conn => {
        sqlx::query_as(
            r#"
            select "items"
            from "version"
            where "questionId" = $1 and "number" = $2
            "#,
        )
        .bind(&question_id)
        .bind(number)
        .fetch_optional(conn)
        .await
    })?;
    let (wanted,) = wanted.ok_or(ChatError::NotFound("version"))?;
    if let Some(Json(mut wanted)) = wanted {
        stash_version(&mut tx, thread_id, &question_id).await?;
        restore_version(&mut tx, thread_id, &question_id, number, &mut wanted, now).await?;
    }
    let mut following = items::after(&mut tx, thread_id, &question_id).await?;
    tx.commit().await?;
    closed.iter().for_each(|run| chat.announce_end(run));
    following.retain(|item| !item.is_hidden());
    chat.sign(links, user_id, &mut following);
    Ok(paging::cut(following, paging::MAX_ROWS, ThreadItem::id))
}

/// Moves the items after a message into their version.
async fn stash_version(tx: &mut Tx, thread_id: &str, question_id: &str) -> Result<()> {
    let standing = items::after(tx, thread_id, question_id).await?;
    let selected = selected(tx, question_id).await?;
    set_items(tx, question_id, selected, Some(&standing)).await?;
    items::delete_after(tx, thread_id, question_id).await
}

/// Moves a version's items into the thread, after a message that no item follows.
async fn restore_version(
    tx: &mut Tx,
    thread_id: &str,
    question_id: &str,
    number: i32,
    items: &mut [ThreadItem],
    now: Timestamp,
) -> Result<()> {
    mark_number(items, number, count(tx, question_id).await?);
    set_items(tx, question_id, number, None).await?;
    for item in items {
        items::upsert(tx, thread_id, item, now).await?;
    }
    Ok(())
}

/// Writes the version's number and the total on the answer's first message, or on its first visible item. Returns that
/// item.
fn mark_number(items: &mut [ThreadItem], number: i32, n_versions: i32) -> Option<&ThreadItem> {
    let is_message = |item: &ThreadItem| matches!(item, ThreadItem::AssistantMessage(_));
    let has_message = answer(items).any(|item| is_message(item));
    let item = answer(items).find(|item| if has_message { is_message(item) } else { !item.is_hidden() })?;
    item.mark_version(u32::try_from(number).ok()?, u32::try_from(n_versions).ok()?);
    Some(item)
}

/// Returns the items of the answer alone: those before the user's next message.
fn answer(items: &mut [ThreadItem]) -> impl Iterator<Item = &mut ThreadItem> {
    items.iter_mut().take_while(|item| !matches!(item, ThreadItem::UserMessage(_)))
}

/// Returns Colloquy's marks on the answer's first message.
fn marks(items: &mut [ThreadItem]) -> Option<&mut ItemMarks> {
    answer(items).find_map(|item| match item {
        ThreadItem::AssistantMessage(message) => Some(message.colloquy.get_or_insert_default()),
        _ => None,
    })
}
