//! Callbacks of the example page. Each one logs its invocation.

use leptos::prelude::*;
use serde_json::{Value, json};

use super::event_log::EventLog;
use crate::ui::chatkit::{
    Ask, ClientEffect, EndReason, Handler, LogEntry, ResponseEnd, ThreadId, ToolCall, UseChatKitOptions, WidgetAction,
    WidgetsOptions,
};

pub(super) fn handlers(log: EventLog, tool_fails: RwSignal<bool>) -> UseChatKitOptions {
    UseChatKitOptions {
        on_client_tool: Ask::new(move |call: ToolCall| async move {
            log.record("on_client_tool", format!("{} {}", call.name, Value::Object(call.params)));
            if tool_fails.get_untracked() {
                Err("nothing is selected".to_owned())
            } else {
                Ok(json!({ "selected": 3 }))
            }
        }),
        widgets: WidgetsOptions {
            on_action: Ask::new(move |it: WidgetAction| async move {
                log.record("widgets.on_action", format!("{} {}", it.action.kind, it.action.payload));
                Ok(())
            }),
            ..WidgetsOptions::default()
        },
        on_ready: Handler::new(move |()| log.record("on_ready", "")),
        on_error: Handler::new(move |err| log.record("on_error", err)),
        on_response_start: Handler::new(move |()| log.record("on_response_start", "")),
        on_response_end: Handler::new(move |ResponseEnd { thread_id, reason }| {
            let reason = match reason {
                EndReason::Complete => "complete",
                EndReason::Stopped => "stopped",
                EndReason::Failed => "failed",
            };
            log.record("on_response_end", format!("{} {reason}", thread_id.unwrap_or_default()));
        }),
        on_thread_change: Handler::new(move |id: Option<ThreadId>| {
            log.record("on_thread_change", id.unwrap_or_default())
        }),
        on_thread_load_start: Handler::new(move |id| log.record("on_thread_load_start", id)),
        on_thread_load_end: Handler::new(move |id| log.record("on_thread_load_end", id)),
        on_tool_change: Handler::new(move |id: Option<String>| log.record("on_tool_change", id.unwrap_or_default())),
        on_history_open: Handler::new(move |()| log.record("on_history_open", "")),
        on_history_close: Handler::new(move |()| log.record("on_history_close", "")),
        on_effect: Handler::new(move |it: ClientEffect| log.record("on_effect", told(it))),
        on_deeplink: Handler::new(move |it: ClientEffect| log.record("on_deeplink", told(it))),
        on_log: Handler::new(move |it: LogEntry| log.record("on_log", it.name)),
        ..UseChatKitOptions::default()
    }
}

fn told(effect: ClientEffect) -> String {
    format!("{} {}", effect.name, Value::Object(effect.data))
}
