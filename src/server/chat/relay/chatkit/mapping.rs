//! Maps the upstream's threads and items to local ones, for clients and the database.
//!
//! Upstream ids may be predictable, so each item receives a local id. The mapping is persisted before an event is
//! emitted. Ids in events are looked up only within their own thread.

use std::collections::{HashMap, HashSet};

use super::{Failure, upstream_ids};
use crate::{
    model::{
        Timestamp,
        chatkit::{ErrorEvent, Thread, ThreadItem, ThreadStreamEvent, UserMessage},
    },
    server::{
        Clock, Db,
        chat::{
            http::error::{self, ChatError},
            outage::outlast,
            relay::{RelayEvent, ThreadChange},
            store::items,
            turns::prompt::ThreadRef,
        },
        ids,
    },
};

/// Maximum length of an upstream id, in bytes.
const MAX_ID_BYTES: usize = 500;
/// Maximum number of items per answer.
const MAX_ITEMS: usize = 10_000;
/// Maximum length of a title, in characters.
const MAX_TITLE_CHARS: usize = 200;
/// Maximum size of a thread's metadata and allowed hosts, in bytes.
const MAX_METADATA_BYTES: usize = 16 * 1024;

/// Mapping of one answer's events.
pub(super) struct UpstreamMapping {
    db: Db,
    clock: Clock,
    thread_ref: ThreadRef,
    /// Id of the upstream's thread, once known.
    thread_id: Option<String>,
    /// Last title reported by the upstream.
    title: Option<String>,
    /// Id of the local message, until the upstream has announced its copy.
    question_id: Option<String>,
    /// Items announced in this answer, by their upstream ids.
    known: HashMap<String, KnownItem>,
    /// Upstream ids of assistant messages that have begun and are not complete.
    open_messages: HashSet<String>,
    /// An `error` event, held until a later event shows that the answer continues.
    held: Option<ErrorEvent>,
}

#[derive(Clone)]
struct KnownItem {
    item_id: String,
    created_at: Timestamp,
    /// True if the item has begun and is not complete.
    is_open: bool,
}

/// Effect of an event on its item.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Begins,
    Completes,
}

impl UpstreamMapping {
    /// Creates the mapping from the upstream's thread, if any, and the message whose copy the upstream will announce.
    pub(super) fn new(
        db: Db,
        clock: Clock,
        thread_ref: ThreadRef,
        thread: Option<upstream_ids::ThreadRow>,
        question_id: Option<String>,
    ) -> Self {
        let (thread_id, title) = thread.map_or((None, None), |row| (Some(row.upstream_id), row.title));
        Self {
            db,
            clock,
            thread_ref,
            thread_id,
            title,
            question_id,
            known: HashMap::new(),
            open_messages: HashSet::new(),
            held: None,
        }
    }

    /// Returns the id of the upstream's thread, once known.
    pub(super) fn thread_id(&self) -> Option<&str> {
        self.thread_id.as_deref()
    }

    /// Returns the `error` event that ended the answer; only changes of the thread followed it.
    pub(super) fn final_error(&mut self) -> Option<ErrorEvent> {
        self.held.take()
    }

    /// True if a message is incomplete. An answer that ends then was cut off.
    pub(super) fn has_open_message(&self) -> bool {
        !self.open_messages.is_empty()
    }

