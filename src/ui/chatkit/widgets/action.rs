//! Actions of components (chatkit-protocol §3, `ActionConfig`).

use serde_json::Value;

use super::props::Props;
use crate::model::chatkit::Action;

/// An action and the way to perform it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ActionConfig {
    pub(super) action: Action,
    pub(super) by: ActionHandler,
    pub(super) waits: LoadingScope,
}

/// Handler of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActionHandler {
    /// The server, with a streaming response.
    Server,
    /// The server, with a single JSON response. Possible during an answer.
    ServerAtOnce,
    /// The page.
    Page,
}

/// The part that displays the progress of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoadingScope {
    Nothing,
    Component,
    Widget,
}

impl ActionConfig {
    /// Parses a field. Returns `None` if it is missing or has no action type. `if_auto` replaces the loading
    /// behaviour `auto`.
    pub(super) fn read(props: Props<'_>, field: &str, if_auto: LoadingScope) -> Option<Self> {
        let config = props.part(field)?;
        let kind = config.text("type").filter(|it| !it.is_empty())?.to_owned();
        let by = match (config.text("handler"), config.get("streaming").and_then(Value::as_bool)) {
            (Some("client"), _) => ActionHandler::Page,
            (_, Some(false)) => ActionHandler::ServerAtOnce,
            _ => ActionHandler::Server,
        };
        let waits = match config.text("loadingBehavior") {
            Some("none") => LoadingScope::Nothing,
            Some("self") => LoadingScope::Component,
            Some("container") => LoadingScope::Widget,
            _ => if_auto,
        };
        Some(Self { action: Action { kind, payload: config.get("payload").cloned().unwrap_or_default() }, by, waits })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(config: Value) -> Option<ActionConfig> {
        let node = json!({ "onClickAction": config });
        ActionConfig::read(Props::of(&node)?, "onClickAction", LoadingScope::Component)
    }

    #[test]
    fn what_is_not_said_is_the_default() {
        let it = read(json!({ "type": "book" })).unwrap();
        assert_eq!((it.by, it.waits, it.action.payload), (ActionHandler::Server, LoadingScope::Component, json!(null)));
    }

    #[test]
    fn what_is_said_counts() {
        let it =
            read(json!({ "type": "book", "payload": { "id": 1 }, "handler": "client", "loadingBehavior": "none" }));
        let it = it.unwrap();
        assert_eq!(
            (it.by, it.waits, it.action.payload),
            (ActionHandler::Page, LoadingScope::Nothing, json!({ "id": 1 }))
        );
        let it = read(json!({ "type": "book", "streaming": false, "loadingBehavior": "container" })).unwrap();
        assert_eq!((it.by, it.waits), (ActionHandler::ServerAtOnce, LoadingScope::Widget));
    }

    #[test]
    fn no_type_is_no_action() {
        for config in [json!(null), json!({}), json!({ "type": "" }), json!({ "type": 1 }), json!("book")] {
            assert_eq!(read(config), None);
        }
    }
}
