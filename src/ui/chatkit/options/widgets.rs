//! What the page does for widgets.

use serde_json::Value;

use super::Ask;
use crate::model::chatkit::Action;

/// What the page does for widgets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WidgetsOptions {
    /// Does the actions whose `handler` is `client`; an error is a sentence for the user.
    pub on_action: Ask<WidgetAction, Result<(), String>>,
    /// Whether these actions go to the server, as [`send_custom_action`](crate::ui::chatkit::ChatKitControl) sends
    /// others, where there is no `on_action`; false.
    pub forwards_client_actions: bool,
}

/// An action of a widget that the page is asked to do.
#[derive(Clone, Debug, PartialEq)]
pub struct WidgetAction {
    /// What to do, with the values of the form that it stands in.
    pub action: Action,
    /// The widget's item.
    pub item_id: String,
    /// The widget as it is.
    pub widget: Value,
}
