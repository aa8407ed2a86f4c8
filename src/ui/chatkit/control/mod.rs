//! [`ChatKitControl`]: the methods and signals of a chat for its page.

mod actions;
mod backoff;
mod client_tools;
mod composer_value;
mod composing;
mod connection;
mod draft_sync;
pub(crate) mod drafts;
pub(crate) mod feed;
mod feedback;
mod frame_state;
mod message_queue;
mod not_now;
mod page_event;
mod paging;
mod partial_answers;
mod publishing;
mod sending;
mod set_options;
mod threads;
mod tool_selection;
mod transcript_rows;
mod turn;
mod turn_ending;
mod versions;

pub use composer_value::{ComposerValue, Selection};
pub use not_now::NotNow;
pub use sending::UserMessageDraft;
pub use turn_ending::Ending;

use leptos::{prelude::*, task::spawn_local};

use connection::Connection;
use frame_state::FrameState;
use paging::Paging;
pub(crate) use transcript_rows::Row;
use transcript_rows::Rows;

use super::{
    ChatKitError, EndReason, ResponseEnd, ThreadId, ThreadList, UseChatKitOptions,
    client::Client,
    composer::ComposerState,
    state::{Changes, ChatState, Entry, Note, RetryTarget, Turn, TurnFailure},
};
use crate::model::chatkit::{Thread, ThreadItem};

/// Controls a chat: methods change it, signals report its state.
///
/// The control is `Copy` and lives as long as the component that called [`use_chatkit`](super::use_chatkit). Later
/// responses of the server are dropped. Call methods in handlers and effects of the browser only. Signals can be read
/// on both sides.
#[derive(Clone, Copy)]
pub struct ChatKitControl {
    pub(crate) client: StoredValue<Client>,
    /// The options, without the initial thread and threads.
    pub(crate) options: RwSignal<UseChatKitOptions>,
    /// True in the browser, after hydration.
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
    /// The message that can be answered again.
    pub(crate) again: RwSignal<Option<RetryTarget>>,
    /// Failure of the last turn.
    pub(crate) failure: RwSignal<TurnFailure>,
    /// Key of the last message. Its row is notified when this changes.
    pub(crate) last_message: StoredValue<Option<u64>>,
    /// Connection of the current or last answer.
    pub(crate) line: StoredValue<Option<Connection>>,
    /// Id of a run that began while another answer was being read.
    pub(crate) missed_run: StoredValue<Option<String>>,
    pub(crate) is_colloquy: StoredValue<bool>,
    /// Number of feed events received.
    pub(crate) n_feed_events: StoredValue<u64>,
    /// Number of changes of the transcript. What was read before the last one must not replace it.
    pub(crate) n_changes: StoredValue<u64>,
    /// Number of readings of the current thread so far.
    pub(crate) n_readings: StoredValue<u64>,
    /// Number of the reading that is shown.
    pub(crate) shown_reading: StoredValue<u64>,
    /// Number of the current view. Events for an older number are dropped.
    showing: StoredValue<u64>,
}

/// Loading state of the opened thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Loading {
    /// Loaded, or a new chat.
    #[default]
    Ready,
    /// Request sent.
    Loading,
    /// The thread does not exist or belongs to another user.
    NotFound,
    /// The request failed. The sentence gives the reason.
    Failed(String),
}

