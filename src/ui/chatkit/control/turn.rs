//! Execution of a turn: sends a request and reads the answer.

use leptos::{prelude::*, task::spawn_local};

use super::{
    ChatKitControl, Loading,
    backoff::{self, BackOff},
    connection::Connection,
    drafts::DraftStore,
    page_event::PageEvent,
    sending::new_key,
    turn_ending::{Ending, EndingSender, ending},
};
use crate::{
    model::chatkit::{ClientCapabilities, NoticeLevel, Operation, RunRef, ThreadStreamEvent},
    ui::chatkit::{
        ChatKitError, EndReason, UserMessageDraft,
        client::{Client, EventStream},
        composer::Queued,
        state::{Changes, ChatState, Note, Phase, TurnEnd, TurnFailure},
    },
};

/// Maximum wait for a server to end an answer after a stop request, in milliseconds.
const STOP_GRACE_MS: i32 = 3000;

/// Parameters of a new turn.
struct TurnRequest {
    /// The request to send. `None` if the answer began elsewhere.
    operation: Option<Operation>,
    /// The message in the request, if any.
    message: Option<UserMessageDraft>,
    line: Connection,
    /// Idempotency key: servers that support keys accept the request once.
    key: String,
    /// Storage place for a message that could not be sent.
    place: DraftStore,
    /// Number of the view that the turn belongs to.
    number: u64,
    /// Receives the end of the turn.
    end_sender: EndingSender,
}

impl ChatKitControl {
    /// Shows a message and sends it.
    pub(crate) fn begin_message(&self, operation: Operation, message: UserMessageDraft, key: String) -> Ending {
        self.change(|state| {
            state.begin_turn(message.input(), message.attachments.clone());
            Changes { list: true, turn: true, ..Changes::default() }
        });
        self.begin(Some(operation), Some(message), Connection::new(), key)
    }

    /// Begins a turn without a message.
    pub(crate) fn begin_operation(
        &self,
        operation: Operation,
        begin_turn: impl FnOnce(&mut ChatState) -> Changes,
    ) -> Ending {
        self.change(begin_turn);
        self.begin(Some(operation), None, Connection::new(), new_key())
    }

    /// Resumes a running answer from its first event.
    pub(crate) fn resume(&self, run: RunRef) {
        if self.turn.with_untracked(Option::is_some) || self.loading.get_untracked() != Loading::Ready {
            return;
        }
        self.change(|state| state.resume_turn(run.item_id.as_deref()));
        self.begin(None, None, Connection::to_run(run.id), new_key());
    }

    /// Stops the running answer. Its partial text stays.
    pub fn stop(&self) {
        let Some(line) = self.line.try_get_value().flatten() else { return };
        let is_reconnecting = self.turn.with_untracked(|turn| turn.as_ref().is_some_and(|it| it.is_reconnecting));
        line.set_stopped(true);
        match line.run_id() {
            Some(run_id) => self.stop_run(run_id, line),
            // The run id is not known yet. The stop request is sent as soon as it is.
            None if self.is_colloquy.get_value() && !is_reconnecting => {}
            None => line.abort_request(),
        }
    }

    fn begin(
        &self,
        operation: Option<Operation>,
        message: Option<UserMessageDraft>,
        line: Connection,
        key: String,
    ) -> Ending {
        self.line.set_value(Some(line.clone()));
        self.composer.is_urgent.set_value(false);
        let (place, number) = (self.place(), self.showing());
        let (end_sender, ending) = ending();
        let beginning = TurnRequest { operation, message, line, key, place, number, end_sender };
        self.handler(|it| it.on_response_start.clone()).run(());
        spawn_local((*self).run_turn(beginning));
        ending
    }

    fn stop_run(&self, run_id: String, line: Connection) {
        let (control, number) = (*self, self.showing());
        let Some(client) = self.client.try_get_value() else { return };
        control.change(|state| state.set_can_stop(false));
        spawn_local(async move {
            match client.stop(&run_id).await {
                Ok(()) => backoff::pause(Some(STOP_GRACE_MS), &[]).await,
                // The run has already ended.
                Err(err) if err.is_not_found() => {}
                Err(err) => {
                    line.set_stopped(false);
                    if control.is_showing(number) && control.turn.with_untracked(Option::is_some) {
                        control.change(|state| {
                            state.notes.push(danger(&err));
                            state.set_can_stop(true)
                        });
                        control.report(err);
                    }
                    return;
                }
            }
            line.abort_request();
        });
    }

