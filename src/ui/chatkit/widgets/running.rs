//! Execution of a widget's actions.

use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;

use super::{
    action::{ActionConfig, By, Waits},
    form,
    path::Path,
    props::Props,
};
use crate::{
    model::chatkit::Action,
    ui::{
        chatkit::{ChatKitControl, WidgetAction},
        words::widgets as words,
    },
};

/// Runtime state of one widget.
#[derive(Clone, Copy)]
pub(super) struct Running {
    control: ChatKitControl,
    item_id: Signal<String>,
    widget: Memo<Value>,
    waiting: RwSignal<Option<Waiting>>,
    said: RwSignal<String>,
    is_expanded: RwSignal<bool>,
}

/// A running action.
#[derive(Clone)]
struct Waiting {
    /// The path of its component.
    path: String,
    waits: Waits,
    by: By,
}

impl Running {
    pub(super) fn new(control: ChatKitControl, item_id: Signal<String>, widget: Memo<Value>) -> Self {
        let waiting = RwSignal::new(None::<Waiting>);
        let is_answering = control.is_answering();
        Effect::new(move |was: Option<bool>| {
            let is = is_answering.get();
            if was == Some(true)
                && !is
                && waiting.with_untracked(|it| it.as_ref().is_some_and(|it| it.by == By::Server))
            {
                waiting.set(None);
            }
            is
        });
        Self { control, item_id, widget, waiting, said: RwSignal::default(), is_expanded: RwSignal::new(false) }
    }

    /// Returns the path of the component that displays its running action. Empty for the whole widget.
    pub(super) fn busy(self) -> Option<String> {
        self.waiting.with(|it| match it {
            Some(Waiting { path, waits: Waits::Component, .. }) => Some(path.clone()),
            Some(Waiting { waits: Waits::Widget, .. }) => Some(String::new()),
            _ => None,
        })
    }

    /// True if the running action blocks the whole widget.
    pub(super) fn is_inert(self) -> bool {
        self.waiting.with(|it| matches!(it, Some(Waiting { waits: Waits::Widget, .. })))
    }

    pub(super) fn is_expanded(self) -> bool {
        self.is_expanded.get()
    }

    pub(super) fn expand(self) {
        self.is_expanded.set(true);
    }

    pub(super) fn said(self) -> String {
        self.said.get()
    }

    /// Reads the component at a path.
    pub(super) fn with<T>(self, path: &str, read: impl FnOnce(Props<'_>) -> Option<T>) -> Option<T> {
        self.widget.try_with_untracked(|widget| Path::find(path, widget).and_then(read)).flatten()
    }

    /// Starts an action with the field values. A running action blocks further ones of this widget.
    pub(super) fn start(self, path: &str, config: ActionConfig, values: Vec<(String, Value)>) {
        if self.waiting.with_untracked(Option::is_some) {
            return;
        }
        let (payload, collisions) = form::merge(config.action.payload, values);
        let action = Action { kind: config.action.kind, payload };
        self.said.set(if collisions.is_empty() { String::new() } else { words::collision(&collisions) });
        if !collisions.is_empty() {
            self.control.report_widget_collision(&collisions);
        }
        let (by, waits) = (self.by(config.by), config.waits);
        self.waiting.set(Some(Waiting { path: path.to_owned(), waits, by }));
        spawn_local(async move {
            let outcome = self.perform(by, action).await;
            // A streaming response reports its own end.
            if by != By::Server || outcome.is_err() {
                self.waiting.try_set(None);
            }
            if let Err(why) = outcome {
                self.said.try_set(why);
            }
        });
    }

    /// Resolves the handler of an action. Pages may forward their actions to the server.
    fn by(self, by: By) -> By {
        let widgets = self.control.handler(|it| it.widgets.clone());
        let is_forwarded = by == By::Page && widgets.forwards_client_actions && !widgets.on_action.is_set();
        if is_forwarded { By::Server } else { by }
    }

    async fn perform(self, by: By, action: Action) -> Result<(), String> {
        let Some(item_id) = self.item_id.try_get_untracked() else { return Ok(()) };
        match by {
            By::Page => {
                let ask = self.control.handler(|it| it.widgets.on_action.clone());
                let widget = self.widget.try_get_untracked().unwrap_or_default();
                let kind = action.kind.clone();
                let done = ask.ask(WidgetAction { action, item_id, widget }).await;
                done.unwrap_or_else(|| Err(words::not_done(&kind)))
            }
            By::ServerAtOnce => {
                let done = self.control.sync_custom_action(action, Some(item_id));
                _ = done.map_err(words::not_now)?.await;
                Ok(())
            }
            By::Server => self.control.send_custom_action(action, Some(item_id)).map(drop).map_err(words::not_now),
        }
    }
}
