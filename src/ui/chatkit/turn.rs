//! A turn: a message goes out, an answer streams in.

use leptos::{prelude::*, task::spawn_local};
use web_sys::{AbortController, AbortSignal};

use super::{
    ChatKitControl, ChatKitError, EndReason, Loading,
    client::EventStream,
    drafts,
    state::{Changes, ChatState, Note, Phase, TurnEnd},
};
use crate::model::chatkit::{NoticeLevel, Operation, ThreadStreamEvent, UserMessageInput};

impl ChatKitControl {
    /// Sends a message in the thread that is shown, or opens a thread with it. Does nothing for an empty message and
    /// while an answer is under way.
    pub fn send_message(&self, text: impl Into<String>) {
        let text = text.into();
        let is_busy = self.turn.with_untracked(Option::is_some) || self.loading.get_untracked() != Loading::Ready;
        let Ok(controller) = AbortController::new() else { return };
        if text.trim().is_empty() || is_busy {
            return;
        }
        let signal = controller.signal();
        self.keep_abort(Some(controller));
        self.change(|state| {
            state.begin_turn(&text);
            Changes { list: true, turn: true, ..Changes::default() }
        });
        self.set_draft("");
        spawn_local((*self).run_turn(text, signal, self.showing()));
    }

    async fn run_turn(self, text: String, signal: AbortSignal, number: u64) {
        let input = UserMessageInput::text(text.clone());
        let operation = match self.thread_id.try_get_untracked().flatten() {
            Some(thread_id) => Operation::ThreadsAddUserMessage { thread_id, input },
            None => Operation::ThreadsCreate { input },
        };
        let Some(client) = self.client.try_get_value() else { return };
        let end = match client.open(operation, &signal).await {
            Ok(stream) => self.read(stream, number).await,
            Err(err) => Err(err),
        };
        if !self.is_showing(number) {
            return;
        }
        self.keep_abort(None);
        let is_stopped = signal.aborted();
        match end {
            Ok(()) => self.end_turn(TurnEnd::Complete, None, &text),
            Err(_) if is_stopped => self.end_turn(TurnEnd::Cut, None, &text),
            Err(err) => self.end_turn(TurnEnd::Cut, Some(err), &text),
        }
    }

    /// Reads to the end of the body, or until something else is shown.
    async fn read(self, mut stream: EventStream, number: u64) -> Result<(), ChatKitError> {
        while let Some(events) = stream.next().await? {
            if !self.is_showing(number) {
                break;
            }
            self.take(events);
        }
        Ok(())
    }

    /// Takes the events of one chunk and renders once.
    fn take(&self, events: Vec<ThreadStreamEvent>) {
        let mut failures = Vec::new();
        self.change(|state| {
            let mut changes = Changes::default();
            for event in events {
                if let ThreadStreamEvent::Error(err) = &event {
                    failures.push(ChatKitError::Stream(err.clone()));
                }
                changes.merge(state.apply(event));
            }
            changes
        });
        self.note_thread();
        failures.into_iter().for_each(|err| self.report(err));
    }

    /// Brings the history and the page's address up to date with the thread.
    fn note_thread(&self) {
        let Some(Some(thread)) = self.thread.try_get_untracked() else { return };
        if self.threads.with_untracked(|list| list.get(&thread.id) != Some(&thread)) {
            self.threads.update(|list| list.upsert(thread.clone()));
        }
        if self.thread_id.get_untracked().as_deref() != Some(&thread.id) {
            let draft = self.draft.get_untracked();
            drafts::save(None, "");
            drafts::save(Some(&thread.id), &draft);
            self.thread_id.set(Some(thread.id.clone()));
            self.handlers.with_value(|it| it.on_thread_change.clone()).run(Some(thread.id));
        }
    }

    fn end_turn(&self, end: TurnEnd, err: Option<ChatKitError>, text: &str) {
        let note = err.as_ref().map(|err| Note { level: NoticeLevel::Danger, title: None, text: err.to_string() });
        let is_failed = self.state.with_value(|state| state.turn.as_ref().is_some_and(|turn| turn.has_failed));
        let is_lost = end == TurnEnd::Cut && self.state.with_value(is_unsent);
        self.change(|state| {
            if is_lost {
                state.withdraw();
            }
            let mut changes = state.end_turn(end);
            changes.list = is_lost;
            state.notes.extend(note);
            changes
        });
        if is_lost {
            self.give_back(text);
        }
        let reason = match (end, &err) {
            (_, Some(_)) => EndReason::Failed,
            (TurnEnd::Complete, None) if is_failed => EndReason::Failed,
            (TurnEnd::Complete, None) => EndReason::Complete,
            (TurnEnd::Cut, None) => EndReason::Stopped,
        };
        err.into_iter().for_each(|err| self.report(err));
        self.report_end(reason);
    }

    /// The server did not take the message: the user gets it back, before what was typed meanwhile.
    fn give_back(&self, text: &str) {
        let typed = self.draft.get_untracked();
        let both = if typed.is_empty() { text.to_owned() } else { format!("{text}\n{typed}") };
        self.set_draft(both);
        self.focus_composer();
    }
}

fn is_unsent(state: &ChatState) -> bool {
    state.entries.iter().any(|entry| entry.phase == Phase::Sending)
}
