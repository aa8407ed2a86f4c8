//! Requests other than messages: retries, actions, answers to questions and updates.

use leptos::task::spawn_local;
use serde::Deserialize;

use super::{
    ChatKitControl, NotNow,
    turn_ending::{Ending, ending},
};
use crate::{
    model::chatkit::{Action, CustomAction, ErrorEvent, Operation, StructuredReply, ThreadItem, ThreadStreamEvent},
    ui::{
        chatkit::{ChatKitError, EndReason, state::ChatState},
        words::widgets as words,
    },
};

/// The JSON response to an action without a stream.
#[derive(Deserialize)]
struct SyncAnswer {
    #[serde(default)]
    updated_item: Option<ThreadItem>,
}

impl ChatKitControl {
    /// Retries the answer to a user message. The old answer stays until the new one is complete.
    ///
    /// # Errors
    /// [`NotNow`], with nothing sent.
    pub fn retry(&self, item_id: impl Into<String>) -> Result<Ending, NotNow> {
        let (item_id, thread_id) = (item_id.into(), self.free_thread()?);
        let operation = Operation::ThreadsRetryAfterItem { thread_id, item_id: item_id.clone() };
        Ok(self.begin_operation(operation, |state| state.retry_turn(&item_id)))
    }

    /// Sends an action of a widget, or of the page itself if `item_id` is `None`. The response streams into the
    /// transcript.
    ///
    /// Returns the end of the response: `control.send_custom_action(action, None)?.await` continues when it is
    /// complete.
    ///
    /// # Errors
    /// [`NotNow`], with nothing sent.
    pub fn send_custom_action(&self, action: Action, item_id: Option<String>) -> Result<Ending, NotNow> {
        let thread_id = self.free_thread()?;
        let operation = Operation::ThreadsCustomAction(CustomAction { thread_id, item_id, action });
        Ok(self.begin_operation(operation, ChatState::begin_operation))
    }

    /// Sends an action that is answered without a stream. It also works during an answer. The changed item is shown
    /// when the response arrives.
    ///
    /// # Errors
    /// [`NotNow::NotReady`], [`NotNow::Loading`], [`NotNow::NoThread`].
    pub fn send_sync_custom_action(&self, action: Action, item_id: Option<String>) -> Result<Ending, NotNow> {
        let (doing, (end_sender, ending)) = (self.sync_custom_action(action, item_id)?, ending());
        spawn_local(async move { end_sender.notify(doing.await) });
        Ok(ending)
    }

    /// As [`Self::send_sync_custom_action`], but returns the future for callers that wait for the response.
    pub(crate) fn sync_custom_action(
        &self,
        action: Action,
        item_id: Option<String>,
    ) -> Result<impl Future<Output = EndReason> + use<>, NotNow> {
        let thread_id = self.shown_thread()?;
        let (control, number) = (*self, self.showing());
        let operation = Operation::ThreadsSyncCustomAction(CustomAction { thread_id, item_id, action });
        Ok(async move {
            match control.call::<SyncAnswer>(operation).await {
                Ok(answer) => {
                    if let Some(item) = answer.updated_item.filter(|_| control.is_showing(number)) {
                        control.change(|state| state.apply(ThreadStreamEvent::ItemReplaced { item }));
                    }
                    EndReason::Complete
                }
                Err(err) => {
                    control.show_failure(err);
                    EndReason::Failed
                }
            }
        })
    }

    /// Reports the form values that an action could not hold to the page.
    pub(crate) fn report_widget_collision(&self, names: &[String]) {
        let message = words::collision(names);
        self.report(ChatKitError::Stream(ErrorEvent {
            code: "custom".to_owned(),
            message: Some(message),
            allow_retry: false,
        }));
    }

    /// Answers the questions of a `structured_input`. The response streams into the transcript.
    ///
    /// # Errors
    /// [`NotNow`], with nothing sent.
    pub fn answer_questions(&self, item_id: impl Into<String>, input: StructuredReply) -> Result<Ending, NotNow> {
        let (item_id, thread_id) = (item_id.into(), self.free_thread()?);
        let operation = Operation::ThreadsAddStructuredInput { thread_id, item_id, input };
        Ok(self.begin_operation(operation, ChatState::begin_operation))
    }

    /// Reloads the current thread and the history after changes that the chat cannot know of. Unchanged items are not
    /// rendered again.
    ///
    /// # Errors
    /// [`NotNow`], with no request sent. During an answer a reload is not needed: its stream contains the changes.
    pub fn fetch_updates(&self) -> Result<Ending, NotNow> {
        self.check_free()?;
        let (control, (end_sender, end), (history_sender, threads)) = (*self, ending(), ending());
        spawn_local(async move {
            control.refresh_threads().await;
            history_sender.notify(EndReason::Complete);
        });
        spawn_local(async move {
            control.refresh_thread().await;
            end_sender.notify(threads.await);
        });
        Ok(end)
    }
}
