//! All that the hook is told. An option that is new belongs here, too.

use leptos::prelude::*;
use serde_json::{Value, json};

use super::events::EventLog;
use crate::{
    api::account::chat_token,
    ui::{
        chatkit::{
            Ask, AuthToken, ClientEffect, ComposerOptions, EndReason, Handler, Headers, LogEntry, ResponseEnd,
            StartPrompt, StartScreen, ThreadId, ThreadItemActions, ToolCall, UseChatKitOptions,
        },
        words::example as words,
    },
};

/// Every option, with handlers that note what they get.
pub(super) fn options(log: EventLog, tool_fails: RwSignal<bool>) -> UseChatKitOptions {
    UseChatKitOptions {
        api_url: "/chatkit".to_owned(),
        auth_token: AuthToken::from(chat_token),
        headers: Headers::from([("x-example", "yes")]),
        locale: Some("en".to_owned()),
        is_colloquy: true,

        start_screen: StartScreen {
            greeting: Some(words::GREETING.to_owned()),
            prompts: vec![StartPrompt::new(words::PROMPT, "/markdown")],
        },
        composer: ComposerOptions { placeholder: Some("Write /help".to_owned()), ..ComposerOptions::default() },
        thread_item_actions: ThreadItemActions { feedback: true, retry: true },
        ..handlers(log, tool_fails)
    }
}

fn handlers(log: EventLog, tool_fails: RwSignal<bool>) -> UseChatKitOptions {
    UseChatKitOptions {
        on_client_tool: Ask::new(move |call: ToolCall| async move {
            log.say("on_client_tool", format!("{} {}", call.name, Value::Object(call.params)));
            if tool_fails.get_untracked() {
                Err("nothing is selected".to_owned())
            } else {
                Ok(json!({ "selected": 3 }))
            }
        }),
        on_ready: Handler::new(move |()| log.say("on_ready", "")),
        on_error: Handler::new(move |err| log.say("on_error", err)),
        on_response_start: Handler::new(move |()| log.say("on_response_start", "")),
        on_response_end: Handler::new(move |ResponseEnd { thread_id, reason }| {
            let reason = match reason {
                EndReason::Complete => "complete",
                EndReason::Stopped => "stopped",
                EndReason::Failed => "failed",
            };
            log.say("on_response_end", format!("{} {reason}", thread_id.unwrap_or_default()));
        }),
        on_thread_change: Handler::new(move |id: Option<ThreadId>| log.say("on_thread_change", id.unwrap_or_default())),
        on_thread_load_start: Handler::new(move |id| log.say("on_thread_load_start", id)),
        on_thread_load_end: Handler::new(move |id| log.say("on_thread_load_end", id)),
        on_effect: Handler::new(move |it: ClientEffect| log.say("on_effect", told(it))),
        on_deeplink: Handler::new(move |it: ClientEffect| log.say("on_deeplink", told(it))),
        on_log: Handler::new(move |it: LogEntry| log.say("on_log", it.name)),
        ..UseChatKitOptions::default()
    }
}

fn told(effect: ClientEffect) -> String {
    format!("{} {}", effect.name, Value::Object(effect.data))
}
