//! Where the focus goes when one thing takes another's place in the composer.

use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::ui::chatkit::ChatKitControl;

/// Gives `element`, which has just been put in, the focus that went away with what stood in its place. What is there
/// from the beginning takes none, and nobody is disturbed who is elsewhere. In the browser only.
pub(super) fn take(control: ChatKitControl, element: &HtmlElement) {
    let is_first = !control.composer.is_shown.try_get_value().unwrap_or_default();
    control.composer.is_shown.try_set_value(true);
    let has_none = document().active_element().is_none_or(|it| it.tag_name() == "BODY");
    if !is_first && has_none {
        _ = element.focus();
    }
}
