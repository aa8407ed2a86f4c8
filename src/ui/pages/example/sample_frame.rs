//! Example options of the parts around the conversation.

use super::event_log::EventLog;
use crate::ui::{
    chatkit::{Disclaimer, Handler, Header, HeaderAction, History, StartPrompt, StartScreen},
    words::example as words,
};

pub(super) fn header(log: EventLog) -> Header {
    let action = |icon: &str, label: &str, name: &'static str| HeaderAction {
        icon: icon.to_owned(),
        label: label.to_owned(),
        on_click: Handler::new(move |()| log.record(name, "")),
    };
    Header {
        title: Some(words::HEADER_TITLE.to_owned()),
        left_action: Some(action("menu", words::LEFT_ACTION, "header.left_action")),
        right_action: Some(action("profile", words::RIGHT_ACTION, "header.right_action")),
        ..Header::default()
    }
}

pub(super) fn history() -> History {
    History { enabled: true, show_delete: true, show_rename: true }
}

pub(super) fn start_screen() -> StartScreen {
    let prompt = |icon: &str, label: &str, text: &str| StartPrompt {
        icon: Some(icon.to_owned()),
        ..StartPrompt::new(label, text)
    };
    StartScreen {
        greeting: Some(words::GREETING.to_owned()),
        prompts: vec![prompt("document", words::PROMPT, "/markdown"), prompt("lightbulb", words::HELP_PROMPT, "/help")],
    }
}

pub(super) fn disclaimer() -> Disclaimer {
    Disclaimer { text: words::DISCLAIMER.to_owned(), high_contrast: true }
}
