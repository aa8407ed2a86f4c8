//! All options of the hook. New options must be added here.

use leptos::prelude::*;

use super::{
    event_log::EventLog, logging_handlers::handlers, sample_commands::commands, sample_composer::composer,
    sample_entities::entities, sample_frame,
};
use crate::{
    api::{account::chat_token, typeset::typeset},
    ui::{
        chatkit::{
            Ask, AuthToken, Headers, Theme, ThreadItemActions, ThreadOptions, UploadStrategy, UseChatKitOptions,
        },
        words::example as words,
    },
};

/// Returns all options, with logging callbacks.
pub(super) fn options(
    name: &str,
    log: EventLog,
    tool_fails: RwSignal<bool>,
    theme: RwSignal<Theme>,
) -> UseChatKitOptions {
    UseChatKitOptions {
        id: name.to_lowercase().replace(' ', "-"),
        api_url: "/chatkit".to_owned(),
        auth_token: AuthToken::from(chat_token),
        headers: Headers::from([("x-example", "yes")]),
        upload_strategy: UploadStrategy::TwoPhase,
        locale: Some("en".to_owned()),
        frame_title: Some(words::TITLE.to_owned()),
        is_colloquy: true,

        theme: theme.get_untracked(),
        header: sample_frame::header(log),
        history: sample_frame::history(),
        start_screen: sample_frame::start_screen(),
        composer: composer(),
        thread_item_actions: ThreadItemActions { feedback: true, retry: true },
        entities: entities(log),
        commands: commands(log),
        thread: ThreadOptions { auto_scroll: true },
        typesetter: Ask::new(|passages| async { typeset(passages).await.unwrap_or_default() }),
        disclaimer: Some(sample_frame::disclaimer()),
        ..handlers(log, tool_fails)
    }
}
