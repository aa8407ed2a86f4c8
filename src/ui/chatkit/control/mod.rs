//! What a page holds of a chat: methods, and state to read.

mod actions;
mod client_tools;
mod composer_value;
mod composing;
pub(crate) mod drafts;
mod ending;
pub(crate) mod feed;
mod feedback;
mod frame;
mod keeping;
mod line;
mod not_now;
mod options;
mod paging;
mod queue;
mod rows;
mod selecting;
mod sending;
mod threads;
mod turn;
mod unfinished;
mod versions;
mod wait;

pub use composer_value::{ComposerValue, Selection};
pub use ending::Ending;
pub use not_now::NotNow;
pub use sending::UserMessageDraft;

use leptos::{prelude::*, task::spawn_local};

use frame::FrameState;
use line::Line;
use paging::Paging;
pub(crate) use rows::Row;
use rows::Rows;

use super::{
    ChatKitError, EndReason, ResponseEnd, ThreadId, ThreadList, UseChatKitOptions,
    client::Client,
    composer::ComposerState,
    state::{Again, Changes, ChatState, Entry, Note, Trouble, Turn},
};
use crate::model::chatkit::{Thread, ThreadItem};

/// A chat: its methods act, its signals tell.
///
/// It is `Copy` and lives as long as the component that called [`use_chatkit`](super::use_chatkit); what arrives from
/// the server afterwards is dropped. Methods are for handlers and effects in the browser, reading is for everywhere.
#[derive(Clone, Copy)]
pub struct ChatKitControl {
    pub(crate) client: StoredValue<Client>,
    /// What was told; what is shown at first aside.
    pub(crate) options: RwSignal<UseChatKitOptions>,
    /// Whether the chat lives in a browser.
    pub(crate) is_ready: StoredValue<bool>,
    pub(crate) state: StoredValue<ChatState>,
    pub(crate) rows: Rows,
    pub(crate) activity: Trigger,
    pub(crate) thread: RwSignal<Option<Thread>>,
    pub(crate) thread_id: RwSignal<Option<ThreadId>>,
    pub(crate) turn: RwSignal<Option<Turn>>,
    pub(crate) notes: RwSignal<Vec<Note>>,
    pub(crate) paging: Paging,
    pub(crate) loading: RwSignal<Loading>,
    pub(crate) threads: RwSignal<ThreadList>,
    pub(crate) threads_error: RwSignal<Option<String>>,
    pub(crate) composer: ComposerState,
    pub(crate) frame: FrameState,
    /// What can be answered again.
    pub(crate) again: RwSignal<Option<Again>>,
    /// What went wrong in the last turn.
    pub(crate) trouble: RwSignal<Trouble>,
    /// The key of the last message; its row is told.
    pub(crate) last_message: StoredValue<Option<u64>>,
    /// Where the answer comes from that streams, or was the last one.
    pub(crate) line: StoredValue<Option<Line>>,
    /// A run that began while another answer was read.
    pub(crate) missed_run: StoredValue<Option<String>>,
    pub(crate) is_colloquy: StoredValue<bool>,
    /// Counts what the feed said.
    pub(crate) n_heard: StoredValue<u64>,
    /// Counts what is shown: events of an older number are of no interest any more.
    showing: StoredValue<u64>,
}

/// Where the opened thread is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Loading {
    /// It is here, or there is none.
    #[default]
    Ready,
    /// On its way.
    Loading,
    /// It does not exist, or belongs to somebody else.
    NotFound,
    /// It could not be had; the sentence says why.
    Failed(String),
}