    /// Maps one event to relay events.
    pub(super) async fn take(&mut self, event: ThreadStreamEvent) -> Result<Vec<RelayEvent>, Failure> {
        let event = match event {
            ThreadStreamEvent::ThreadCreated { thread } => return self.open(thread).await,
            ThreadStreamEvent::ThreadUpdated { thread } if self.thread_id.as_ref() == Some(&thread.id) => {
                return Ok(vec![self.change(thread).await?]);
            }
            ThreadStreamEvent::ThreadUpdated { .. } | ThreadStreamEvent::Unknown => return Ok(Vec::new()),
            ThreadStreamEvent::StreamOptions { stream_options } => {
                return Ok(vec![RelayEvent::Options(stream_options)]);
            }
            ThreadStreamEvent::Error(error) => {
                let before = self.held.replace(error);
                return Ok(before.map(|error| relay_event(ThreadStreamEvent::Error(error))).into_iter().collect());
            }
            ThreadStreamEvent::ItemAdded { item } => {
                self.map_item(item, Step::Begins).await?.map(|item| ThreadStreamEvent::ItemAdded { item })
            }
            ThreadStreamEvent::ItemDone { item } => {
                self.map_item(item, Step::Completes).await?.map(|item| ThreadStreamEvent::ItemDone { item })
            }
            ThreadStreamEvent::ItemReplaced { item } => {
                self.map_item(item, Step::Completes).await?.map(|item| ThreadStreamEvent::ItemReplaced { item })
            }
            ThreadStreamEvent::ItemUpdated { item_id, update } => {
                let known = self.find(&item_id).await?;
                known.map(|known| ThreadStreamEvent::ItemUpdated { item_id: known.item_id, update })
            }
            ThreadStreamEvent::ItemRemoved { item_id } => {
                let known = self.find(&item_id).await?;
                self.known.remove(&item_id);
                self.open_messages.remove(&item_id);
                known.map(|known| ThreadStreamEvent::ItemRemoved { item_id: known.item_id })
            }
            said @ (ThreadStreamEvent::ProgressUpdate { .. }
            | ThreadStreamEvent::ClientEffect { .. }
            | ThreadStreamEvent::Notice { .. }) => Some(said),
        };
        let Some(event) = event else { return Ok(Vec::new()) };
        let before = self.held.take().map(ThreadStreamEvent::Error);
        Ok(before.into_iter().chain([event]).map(relay_event).collect())
    }

    /// Maps an item received outside a stream.
    pub(super) async fn item(&mut self, item: ThreadItem) -> Result<Option<ThreadItem>, Failure> {
        self.map_item(item, Step::Completes).await
    }

    /// Records the thread that the upstream created.
    async fn open(&mut self, thread: Thread) -> Result<Vec<RelayEvent>, Failure> {
        if self.thread_id.is_some() {
            return Ok(Vec::new());
        }
        check_id(&thread.id)?;
        let now = self.clock.now();
        stored(&self.db, || upstream_ids::put_thread(&self.db, &self.thread_ref, &thread.id, now)).await?;
        self.thread_id = Some(thread.id.clone());
        // Emitted even without other changes, since clients read the upstream's id in `metadata.colloquy.upstream`.
        Ok(vec![self.change(thread).await?])
    }

    /// Maps a change of the thread. The upstream's own `colloquy` metadata is removed.
    async fn change(&mut self, thread: Thread) -> Result<RelayEvent, Failure> {
        let Thread { title, status, allowed_image_domains, mut metadata, .. } = thread;
        metadata.remove("colloquy");
        let mut change = ThreadChange { title: None, status, allowed_image_domains, metadata };
        let n_bytes = serde_json::to_vec(&(&change.metadata, &change.allowed_image_domains)).map_or(0, |it| it.len());
        if n_bytes > MAX_METADATA_BYTES {
            tracing::warn!(n_bytes, "dropping metadata of the upstream ChatKit server's thread: too large");
            change.metadata.clear();
            change.allowed_image_domains = None;
        }
        let title = title.map(|title| title.trim().chars().take(MAX_TITLE_CHARS).collect::<String>());
        if let Some(title) = title.filter(|title| !title.is_empty() && self.title.as_ref() != Some(title)) {
            stored(&self.db, || upstream_ids::set_title(&self.db, &self.thread_ref, &title)).await?;
            self.title = Some(title.clone());
            change.title = Some(title);
        }
        Ok(RelayEvent::Thread(Box::new(change)))
    }

