//! Callbacks and settings that Markdown needs from the page.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{
    link_target::Deeplink,
    typesetter::{AskTypeset, Typesetter},
};
use crate::ui::chatkit::{ChatKitControl, ClientEffect, Handler};

/// Context of [`Markdown`](super::Markdown). Without it, `chatkit-link://` addresses are text, images are links, and
/// code and formulas are plain.
#[derive(Clone)]
pub struct MarkdownHost {
    /// Called when a `chatkit-link://` address is clicked.
    pub on_deeplink: Handler<ClientEffect>,
    /// Hosts whose images are displayed, including their subdomains.
    pub image_hosts: Signal<Vec<String>>,
    pub(super) typesetter: Typesetter,
}

impl MarkdownHost {
    /// Creates a host.
    pub fn new(on_deeplink: Handler<ClientEffect>, image_hosts: Signal<Vec<String>>, typesetter: AskTypeset) -> Self {
        Self { on_deeplink, image_hosts, typesetter: Typesetter::new(move || typesetter.clone()) }
    }

    /// Creates a host from the current options and thread of a chat.
    pub(crate) fn of(control: ChatKitControl) -> Self {
        let hosts = Memo::new(move |_| {
            control
                .thread
                .with(|thread| thread.as_ref().and_then(|it| it.allowed_image_domains.clone()).unwrap_or_default())
        });
        Self {
            on_deeplink: Handler::new(move |effect| control.handler(|it| it.on_deeplink.clone()).run(effect)),
            image_hosts: hosts.into(),
            typesetter: Typesetter::new(move || control.handler(|it| it.typesetter.clone())),
        }
    }

    /// Reports a click on a deeplink to the page.
    pub(super) fn follow(&self, link: &Deeplink) {
        let data: Map<String, Value> =
            link.data.iter().map(|(key, value)| (key.clone(), Value::String(value.clone()))).collect();
        self.on_deeplink.run(ClientEffect { name: link.name.clone(), data });
    }
}
