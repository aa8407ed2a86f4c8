//! The feed of changes by other tabs, and the browser's network state.

use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    ChatKitControl, Loading,
    backoff::{self, BackOff},
    connection::Connection,
};
use crate::{
    model::chatkit::{FeedEvent, NoticeLevel, Thread, ThreadStreamEvent},
    ui::{
        chatkit::{
            ChatKitError,
            state::{Changes, Note},
        },
        words::client_errors as words,
    },
};

/// Maximum number of reloads of the history while it keeps changing.
const REREADINGS: usize = 5;

/// Listens to the server's feed while the component exists and the page is visible.
///
/// Browsers limit connections per server, so background tabs must not hold one. A page that becomes visible again
/// reloads.
pub(crate) fn listen(control: ChatKitControl) {
    let line = Connection::new();
    let (hidden, offline) = (line.clone(), line.clone());
    let on_change = window_event_listener(ev::visibilitychange, move |_| {
        if document().hidden() {
            hidden.abort_request();
        }
    });
    let on_offline = window_event_listener(ev::offline, move |_| offline.abort_request());
    on_cleanup({
        let line = line.clone();
        move || {
            on_change.remove();
            on_offline.remove();
            line.abandon();
            line.abort_request();
        }
    });
    spawn_local(control.keep_listening(line));
}

/// Closes connections when the browser reports to be offline. A broken connection would otherwise stay silent for
/// long.
pub(crate) fn watch_network(control: ChatKitControl) {
    let on_offline = window_event_listener(ev::offline, move |_| {
        if let Some(line) = control.line.get_value().filter(|line| line.run_id().is_some()) {
            line.abort_request();
        }
    });
    on_cleanup(move || on_offline.remove());
}

impl ChatKitControl {
    async fn keep_listening(self, line: Connection) {
        let mut back_off = BackOff::default();
        loop {
            backoff::until_visible().await;
            if line.is_abandoned() {
                return;
            }
            let end = self.read_feed(&line, &mut back_off).await;
            if line.is_abandoned() {
                return;
            }
            match end {
                Err(err @ ChatKitError::Unauthorized) => return self.report(err),
                // The server is not a Colloquy.
                Err(ChatKitError::Refused { status: 400..=428, .. }) => {
                    self.is_colloquy.try_set_value(false);
                    return;
                }
                _ if document().hidden() => {}
                _ => back_off.wait().await,
            }
        }
    }

    async fn read_feed(self, line: &Connection, back_off: &mut BackOff) -> Result<(), ChatKitError> {
        let client = self.client.try_get_value().ok_or(ChatKitError::ConnectionLost)?;
        let controller = line.controller().ok_or(ChatKitError::Unreachable)?;
        let mut feed = client.feed(&controller).await?;
        while let Some(events) = feed.next().await? {
            back_off.reset();
            for event in events {
                if let FeedEvent::Error(err) = &event
                    && err.code == "unauthorized"
                {
                    return Err(ChatKitError::Unauthorized);
                }
                // The page may be closed.
                if self.thread_id.try_get_untracked().is_some() {
                    self.apply_feed_event(event);
                }
            }
        }
        Ok(())
    }

    fn apply_feed_event(&self, event: FeedEvent) {
        self.n_feed_events.update_value(|n| *n += 1);
        match event {
            FeedEvent::Reset => {
                spawn_local((*self).refresh_threads());
                spawn_local((*self).refresh_thread());
            }
            FeedEvent::ThreadCreated { thread } => self.threads.update(|list| list.upsert(thread)),
            FeedEvent::ThreadUpdated { thread } => {
                if self.shows(&thread.id) {
                    self.change(|state| state.apply(ThreadStreamEvent::ThreadUpdated { thread: thread.clone() }));
                }
                self.threads.update(|list| list.renew(thread));
            }
            FeedEvent::ThreadDeleted { thread_id } => self.thread_deleted(&thread_id),
            FeedEvent::ItemsChanged { thread_id } if self.shows(&thread_id) => {
                spawn_local((*self).refresh_thread());
            }
            FeedEvent::RunBegan { thread_id, run_id } if self.shows(&thread_id) => self.run_began(run_id),
            FeedEvent::RunEnded { thread_id, run_id } if self.shows(&thread_id) => {
                _ = self.change(|state| state.end_run(&run_id));
            }
            _ => {}
        }
    }

    /// Handles a run that began in the current thread: this tab's own, or one to resume.
    fn run_began(&self, run_id: String) {
        let is_own = self.line.with_value(|line| line.as_ref().is_some_and(|line| line.reads_run(&run_id)));
        if is_own {
            return;
        }
        if self.turn.with_untracked(Option::is_some) {
            // Either this tab's own run, whose id is not known yet, or the run after the current one.
            self.missed_run.set_value(Some(run_id));
        } else {
            spawn_local((*self).refresh_thread());
        }
    }

    fn thread_deleted(&self, thread_id: &str) {
        self.threads.update(|list| _ = list.remove(thread_id));
        if !self.shows(thread_id) {
            return;
        }
        self.set_thread_id(None);
        self.change(|state| {
            let text = words::DELETED_ELSEWHERE.to_owned();
            state.notes.push(Note { level: NoticeLevel::Info, title: None, text });
            Changes { turn: true, ..Changes::default() }
        });
    }

    fn shows(&self, thread_id: &str) -> bool {
        self.thread_id.with_untracked(|id| id.as_deref() == Some(thread_id))
    }

    /// Reloads the first page of the history, and repeats if it changed meanwhile.
    pub(crate) async fn refresh_threads(self) {
        for _ in 0..REREADINGS {
            let n_feed_events = self.n_feed_events.try_get_value();
            let Ok(page) = self.thread_page(None).await else { return };
            if self.n_feed_events.try_get_value() == n_feed_events {
                _ = self.threads.try_update(|list| list.refresh(page));
                return;
            }
        }
    }

    /// Reloads the current thread and resumes a running answer, and repeats if the transcript changed meanwhile. Existing
    /// entries keep their place.
    pub(crate) async fn refresh_thread(self) {
        let number = self.showing();
        let is_quiet = || {
            self.is_showing(number)
                && self.turn.with_untracked(Option::is_none)
                && self.loading.get_untracked() == Loading::Ready
        };
        for round in 1..=REREADINGS {
            let n_changes = self.n_changes.try_get_value();
            let reading = self.n_readings.try_update_value(|n| {
                *n += 1;
                *n
            });
            let Some(id) = self.thread_id.try_get_untracked().flatten().filter(|_| is_quiet()) else { return };
            match self.thread_with_newest_items(id).await {
                // A later reading is shown already.
                Ok(_) if self.shown_reading.try_get_value() > reading => return,
                Ok(_) if round < REREADINGS && is_quiet() && self.n_changes.try_get_value() != n_changes => {}
                Ok(thread) if is_quiet() => {
                    self.shown_reading.set_value(reading.unwrap_or_default());
                    return self.show_refreshed(thread);
                }
                Err(err) if err.is_not_found() && is_quiet() => {
                    self.loading.try_set(Loading::NotFound);
                    return;
                }
                // The transcript stays. The feed or the next message detects that the server is back.
                _ => return,
            }
        }
    }

    fn show_refreshed(self, thread: Thread) {
        let run = thread.run();
        self.threads.update(|list| list.renew(thread.clone()));
        self.refresh(|state| {
            let mut changes = state.refresh(thread);
            changes.merge(self.mark_partial(state));
            changes
        });
        run.into_iter().for_each(|run| self.resume(run));
    }
}