    /// Sets an item's local id and creation time. Returns `None` for the copy of the local message.
    async fn map_item(&mut self, mut item: ThreadItem, step: Step) -> Result<Option<ThreadItem>, Failure> {
        if self.thread_id.is_none() {
            tracing::warn!("the upstream ChatKit server sent an item before its thread");
            return Err(Failure::Malformed);
        }
        check_id(item.id())?;
        let upstream_id = item.id().to_owned();
        if matches!(item, ThreadItem::UserMessage(_))
            && let Some(question_id) = self.question_id.take()
        {
            self.note(&upstream_id, question_id, step).await?;
            return Ok(None);
        }
        let known = match self.find(&upstream_id).await? {
            // Another item begins: some servers reuse one id for every message.
            Some(known) if step == Step::Begins && !known.is_open => None,
            known => known,
        };
        let known = match known {
            Some(known) => known,
            None => self.note(&upstream_id, ids::chat_id(prefix(&item)), step).await?,
        };
        if step == Step::Completes
            && let Some(known) = self.known.get_mut(&upstream_id)
        {
            known.is_open = false;
        }
        match (&item, step) {
            (ThreadItem::AssistantMessage(_), Step::Begins) => _ = self.open_messages.insert(upstream_id),
            _ => _ = self.open_messages.remove(&upstream_id),
        }
        item.set_id(&known.item_id);
        item.set_created_at(known.created_at);
        match &mut item {
            ThreadItem::UserMessage(message) => self.keep_attachments(message).await?,
            ThreadItem::AssistantMessage(message) => message.colloquy = None,
            _ => {}
        }
        Ok(Some(item))
    }

    /// Keeps a user message's local attachments, because the upstream's links do not work here.
    async fn keep_attachments(&self, message: &mut UserMessage) -> Result<(), Failure> {
        let ThreadRef { user_id, thread_id } = &self.thread_ref;
        let ours_too = stored(&self.db, || items::find(&self.db, user_id, thread_id, &message.id)).await?;
        message.attachments = match ours_too {
            Some(ThreadItem::UserMessage(ours)) => ours.attachments,
            _ => Vec::new(),
        };
        Ok(())
    }

    async fn find(&mut self, upstream_id: &str) -> Result<Option<KnownItem>, Failure> {
        if let Some(known) = self.known.get(upstream_id) {
            return Ok(Some(known.clone()));
        }
        let row = stored(&self.db, || upstream_ids::item(&self.db, &self.thread_ref, upstream_id)).await?;
        let known = row.map(|row| KnownItem { item_id: row.item_id, created_at: row.created_at, is_open: false });
        if let Some(known) = &known {
            self.remember(upstream_id, known.clone())?;
        }
        Ok(known)
    }

    /// Persists the mapping of an item.
    async fn note(&mut self, upstream_id: &str, item_id: String, step: Step) -> Result<KnownItem, Failure> {
        let created_at = self.clock.now();
        stored(&self.db, || upstream_ids::put_item(&self.db, &self.thread_ref, &item_id, upstream_id, created_at))
            .await?;
        let known = KnownItem { item_id, created_at, is_open: step == Step::Begins };
        self.remember(upstream_id, known.clone())?;
        Ok(known)
    }

    fn remember(&mut self, upstream_id: &str, known: KnownItem) -> Result<(), Failure> {
        self.known.insert(upstream_id.to_owned(), known);
        if self.known.len() > MAX_ITEMS { Err(Failure::TooLarge) } else { Ok(()) }
    }
}

fn relay_event(event: ThreadStreamEvent) -> RelayEvent {
    RelayEvent::Event(Box::new(event))
}

/// Runs an operation on the database, after an outage if there is one. The end of the run drops it.
pub(super) async fn stored<T, Fut>(db: &Db, operation: impl FnMut() -> Fut) -> Result<T, Failure>
where
    Fut: Future<Output = error::Result<T>>,
{
    outlast(db, None, operation).await.map_err(internal)
}

/// Logs an internal error.
pub(super) fn internal(err: ChatError) -> Failure {
    tracing::error!(error = %err, "storing or looking up upstream data failed");
    Failure::Internal
}

fn check_id(id: &str) -> Result<(), Failure> {
    if (1..=MAX_ID_BYTES).contains(&id.len()) {
        return Ok(());
    }
    tracing::warn!(n_bytes = id.len(), "an id of the upstream ChatKit server is empty or too long");
    Err(Failure::Malformed)
}

/// Returns the id prefix for the item's kind, as in the Python SDK.
fn prefix(item: &ThreadItem) -> &'static str {
    match item {
        ThreadItem::ClientToolCall(_) => "tc",
        ThreadItem::Workflow(_) => "wf",
        ThreadItem::Task(_) => "tsk",
        ThreadItem::StructuredInput(_) => "si",
        ThreadItem::EndOfTurn(_) => "eot",
        ThreadItem::HiddenContextItem(_) | ThreadItem::SdkHiddenContext(_) => "shcx",
        _ => "msg",
    }
}
