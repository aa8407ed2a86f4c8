//! Focus after a part of the composer was replaced.

use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::ui::chatkit::ChatKitControl;

/// Focuses `element` if it replaces a focused part of the composer. Initial content takes no focus, and a focus
/// elsewhere is kept. In the browser only.
pub(super) fn take(control: ChatKitControl, element: &HtmlElement) {
    let is_first = !control.composer.is_shown.try_get_value().unwrap_or_default();
    control.composer.is_shown.try_set_value(true);
    let has_none = document().active_element().is_none_or(|it| it.tag_name() == "BODY");
    if !is_first && has_none {
        _ = untrack(|| element.focus());
    }
}
