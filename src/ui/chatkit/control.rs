//! What a page holds of a chat: methods, and state to read.

use leptos::{prelude::*, task::spawn_local};

use super::{
    ChatKitError, EndReason, Handler, ResponseEnd, ThreadId, UseChatKitOptions,
    client::Client,
    drafts,
    line::Line,
    state::{Again, Changes, ChatState, Entry, Note, Turn},
    thread_list::ThreadList,
};
use crate::model::chatkit::Thread;

/// A chat: its methods act, its signals tell.
///
/// It is `Copy` and lives as long as the component that called [`use_chatkit`](super::use_chatkit); what arrives from
/// the server afterwards is dropped. Methods are for handlers and effects in the browser, reading is for everywhere.
#[derive(Clone, Copy)]
pub struct ChatKitControl {
    pub(super) client: StoredValue<Client>,
    pub(super) handlers: StoredValue<Handlers>,
    pub(super) state: StoredValue<ChatState>,
    pub(super) rows: RwSignal<Vec<Row>>,
    pub(super) activity: Trigger,
    pub(super) thread: RwSignal<Option<Thread>>,
    pub(super) thread_id: RwSignal<Option<ThreadId>>,
    pub(super) turn: RwSignal<Option<Turn>>,
    pub(super) notes: RwSignal<Vec<Note>>,
    pub(super) has_older: RwSignal<bool>,
    pub(super) loading: RwSignal<Loading>,
    pub(super) threads: RwSignal<ThreadList>,
    pub(super) threads_error: RwSignal<Option<String>>,
    pub(super) draft: RwSignal<String>,
    pub(super) focus: Trigger,
    /// What can be answered again.
    pub(super) again: RwSignal<Option<Again>>,
    /// Where the answer comes from that streams, or was the last one.
    pub(super) line: StoredValue<Option<Line>>,
    /// A run that began while another answer was read.
    pub(super) missed_run: StoredValue<Option<String>>,
    pub(super) is_colloquy: StoredValue<bool>,
    /// Counts what the feed said.
    pub(super) n_heard: StoredValue<u64>,
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

#[derive(Clone, Debug)]
pub(super) struct Handlers {
    pub(super) on_error: Handler<ChatKitError>,
    pub(super) on_response_end: Handler<ResponseEnd>,
    pub(super) on_thread_change: Handler<Option<ThreadId>>,
}

/// An entry of the transcript: what tells that it changed.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) key: u64,
    pub(super) changed: ArcTrigger,
}

