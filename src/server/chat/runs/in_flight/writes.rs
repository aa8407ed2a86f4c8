//! Writes that precede their events.

use super::{InFlight, Processed};
use crate::{
    model::chatkit::{ThreadItem, ThreadStreamEvent},
    server::{
        chat::{
            chat_state::Chat,
            http::error::Result,
            outage::outlast,
            runs::live::LiveRun,
            store::{
                runs::{self, Progress},
                versions::{self, Stage},
            },
        },
        tx::Tx,
    },
};

/// State of the answer when a relay event arrives.
#[derive(Debug, Default)]
pub(in crate::server::chat) struct Before {
    /// Items with changes that are not persisted.
    pub(in crate::server::chat) unsaved: Vec<ThreadItem>,
    /// Number of events that are emitted together with the relay's.
    pub(in crate::server::chat) n_others: usize,
}

/// Write that precedes the event sent to the client.
#[derive(Debug)]
struct Write {
    /// Earlier changes, whose effect is persisted with this one.
    unsaved: Vec<ThreadItem>,
    change: Change,
    /// Number of the last event whose effect is persisted then, although some are emitted afterwards.
    up_to: usize,
}

#[derive(Debug)]
pub(super) enum Change {
    Put(Box<ThreadItem>),
    Remove(String),
}

impl InFlight {
    /// Persists a change, after an outage of the database if there is one. Returns `emitted` once the transaction is
    /// committed.
    pub(super) async fn write(
        &mut self,
        chat: &Chat,
        run: &LiveRun,
        before: Before,
        change: Change,
        emitted: Option<ThreadStreamEvent>,
    ) -> Result<Processed> {
        match &emitted {
            Some(ThreadStreamEvent::ItemRemoved { item_id }) => _ = self.removed.insert(item_id.clone()),
            Some(ThreadStreamEvent::ItemDone { item } | ThreadStreamEvent::ItemReplaced { item }) => {
                self.removed.remove(item.id());
            }
            _ => {}
        }
        self.n_writes += 1;
        let up_to = run.n_events() + usize::from(emitted.is_some()) + before.n_others;
        let write = Write { unsaved: before.unsaved, change, up_to };
        match outlast(chat.db(), Some(run), || self.write_once(chat, run, &write)).await? {
            true => Ok(Processed::Emit(emitted.into_iter().collect())),
            false => Ok(Processed::Lost),
        }
    }

    /// Makes one attempt. Returns `false` if the run no longer belongs to this task.
    async fn write_once(&self, chat: &Chat, run: &LiveRun, write: &Write) -> Result<bool> {
        let now = chat.now();
        let mut tx = Tx::begin(chat.db()).await?;
        let progress = Progress { item_id: None, open_items: Some(self.open_ids()), up_to: Some(write.up_to) };
        if !runs::renew_lease(&mut tx, &run.id, &progress, now).await? {
            return Ok(false);
        }
        versions::store(&mut tx, run, &write.unsaved, Stage::Growing, now).await?;
        match &write.change {
            Change::Put(item) => {
                versions::store(&mut tx, run, std::slice::from_ref(&**item), Stage::Complete, now).await?;
            }
            Change::Remove(item_id) => versions::discard(&mut tx, run, item_id).await?,
        }
        tx.commit().await?;
        Ok(true)
    }
}
