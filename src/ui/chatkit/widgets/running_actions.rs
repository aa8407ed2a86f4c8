//! Execution of a widget's actions.

use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;

use super::{
    action::{ActionConfig, ActionHandler, LoadingScope},
    component_path::ComponentPath,
    form_payload,
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
pub(super) struct RunningActions {
    control: ChatKitControl,
    item_id: Signal<String>,
    widget: Memo<Value>,
    waiting: RwSignal<Option<PendingAction>>,
    message: RwSignal<String>,
    is_expanded: RwSignal<bool>,
}

/// A running action.
#[derive(Clone)]
struct PendingAction {
    /// The path of its component.
    path: String,
    waits: LoadingScope,
    by: ActionHandler,
}

impl RunningActions {
    pub(super) fn new(control: ChatKitControl, item_id: Signal<String>, widget: Memo<Value>) -> Self {
        let waiting = RwSignal::new(None::<PendingAction>);
        let is_answering = control.is_answering();
        Effect::new(move |was: Option<bool>| {
            let is = is_answering.get();
            if was == Some(true)
                && !is
                && waiting.with_untracked(|it| it.as_ref().is_some_and(|it| it.by == ActionHandler::Server))
            {
                waiting.set(None);
            }
            is
        });
        Self { control, item_id, widget, waiting, message: RwSignal::default(), is_expanded: RwSignal::new(false) }
    }

    /// Returns the path of the component that displays its running action. Empty for the whole widget.
    pub(super) fn busy(self) -> Option<String> {
        self.waiting.with(|it| match it {
            Some(PendingAction { path, waits: LoadingScope::Component, .. }) => Some(path.clone()),
            Some(PendingAction { waits: LoadingScope::Widget, .. }) => Some(String::new()),
            _ => None,
        })
    }

    /// True if the running action blocks the whole widget.
    pub(super) fn is_inert(self) -> bool {
        self.waiting.with(|it| matches!(it, Some(PendingAction { waits: LoadingScope::Widget, .. })))
    }

    pub(super) fn is_expanded(self) -> bool {
        self.is_expanded.get()
    }

    pub(super) fn expand(self) {
        self.is_expanded.set(true);
    }

    pub(super) fn message(self) -> String {
        self.message.get()
    }

    /// Reads the component at a path.
    pub(super) fn with<T>(self, path: &str, read: impl FnOnce(Props<'_>) -> Option<T>) -> Option<T> {
        self.widget.try_with_untracked(|widget| ComponentPath::find(path, widget).and_then(read)).flatten()
    }

    /// Starts an action with the field values. A running action blocks further ones of this widget.
    pub(super) fn start(self, path: &str, config: ActionConfig, values: Vec<(String, Value)>) {
        if self.waiting.with_untracked(Option::is_some) {
            return;
        }
        let (payload, collisions) = form_payload::merge(config.action.payload, values);
        let action = Action { kind: config.action.kind, payload };
        self.message.set(if collisions.is_empty() { String::new() } else { words::collision(&collisions) });
        if !collisions.is_empty() {
            self.control.report_widget_collision(&collisions);
        }
        let (by, waits) = (self.by(config.by), config.waits);
        self.waiting.set(Some(PendingAction { path: path.to_owned(), waits, by }));
        spawn_local(async move {
            let outcome = self.perform(by, action).await;
            // A streaming response reports its own end.
            if by != ActionHandler::Server || outcome.is_err() {
                self.waiting.try_set(None);
            }
            if let Err(why) = outcome {
                self.message.try_set(why);
            }
        });
    }

    /// Resolves the handler of an action. Pages may forward their actions to the server.
    fn by(self, by: ActionHandler) -> ActionHandler {
        let widgets = self.control.handler(|it| it.widgets.clone());
        let is_forwarded = by == ActionHandler::Page && widgets.forwards_client_actions && !widgets.on_action.is_set();
        if is_forwarded { ActionHandler::Server } else { by }
    }

    async fn perform(self, by: ActionHandler, action: Action) -> Result<(), String> {
        let Some(item_id) = self.item_id.try_get_untracked() else { return Ok(()) };
        match by {
            ActionHandler::Page => {
                let ask = self.control.handler(|it| it.widgets.on_action.clone());
                let widget = self.widget.try_get_untracked().unwrap_or_default();
                let kind = action.kind.clone();
                let done = ask.ask(WidgetAction { action, item_id, widget }).await;
                done.unwrap_or_else(|| Err(words::not_done(&kind)))
            }
            ActionHandler::ServerAtOnce => {
                let done = self.control.sync_custom_action(action, Some(item_id));
                _ = done.map_err(words::not_now)?.await;
                Ok(())
            }
            ActionHandler::Server => {
                self.control.send_custom_action(action, Some(item_id)).map(drop).map_err(words::not_now)
            }
        }
    }
}