impl ChatKitControl {
    pub(crate) fn new(mut options: UseChatKitOptions) -> Self {
        let state = ChatState::open(options.initial_thread.take());
        let threads = options.initial_threads.take();
        let shown_id = state.thread.as_ref().map(|thread| thread.id.clone());
        // A thread that is not loaded yet is not a new chat.
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
            failure: RwSignal::default(),
            last_message: StoredValue::new(state.last_message()),
            line: StoredValue::new(None),
            missed_run: StoredValue::new(None),
            is_colloquy: StoredValue::new(options.is_colloquy),
            n_feed_events: StoredValue::new(0),
            n_changes: StoredValue::new(0),
            n_readings: StoredValue::new(0),
            shown_reading: StoredValue::new(0),
            showing: StoredValue::new(0),
            state: StoredValue::new(state),
            options: RwSignal::new(options),
        };
        control.publish_rows();
        control
    }

    /// Returns the id of the current thread. `None` for a new chat.
    pub fn thread_id(&self) -> Signal<Option<ThreadId>> {
        self.thread_id.into()
    }

    /// Returns the current thread without its items.
    pub fn thread(&self) -> Signal<Option<Thread>> {
        self.thread.into()
    }

    /// Returns the threads of the history, newest first.
    pub fn threads(&self) -> Signal<ThreadList> {
        self.threads.into()
    }

    /// Returns the loading state of the opened thread.
    pub fn loading(&self) -> Signal<Loading> {
        self.loading.into()
    }

    /// True while a turn runs.
    pub fn is_answering(&self) -> Signal<bool> {
        let turn = self.turn;
        Signal::derive(move || turn.with(Option::is_some))
    }

    /// Returns all items of the transcript, oldest first. Changes with every delta of an answer.
    pub fn items(&self) -> Signal<Vec<ThreadItem>> {
        let control = *self;
        Signal::derive(move || {
            control.activity.track();
            let items = |state: &ChatState| state.entries.iter().map(|entry| entry.item.clone()).collect();
            control.state.try_with_value(items).unwrap_or_default()
        })
    }

    /// Returns the notices and errors received since the last message was sent.
    pub fn notes(&self) -> Signal<Vec<Note>> {
        self.notes.into()
    }

    /// Returns the current turn, with its progress text and whether it can be stopped.
    pub fn turn(&self) -> Signal<Option<Turn>> {
        self.turn.into()
    }

    /// Opens a new chat.
    pub fn new_thread(&self) {
        self.change(|state| {
            let changes = Changes { turn: !state.notes.is_empty(), ..Changes::default() };
            state.clear_notes();
            changes
        });
        self.set_thread_id(None);
    }

    /// Opens a thread, or a new chat if `None`.
    ///
    /// An answer in the previous thread continues if the server can run it without this page, and is stopped
    /// otherwise.
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

    /// Reloads the opened thread.
    pub fn reload_thread(&self) {
        if let (Some(id), false) = (self.thread_id.get_untracked(), self.turn.get_untracked().is_some()) {
            self.loading.set(Loading::Loading);
            spawn_local((*self).load_thread(id, self.showing()));
        }
    }

    /// True if the chat is new and nothing has been sent.
    pub(crate) fn is_new(&self) -> bool {
        self.rows.is_empty() && self.thread_id.with(Option::is_none) && self.turn.with(Option::is_none)
    }

    /// Returns an element id that is unique among the chats of the page.
    pub(crate) fn element_id(&self, name: impl std::fmt::Display) -> String {
        let id = self.handler(|it| it.id.clone());
        format!("{}-{name}", if id.is_empty() { "chat" } else { &id })
    }

    /// Reads an entry and subscribes to its changes.
    pub(crate) fn with_entry<T>(&self, row: &Row, read: impl FnOnce(&Entry) -> T) -> Option<T> {
        row.changed.track();
        self.state.try_with_value(|state| state.entry(row.key).map(read)).flatten()
    }

    /// True if the view `number` is still current. False if the page is closed.
    pub(crate) fn is_showing(&self, number: u64) -> bool {
        self.showing.try_get_value() == Some(number)
    }

    /// Returns the number of the current view.
    pub(crate) fn showing(&self) -> u64 {
        self.showing.try_get_value().unwrap_or_default()
    }

    /// Stops reading. A run continues without the page. A message that a Colloquy may not have received is still
    /// sent.
    pub(crate) fn leave(&self) {
        self.missed_run.try_set_value(None);
        let Some(line) = self.line.try_update_value(Option::take).flatten() else { return };
        line.abandon();
        let goes_on = line.run_id().is_some();
        if goes_on || !self.is_colloquy.try_get_value().unwrap_or_default() {
            line.abort_request();
            if !goes_on && self.turn.try_get_untracked().flatten().is_some() {
                self.report_end(EndReason::Stopped);
            }
        }
    }

    /// Reports a failure to the page.
    pub(crate) fn report(&self, err: ChatKitError) {
        self.handler(|it| it.on_error.clone()).run(err);
    }

    /// Reports a failure to the page, and to the user by a toast, for operations without a place for errors of their
    /// own.
    pub(crate) fn show_failure(&self, err: ChatKitError) {
        self.frame.toasts.say(err.to_string());
        self.report(err);
    }

    pub(crate) fn report_end(&self, reason: EndReason) {
        let thread_id = self.thread_id.try_get_untracked().flatten();
        self.handler(|it| it.on_response_end.clone()).run(ResponseEnd { thread_id, reason });
    }
}