    async fn run_turn(self, beginning: TurnRequest) {
        let Some(client) = self.client.try_get_value() else { return };
        let end = self.follow(&client, &beginning).await;
        let TurnRequest { message, line, number, operation, place, end_sender, .. } = beginning;
        if !self.is_showing(number) {
            if end.is_err() && line.run_id().is_none() {
                self.store_unsent(&place, message);
            }
            return;
        }
        let is_complete = end.is_ok() && !line.is_stopped();
        let reason = match end {
            Ok(()) if is_complete => self.end_turn(TurnEnd::Complete, None, message),
            Ok(()) => self.end_turn(TurnEnd::Stopped, None, message),
            Err(_) if line.is_stopped() => self.end_turn(TurnEnd::Stopped, None, message),
            // The events after a lost run are loaded below.
            Err(err) if err.is_not_found() && operation.is_none() => self.end_turn(TurnEnd::Cut, None, message),
            Err(err) => self.end_turn(TurnEnd::Cut, Some(err), message),
        };
        end_sender.notify(reason);
        // Usually no tool call is pending.
        let has_tool = is_complete && operation.is_some() && self.answer_tool_call().is_ok();
        let is_retry = matches!(operation, Some(Operation::ThreadsRetryAfterItem { .. }));
        let missed = self.missed_run.try_update_value(Option::take).flatten();
        if operation.is_none() || is_retry || missed.is_some_and(|run_id| !line.reads_run(&run_id)) {
            self.refresh_thread().await;
        }
        // The result of a tool is sent first.
        if !has_tool && self.is_showing(number) {
            match self.composer.is_urgent.get_value() {
                true => self.send_first(),
                false => self.send_queued(),
            }
        }
    }

    /// Reads the answer to its end, over as many connections as needed.
    async fn follow(self, client: &Client, beginning: &TurnRequest) -> Result<(), ChatKitError> {
        let TurnRequest { operation, line, number, key, .. } = beginning;
        let marks = ClientCapabilities { resumable: true, key: Some(key.clone()) };
        let (mut back_off, mut last_id) = (BackOff::default(), None);
        loop {
            let controller = line.controller().ok_or(ChatKitError::Unreachable)?;
            let opened = match (line.run_id(), operation) {
                (Some(run_id), _) => client.resume(&run_id, last_id.as_deref(), &controller).await,
                (None, Some(operation)) => client.open(operation.clone(), &marks, &controller).await,
                (None, None) => return Ok(()),
            };
            let end = match opened {
                Ok(stream) => self.read(stream, line, *number, &mut last_id, &mut back_off).await,
                Err(err) => Err(err),
            };
            let can_go_on = line.run_id().is_some() || self.is_colloquy.try_get_value().unwrap_or_default();
            match end {
                Err(err) if err.is_transient() && can_go_on && !is_over(line) => {}
                end => return end,
            }
            self.set_reconnecting(*number, true);
            back_off.wait().await;
            if is_over(line) {
                return Err(ChatKitError::ConnectionLost);
            }
        }
    }

    /// Reads the response body to its end, or until another thread is opened.
    async fn read(
        self,
        mut stream: EventStream<ThreadStreamEvent>,
        line: &Connection,
        number: u64,
        last_id: &mut Option<String>,
        back_off: &mut BackOff,
    ) -> Result<(), ChatKitError> {
        let controller = line.current();
        self.set_reconnecting(number, false);
        while let Some(events) = stream.next().await? {
            back_off.reset();
            self.record_run(line, &events);
            if let (Some(controller), Some(_)) = (&controller, line.run_id()) {
                stream.watch(controller);
            }
            if self.is_showing(number) {
                self.take(events);
            } else if is_over(line) {
                line.abort_request();
                break;
            }
            if let Some(id) = stream.last_id() {
                *last_id = Some(id.to_owned());
            }
        }
        Ok(())
    }