impl ChatKitControl {
    pub(crate) fn new(mut options: UseChatKitOptions) -> Self {
        let state = ChatState::open(options.initial_thread.take());
        let threads = options.initial_threads.take();
        let shown_id = state.thread.as_ref().map(|thread| thread.id.clone());
        // A thread that has yet to be asked for is no new chat.
        let wanted_id = shown_id.is_none().then(|| options.initial_thread_id.clone()).flatten();
        let loading = if wanted_id.is_some() { Loading::Loading } else { Loading::Ready };
        let control = Self {
            client: StoredValue::new(Client::new(&options)),
            is_ready: StoredValue::new(false),
            composer: ComposerState::new(),
            frame: FrameState::new(),
            rows: Rows::new(),
            activity: Trigger::new(),
            thread: RwSignal::new(state.thread.clone()),
            thread_id: RwSignal::new(shown_id.or(wanted_id)),
            turn: RwSignal::new(None),
            notes: RwSignal::default(),
            paging: Paging::new(state.older.is_some()),
            loading: RwSignal::new(loading),
            threads: RwSignal::new(threads.map(ThreadList::new).unwrap_or_default()),
            threads_error: RwSignal::new(None),
            again: RwSignal::new(state.again()),
            trouble: RwSignal::default(),
            last_message: StoredValue::new(state.last_message()),
            line: StoredValue::new(None),
            missed_run: StoredValue::new(None),
            is_colloquy: StoredValue::new(options.is_colloquy),
            n_heard: StoredValue::new(0),
            showing: StoredValue::new(0),
            state: StoredValue::new(state),
            options: RwSignal::new(options),
        };
        control.publish_rows();
        control
    }

    /// The id of the thread that is shown; `None` is a new chat.
    pub fn thread_id(&self) -> Signal<Option<ThreadId>> {
        self.thread_id.into()
    }

    /// The thread that is shown, without its items.
    pub fn thread(&self) -> Signal<Option<Thread>> {
        self.thread.into()
    }

    /// The threads of the history, newest first.
    pub fn threads(&self) -> Signal<ThreadList> {
        self.threads.into()
    }

    /// Where the opened thread is.
    pub fn loading(&self) -> Signal<Loading> {
        self.loading.into()
    }

    /// Whether an answer is under way.
    pub fn is_answering(&self) -> Signal<bool> {
        let turn = self.turn;
        Signal::derive(move || turn.with(Option::is_some))
    }

    /// What the transcript shows, oldest first; changes with every piece of an answer.
    pub fn items(&self) -> Signal<Vec<ThreadItem>> {
        let control = *self;
        Signal::derive(move || {
            control.activity.track();
            let items = |state: &ChatState| state.entries.iter().map(|entry| entry.item.clone()).collect();
            control.state.try_with_value(items).unwrap_or_default()
        })
    }

    /// What was said beside the conversation since the last message was sent: notices and errors.
    pub fn notes(&self) -> Signal<Vec<Note>> {
        self.notes.into()
    }

    /// The turn that is under way: whether it can be stopped, and what the assistant is doing.
    pub fn turn(&self) -> Signal<Option<Turn>> {
        self.turn.into()
    }

    /// Shows a new chat.
    pub fn new_thread(&self) {
        self.change(|state| {
            let changes = Changes { turn: !state.notes.is_empty(), ..Changes::default() };
            state.clear_notes();
            changes
        });
        self.set_thread_id(None);
    }

    /// Shows a thread; `None` is a new chat. An answer that streams in another thread goes on
    /// without this page if the server can do that, and is stopped otherwise.
    pub fn set_thread_id(&self, id: Option<ThreadId>) {
        let is_untouched = untrack(|| self.rows.is_empty()) && self.turn.with_untracked(Option::is_none);
        if self.thread_id.get_untracked() == id && (id.is_some() || is_untouched) {
            return;
        }
        self.leave();
        self.show(ChatState::default());
        self.composer.uploads.switch(self.thread_id.get_untracked(), id.as_ref());
        self.thread_id.set(id.clone());
        self.load_draft();
        self.loading.set(if id.is_some() { Loading::Loading } else { Loading::Ready });
        self.handler(|it| it.on_thread_change.clone()).run(id.clone());
        match id {
            Some(id) => spawn_local((*self).load_thread(id, self.showing())),
            None => self.settle_queue(),
        }
    }

    /// Asks for the opened thread once more.
    pub fn reload_thread(&self) {
        if let (Some(id), false) = (self.thread_id.get_untracked(), self.turn.get_untracked().is_some()) {
            self.loading.set(Loading::Loading);
            spawn_local((*self).load_thread(id, self.showing()));
        }
    }

    /// Whether nothing was said yet, and nothing is on its way.
    pub(crate) fn is_new(&self) -> bool {
        self.rows.is_empty() && self.thread_id.with(Option::is_none) && self.turn.with(Option::is_none)
    }

