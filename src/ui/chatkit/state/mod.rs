//! State of a conversation and its reducer over stream events. Pure: no signals, no clock, no browser APIs.

use crate::{
    model::chatkit::{ErrorEvent, ItemUpdate, NoticeLevel, Page, Thread, ThreadItem, ThreadStreamEvent},
    ui::words::client_errors as words,
};

mod created_at;
mod entry_lookup;
mod partial_item;
mod refresh;
mod reused_ids;
mod turn_state;

pub use turn_state::{IncompleteReason, RetryTarget, Turn, TurnEnd, TurnFailure};

use created_at::with_created_at;

/// A conversation: its thread, its entries and the current turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatState {
    /// The thread without its items. `None` before the first message of a new chat.
    pub thread: Option<Thread>,
    /// All loaded entries, oldest first.
    pub entries: Vec<Entry>,
    /// Cursor of the page before the first entry. `None` if all older items are loaded.
    pub older: Option<String>,
    /// The current turn. `None` while no request is open.
    pub turn: Option<Turn>,
    /// Notices and errors received since the last message was sent.
    pub notes: Vec<Note>,
    /// Failure of the last turn, which decides what *Try again* does.
    pub failure: TurnFailure,
    next_key: u64,
}

/// One entry of the transcript.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Key of the entry in lists. It does not change when the server assigns the item's id.
    pub key: u64,
    /// The item. Its id is empty until the server has accepted the message.
    pub item: ThreadItem,
    /// Progress of the item.
    pub phase: Phase,
    /// Replay of the same item from its beginning. Set while it is shorter than the text on screen.
    pub replayed: Option<ThreadItem>,
}

/// Progress of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Sent, but not yet accepted by the server.
    Sending,
    /// Receiving deltas.
    Streaming,
    /// Complete.
    Settled,
    /// Ended before it was complete.
    Interrupted,
    /// Complete, but hidden while another answer replaces it.
    Superseded,
}

/// A notice or an error, shown beside the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Severity.
    pub level: NoticeLevel,
    /// Optional heading.
    pub title: Option<String>,
    /// The text: one sentence.
    pub text: String,
}

/// Parts of the state that an event changed, so that only these are rendered again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// True if entries were added or removed.
    pub list: bool,
    /// True if a field of the thread changed.
    pub thread: bool,
    /// True if the turn or the notes changed.
    pub turn: bool,
    /// Keys of the changed entries.
    pub entries: Vec<u64>,
}

impl Changes {
    /// Adds the changes of `other`.
    pub fn merge(&mut self, other: Self) {
        self.list |= other.list;
        self.thread |= other.thread;
        self.turn |= other.turn;
        for key in other.entries {
            self.add_entry(key);
        }
    }

    fn add_entry(&mut self, key: u64) {
        if !self.entries.contains(&key) {
            self.entries.push(key);
        }
    }
}

impl ChatState {
    /// Creates the state for a thread whose `items` are its newest, oldest first. `None` creates a new chat.
    pub fn open(thread: Option<Thread>) -> Self {
        let mut state = Self::default();
        let Some(mut thread) = thread else { return state };
        let Page { data, has_more, after } = std::mem::take(&mut thread.items);
        state.older = if has_more { after.or_else(|| data.first().map(|item| item.id().to_owned())) } else { None };
        state.entries =
            data.into_iter().filter(|item| !item.is_hidden()).map(|item| settled(&mut state.next_key, item)).collect();
        state.thread = Some(thread);
        state
    }

    /// Inserts older items before the first entry. `page` is newest first, as `items.list` sends it.
    pub fn prepend(&mut self, page: Page<ThreadItem>) {
        let Page { data, has_more, after } = page;
        self.older = if has_more { after.or_else(|| data.last().map(|item| item.id().to_owned())) } else { None };
        let fresh: Vec<ThreadItem> =
            data.into_iter().rev().filter(|item| !item.is_hidden() && self.position(item.id()).is_none()).collect();
        let older: Vec<Entry> = fresh.into_iter().map(|item| settled(&mut self.next_key, item)).collect();
        self.entries.splice(0..0, older);
    }

    /// Applies one event of the stream.
    pub fn apply(&mut self, event: ThreadStreamEvent) -> Changes {
        if let Some(turn) = &mut self.turn {
            turn.output_of = None;
        }
        match event {
            ThreadStreamEvent::ThreadCreated { thread } | ThreadStreamEvent::ThreadUpdated { thread } => {
                self.take_thread(thread)
            }
            ThreadStreamEvent::ItemAdded { item } => {
                let known = self.position(item.id()).filter(|at| !self.is_new_item(*at));
                self.upsert(item, Phase::Streaming, known)
            }
            ThreadStreamEvent::ItemDone { item } | ThreadStreamEvent::ItemReplaced { item } => {
                let known = self.position(item.id());
                self.upsert(item, Phase::Settled, known)
            }
            ThreadStreamEvent::ItemUpdated { item_id, update } => self.update(&item_id, update),
            ThreadStreamEvent::ItemRemoved { item_id } => self.remove(&item_id),
            ThreadStreamEvent::StreamOptions { stream_options } => {
                self.change_turn(|turn| turn.can_stop = stream_options.allow_cancel)
            }
            ThreadStreamEvent::ProgressUpdate { text, .. } => self.change_turn(|turn| turn.progress = Some(text)),
            ThreadStreamEvent::Notice { level, message, title } => self.add_note(Note { level, title, text: message }),
            ThreadStreamEvent::Error(err) => {
                self.change_turn(|turn| turn.has_failed = true);
                self.add_note(Note { level: NoticeLevel::Danger, title: None, text: sentence(err) })
            }
            ThreadStreamEvent::ClientEffect { .. } | ThreadStreamEvent::Unknown => Changes::default(),
        }
    }