    /// Records the id of the run. Sends a stop request that was made before the id was known.
    fn record_run(self, line: &Connection, events: &[ThreadStreamEvent]) {
        let run = events.iter().find_map(|event| match event {
            ThreadStreamEvent::ThreadCreated { thread } | ThreadStreamEvent::ThreadUpdated { thread } => thread.run(),
            _ => None,
        });
        if let (Some(run), None) = (run, line.run_id()) {
            line.set_run(run.id.clone());
            if line.is_stopped() {
                self.stop_run(run.id, line.clone());
            }
        }
    }

    fn set_reconnecting(&self, number: u64, is_reconnecting: bool) {
        if self.is_showing(number) {
            self.change(|state| state.set_reconnecting(is_reconnecting));
        }
    }

    /// Applies the events of one chunk, then renders once.
    fn take(&self, events: Vec<ThreadStreamEvent>) {
        let for_page: Vec<PageEvent> = events.iter().filter_map(PageEvent::of).collect();
        self.change(|state| {
            let mut changes = Changes::default();
            for event in events {
                changes.merge(state.apply(event));
            }
            changes
        });
        self.publish_thread();
        self.record_partial();
        for_page.into_iter().for_each(|it| self.notify(it));
    }

    /// Updates the history and the current thread id from the thread.
    fn publish_thread(&self) {
        let Some(Some(thread)) = self.thread.try_get_untracked() else { return };
        if self.threads.with_untracked(|list| list.get(&thread.id) != Some(&thread)) {
            self.threads.update(|list| list.upsert(thread.clone()));
        }
        if self.thread_id.get_untracked().as_deref() != Some(&thread.id) {
            self.delete_draft();
            self.thread_id.set(Some(thread.id.clone()));
            self.store_draft();
            self.handler(|it| it.on_thread_change.clone()).run(Some(thread.id));
        }
    }

    fn end_turn(&self, end: TurnEnd, err: Option<ChatKitError>, message: Option<UserMessageDraft>) -> EndReason {
        let is_failed = self.state.with_value(|state| state.turn.as_ref().is_some_and(|turn| turn.has_failed));
        let is_lost = end != TurnEnd::Complete && self.state.with_value(is_unsent);
        self.change(|state| {
            if is_lost {
                state.withdraw();
            }
            let mut changes = state.end_turn(end);
            changes.list |= is_lost;
            if is_lost && err.is_some() {
                state.failure = TurnFailure::Unsent;
            }
            state.notes.extend(err.as_ref().map(danger));
            changes
        });
        let reason = match (end, &err) {
            (_, Some(_)) => EndReason::Failed,
            (TurnEnd::Complete, None) if is_failed => EndReason::Failed,
            (TurnEnd::Complete, None) => EndReason::Complete,
            (TurnEnd::Stopped | TurnEnd::Cut, None) => EndReason::Stopped,
        };
        if reason == EndReason::Complete {
            self.clear_partial();
        }
        let is_wanted = reason == EndReason::Stopped && self.composer.is_urgent.get_value();
        if reason != EndReason::Complete && !is_wanted {
            self.restore_queue();
        }
        if let Some(message) = message.filter(|_| is_lost) {
            self.restore_message(&message);
        }
        err.into_iter().for_each(|err| self.report(err));
        self.report_end(reason);
        reason
    }

    /// Stores a message that could not be sent and whose thread is no longer open. It returns to the composer when
    /// the thread is opened.
    fn store_unsent(&self, place: &DraftStore, message: Option<UserMessageDraft>) {
        let Some(message) = message else { return };
        let mut queue = place.queue();
        queue.insert(0, Queued { key: new_key(), message, is_old: true });
        place.save_queue(&queue);
    }
}

/// True if no more events are needed: the user stopped, or left while the run continues on the server.
fn is_over(line: &Connection) -> bool {
    line.is_abandoned() && line.run_id().is_some() || line.is_stopped() && line.run_id().is_none()
}

fn danger(err: &ChatKitError) -> Note {
    Note { level: NoticeLevel::Danger, title: None, text: err.to_string() }
}

fn is_unsent(state: &ChatState) -> bool {
    state.entries.iter().any(|entry| entry.phase == Phase::Sending)
}