    /// Makes the id of an element, which no other chat of the page has.
    pub(crate) fn element_id(&self, name: impl std::fmt::Display) -> String {
        let id = self.handler(|it| it.id.clone());
        format!("{}-{name}", if id.is_empty() { "chat" } else { &id })
    }

    /// Reads an entry and is told when it changes.
    pub(crate) fn with_entry<T>(&self, row: &Row, read: impl FnOnce(&Entry) -> T) -> Option<T> {
        row.changed.track();
        self.state.try_with_value(|state| state.entry(row.key).map(read)).flatten()
    }

    /// Whether `number` is still what is shown; `false` too when the page is gone.
    pub(crate) fn is_showing(&self, number: u64) -> bool {
        self.showing.try_get_value() == Some(number)
    }

    /// The number of what is shown.
    pub(crate) fn showing(&self) -> u64 {
        self.showing.try_get_value().unwrap_or_default()
    }

    /// Reads no further. A run goes on by itself; a message that a Colloquy may not have yet is still sent to it.
    pub(crate) fn leave(&self) {
        self.missed_run.try_set_value(None);
        let Some(line) = self.line.try_update_value(Option::take).flatten() else { return };
        line.set_left();
        let goes_on = line.run_id().is_some();
        if goes_on || !self.is_colloquy.try_get_value().unwrap_or_default() {
            line.break_off();
            if !goes_on && self.turn.try_get_untracked().flatten().is_some() {
                self.report_end(EndReason::Stopped);
            }
        }
    }

    /// Shows another conversation. What still arrives for the old one is dropped.
    pub(crate) fn show(&self, state: ChatState) {
        self.showing.try_update_value(|number| *number += 1);
        self.paging.reset();
        self.change(|it| {
            *it = state;
            Changes { list: true, thread: true, turn: true, entries: Vec::new() }
        });
    }

    /// Changes the conversation and tells the view what to render; `None` when the page is gone.
    pub(crate) fn change(&self, change: impl FnOnce(&mut ChatState) -> Changes) -> Option<()> {
        let changes = self.state.try_update_value(change)?;
        if changes.list {
            self.publish_rows();
        }
        changes.entries.iter().for_each(|key| self.rows.notify(*key));
        if changes.thread {
            self.thread.try_set(self.state.try_with_value(|state| state.thread.clone())?);
        }
        self.publish_again()?;
        if changes.turn {
            self.turn.try_set(self.state.try_with_value(|state| state.turn.clone())?);
            self.trouble.try_set(self.state.try_with_value(|state| state.trouble)?);
            self.notes.try_set(self.state.try_with_value(|state| state.notes.clone())?);
        }
        self.activity.notify();
        Some(())
    }

    /// Tells the page about a failure.
    pub(crate) fn report(&self, err: ChatKitError) {
        self.handler(|it| it.on_error.clone()).run(err);
    }

    /// Tells the page and the user about the failure of something that has no place of its own to say it.
    pub(crate) fn say_failed(&self, err: ChatKitError) {
        self.frame.toasts.say(err.to_string());
        self.report(err);
    }

    pub(crate) fn report_end(&self, reason: EndReason) {
        let thread_id = self.thread_id.try_get_untracked().flatten();
        self.handler(|it| it.on_response_end.clone()).run(ResponseEnd { thread_id, reason });
    }

    fn publish_rows(&self) {
        let read =
            |state: &ChatState| (state.entries.iter().map(|it| it.key).collect::<Vec<_>>(), state.older.is_some());
        let (keys, has_older) = self.state.try_with_value(read).unwrap_or_default();
        self.rows.publish(&keys);
        self.paging.has_older.try_set(has_older);
    }

    /// Says what can be answered again: to the rows that offer it, not to all of them.
    fn publish_again(&self) -> Option<()> {
        let again = self.state.try_with_value(ChatState::again)?;
        let before = self.again.try_get_untracked()?;
        if before != again {
            let keys = [&before, &again].map(|it| it.as_ref().map(|it| it.last_key));
            self.again.try_set(again);
            keys.into_iter().flatten().for_each(|key| self.rows.notify(key));
        }
        let last = self.state.try_with_value(ChatState::last_message)?;
        let before = self.last_message.try_get_value()?;
        if before != last {
            self.last_message.try_set_value(last);
            [before, last].into_iter().flatten().for_each(|key| self.rows.notify(key));
        }
        Some(())
    }
}