    /// Replaces the thread's own fields. Its `items` are empty in every event and are ignored.
    fn take_thread(&mut self, mut thread: Thread) -> Changes {
        thread.items = Page::default();
        self.thread = Some(thread);
        Changes { thread: true, ..Changes::default() }
    }

    /// Replaces the entry at `known`, or appends a new one.
    fn upsert(&mut self, item: ThreadItem, phase: Phase, known: Option<usize>) -> Changes {
        if item.is_hidden() {
            return if known.is_some() { self.remove(item.id()) } else { Changes::default() };
        }
        let mut changes = Changes::default();
        if !matches!(item, ThreadItem::UserMessage(_)) {
            changes.merge(self.change_turn(|turn| turn.is_waiting = false));
        }
        let phase = if item.is_interrupted() { Phase::Interrupted } else { phase };
        match known.or_else(|| self.position_of_sent(&item)) {
            Some(at) => {
                let is_replay = phase == Phase::Streaming && self.turn.as_ref().is_some_and(|turn| turn.is_resumed);
                let entry = &mut self.entries[at];
                if is_replay && entry.item.text().len() > item.text().len() {
                    entry.replayed = Some(item);
                    entry.phase = phase;
                    changes.add_entry(entry.key);
                    return changes;
                }
                entry.replayed = None;
                let first_seen = (entry.phase != Phase::Sending).then(|| entry.item.created_at());
                entry.item = with_created_at(item, first_seen);
                entry.phase = phase;
                changes.add_entry(entry.key);
            }
            None => {
                self.push(item, phase);
                changes.list = true;
            }
        }
        changes
    }

    fn update(&mut self, item_id: &str, update: ItemUpdate) -> Changes {
        let Some(at) = self.position(item_id) else { return Changes::default() };
        let entry = &mut self.entries[at];
        let Some(mut replayed) = entry.replayed.take() else {
            let is_text = matches!(update, ItemUpdate::TextDelta { .. });
            let is_changed = entry.item.apply(update);
            if is_changed && is_text && entry.phase == Phase::Settled && self.turn.is_some() {
                // A snapshot of the answer came first.
                entry.phase = Phase::Streaming;
            }
            return Changes { entries: is_changed.then_some(entry.key).into_iter().collect(), ..Changes::default() };
        };
        if !replayed.apply(update) || replayed.text().len() < entry.item.text().len() {
            entry.replayed = Some(replayed);
            return Changes::default();
        }
        entry.item = replayed;
        Changes { entries: vec![entry.key], ..Changes::default() }
    }

    fn remove(&mut self, item_id: &str) -> Changes {
        let removed = self.position(item_id).map(|at| self.entries.remove(at));
        Changes { list: removed.is_some(), ..Changes::default() }
    }

    fn change_turn(&mut self, change: impl FnOnce(&mut Turn)) -> Changes {
        let Some(turn) = &mut self.turn else { return Changes::default() };
        let before = turn.clone();
        change(turn);
        Changes { turn: *turn != before, ..Changes::default() }
    }

    fn add_note(&mut self, note: Note) -> Changes {
        self.notes.push(note);
        Changes { turn: true, ..Changes::default() }
    }

    fn push(&mut self, item: ThreadItem, phase: Phase) {
        let mut entry = settled(&mut self.next_key, item);
        if entry.phase != Phase::Interrupted {
            entry.phase = phase;
        }
        self.entries.push(entry);
    }

    fn position(&self, item_id: &str) -> Option<usize> {
        self.entries.iter().rposition(|entry| entry.item.id() == item_id && entry.phase != Phase::Sending)
    }

    /// Returns the entry of a message that was shown before the server assigned its id.
    fn position_of_sent(&self, item: &ThreadItem) -> Option<usize> {
        matches!(item, ThreadItem::UserMessage(_))
            .then(|| self.entries.iter().position(|entry| entry.phase == Phase::Sending))
            .flatten()
    }
}

fn settled(next_key: &mut u64, item: ThreadItem) -> Entry {
    let key = *next_key;
    *next_key += 1;
    let phase = if item.is_interrupted() { Phase::Interrupted } else { Phase::Settled };
    Entry { key, item, phase, replayed: None }
}

fn sentence(err: ErrorEvent) -> String {
    let fallback = if err.allow_retry { words::ANSWER_FAILED_RETRY } else { words::ANSWER_FAILED };
    err.message.filter(|text| !text.is_empty()).unwrap_or_else(|| fallback.to_owned())
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod recorded_streams;
#[cfg(test)]
mod tests;
