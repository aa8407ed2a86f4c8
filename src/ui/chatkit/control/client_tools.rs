//! Tools that live in the page.

use leptos::{prelude::*, task::spawn_local};
use serde_json::json;

use super::{ChatKitControl, NotNow};
use crate::{
    model::chatkit::{ClientToolCall, Operation, ThreadItem, ToolCallStatus},
    ui::{
        chatkit::{ToolCall, state::ChatState},
        words::items as words,
    },
};

impl ChatKitControl {
    /// Does what the newest item asks the page for, and sends the result; what follows streams in. That happens by
    /// itself after an answer that this page asked for. After a reload it is the user's decision, because the tool may
    /// have done its work already.
    ///
    /// # Errors
    /// [`NotNow`], with nothing done; [`NotNow::Empty`] when nothing is asked for, or the page has no tools.
    pub fn answer_tool_call(&self) -> Result<(), NotNow> {
        let thread_id = self.free_thread()?;
        let ask = self.handler(|it| it.on_client_tool.clone());
        let call = self.state.with_value(|state| pending(state.entries.last().map(|it| &it.item)).cloned());
        let Some(call) = call.filter(|_| ask.is_set()) else { return Err(NotNow::Empty) };
        let (control, number) = (*self, self.showing());
        spawn_local(async move {
            let asked = ToolCall { name: call.name, params: call.arguments };
            let Some(result) = ask.ask(asked).await else { return };
            let result = result.unwrap_or_else(|error| json!({ "error": error }));
            // Meanwhile something else may be shown, or the user may have gone on without the result.
            if !control.is_showing(number) || control.check_free().is_err() {
                return;
            }
            let operation = Operation::ThreadsAddClientToolOutput { thread_id, result: result.clone() };
            control.begin_operation(operation, |state| state.begin_output(&result));
        });
        Ok(())
    }

    /// Tells the server that the page has no such tool, so that the assistant goes on without it.
    ///
    /// # Errors
    /// As [`Self::answer_tool_call`].
    pub(crate) fn refuse_tool_call(&self) -> Result<(), NotNow> {
        let thread_id = self.free_thread()?;
        let name = |state: &ChatState| pending(state.entries.last().map(|it| &it.item)).map(|it| it.name.clone());
        let name = self.state.with_value(name).ok_or(NotNow::Empty)?;
        let result = json!({ "error": words::no_tool(&name) });
        let operation = Operation::ThreadsAddClientToolOutput { thread_id, result: result.clone() };
        self.begin_operation(operation, |state| state.begin_output(&result));
        Ok(())
    }
}

fn pending(item: Option<&ThreadItem>) -> Option<&ClientToolCall> {
    match item {
        Some(ThreadItem::ClientToolCall(call)) if call.status == ToolCallStatus::Pending => Some(call),
        _ => None,
    }
}
