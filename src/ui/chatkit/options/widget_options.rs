//! Options of widgets.

use serde_json::Value;

use super::Ask;
use crate::model::chatkit::Action;

/// Options of widgets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WidgetsOptions {
    /// Executes actions whose `handler` is `client`. An error is a sentence for the user.
    pub on_action: Ask<WidgetAction, Result<(), String>>,
    /// True to forward these actions to the server when `on_action` is unset, as
    /// [`send_custom_action`](crate::ui::chatkit::ChatKitControl) does. Default: `false`.
    pub forwards_client_actions: bool,
}

/// A widget action for the page.
#[derive(Clone, Debug, PartialEq)]
pub struct WidgetAction {
    /// The action, with the values of the enclosing form.
    pub action: Action,
    /// Id of the widget's item.
    pub item_id: String,
    /// The current widget.
    pub widget: Value,
}
