//! Client tools: tool calls that the page executes.

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
    /// Executes the pending tool call of the newest item and sends the result. The response streams into the
    /// transcript.
    ///
    /// This happens automatically after an answer that this page requested. After a reload the user decides, because
    /// the tool may already have run.
    ///
    /// # Errors
    /// [`NotNow`], with nothing done. [`NotNow::Empty`] if no call is pending or the page has no tools.
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
            // Meanwhile another thread may be open, or the user may have continued without the result.
            if !control.is_showing(number) || control.check_free().is_err() {
                return;
            }
            let operation = Operation::ThreadsAddClientToolOutput { thread_id, result: result.clone() };
            control.begin_operation(operation, |state| state.begin_output(&result));
        });
        Ok(())
    }

    /// Reports to the server that the page lacks this tool, so that the assistant can continue without it.
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