impl ChatKitControl {
    pub(super) fn new(options: UseChatKitOptions) -> Self {
        let UseChatKitOptions { api_url, auth_token, on_error, on_response_end, on_thread_change, .. } = options;
        let state = ChatState::open(options.initial_thread);
        let control = Self {
            client: StoredValue::new(Client::new(&api_url, auth_token)),
            handlers: StoredValue::new(Handlers { on_error, on_response_end, on_thread_change }),
            rows: RwSignal::default(),
            activity: Trigger::new(),
            thread: RwSignal::new(state.thread.clone()),
            thread_id: RwSignal::new(state.thread.as_ref().map(|thread| thread.id.clone())),
            turn: RwSignal::new(None),
            notes: RwSignal::default(),
            has_older: RwSignal::new(state.older.is_some()),
            loading: RwSignal::default(),
            threads: RwSignal::new(options.initial_threads.map(ThreadList::new).unwrap_or_default()),
            threads_error: RwSignal::new(None),
            draft: RwSignal::default(),
            focus: Trigger::new(),
            again: RwSignal::new(state.again()),
            line: StoredValue::new(None),
            missed_run: StoredValue::new(None),
            is_colloquy: StoredValue::new(options.is_colloquy),
            n_heard: StoredValue::new(0),
            showing: StoredValue::new(0),
            state: StoredValue::new(state),
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

    /// What stands in the composer.
    pub fn draft(&self) -> Signal<String> {
        self.draft.into()
    }

    /// Puts text into the composer; it is kept for this thread until it is sent.
    pub fn set_draft(&self, text: impl Into<String>) {
        let text = text.into();
        drafts::save(self.thread_id.get_untracked().as_deref(), &text);
        self.draft.set(text);
    }

    /// Moves the focus to the composer.
    pub fn focus_composer(&self) {
        self.focus.notify();
    }

    /// Shows a new chat.
    pub fn new_thread(&self) {
        self.change(|state| {
            let changes = Changes { turn: !state.notes.is_empty(), ..Changes::default() };
            state.notes.clear();
            changes
        });
        self.set_thread_id(None);
    }

    /// Shows a thread; `None` is a new chat. An answer that streams in another thread goes on
    /// without this page if the server can do that, and is stopped otherwise.
    pub fn set_thread_id(&self, id: Option<ThreadId>) {
        let is_untouched = self.rows.with_untracked(Vec::is_empty) && self.turn.with_untracked(Option::is_none);
        if self.thread_id.get_untracked() == id && (id.is_some() || is_untouched) {
            return;
        }
        self.leave();
        self.show(ChatState::default());
        self.draft.set(drafts::load(id.as_deref()));
        self.thread_id.set(id.clone());
        self.loading.set(if id.is_some() { Loading::Loading } else { Loading::Ready });
        self.handlers.with_value(|it| it.on_thread_change.clone()).run(id.clone());
        if let Some(id) = id {
            spawn_local((*self).load_thread(id, self.showing()));
        }
    }

    /// Asks for the opened thread once more.
    pub fn reload_thread(&self) {
        if let (Some(id), false) = (self.thread_id.get_untracked(), self.turn.get_untracked().is_some()) {
            self.loading.set(Loading::Loading);
            spawn_local((*self).load_thread(id, self.showing()));
        }
    }

    /// Reads an entry and is told when it changes.
    pub(super) fn with_entry<T>(&self, row: &Row, read: impl FnOnce(&Entry) -> T) -> Option<T> {
        row.changed.track();
        self.state.try_with_value(|state| state.entry(row.key).map(read)).flatten()
    }

    /// Whether `number` is still what is shown; `false` too when the page is gone.
    pub(super) fn is_showing(&self, number: u64) -> bool {
        self.showing.try_get_value() == Some(number)
    }

    /// The number of what is shown.
    pub(super) fn showing(&self) -> u64 {
        self.showing.try_get_value().unwrap_or_default()
    }

    /// Reads no further. A run goes on by itself; a message that a Colloquy may not have yet is still sent to it.
    pub(super) fn leave(&self) {
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
    pub(super) fn show(&self, state: ChatState) {
        self.showing.try_update_value(|number| *number += 1);
        self.change(|it| {
            *it = state;
            Changes { list: true, thread: true, turn: true, entries: Vec::new() }
        });
    }

    /// Changes the conversation and tells the view what to render; `None` when the page is gone.
    pub(super) fn change(&self, change: impl FnOnce(&mut ChatState) -> Changes) -> Option<()> {
        let changes = self.state.try_update_value(change)?;
        if changes.list {
            self.publish_rows();
        }
        for row in self.rows.try_get_untracked()? {
            if changes.entries.contains(&row.key) {
                row.changed.notify();
            }
        }
        if changes.thread {
            self.thread.try_set(self.state.try_with_value(|state| state.thread.clone())?);
        }
        let again = self.state.try_with_value(ChatState::again)?;
        if self.again.try_with_untracked(|it| *it != again)? {
            self.again.try_set(again);
        }
        if changes.turn {
            self.turn.try_set(self.state.try_with_value(|state| state.turn.clone())?);
            self.notes.try_set(self.state.try_with_value(|state| state.notes.clone())?);
        }
        self.activity.notify();
        Some(())
    }

    /// Tells the page about a failure.
    pub(super) fn report(&self, err: ChatKitError) {
        if let Some(handlers) = self.handlers.try_get_value() {
            handlers.on_error.run(err);
        }
    }

    pub(super) fn report_end(&self, reason: EndReason) {
        let thread_id = self.thread_id.try_get_untracked().flatten();
        if let Some(handlers) = self.handlers.try_get_value() {
            handlers.on_response_end.run(ResponseEnd { thread_id, reason });
        }
    }

    fn publish_rows(&self) {
        let known = self.rows.try_get_untracked().unwrap_or_default();
        let changed_of = |key: u64| known.iter().find(|row| row.key == key).map(|row| row.changed.clone());
        let rows = self.state.try_with_value(|state| {
            let row = |entry: &Entry| Row { key: entry.key, changed: changed_of(entry.key).unwrap_or_default() };
            state.entries.iter().map(row).collect::<Vec<_>>()
        });
        let has_older = self.state.try_with_value(|state| state.older.is_some());
        self.rows.try_set(rows.unwrap_or_default());
        self.has_older.try_set(has_older.unwrap_or_default());
    }
}
