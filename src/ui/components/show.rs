use leptos::prelude::*;

use crate::ui::live::{live_view, memo};

/// Shows its children while `when` holds, and `fallback` otherwise.
///
/// Leptos's own is compiled anew for each condition and each kind of children.
#[component]
pub fn Show(
    #[prop(into)] when: Signal<bool>,
    children: ChildrenFn,
    #[prop(optional, into)] fallback: ViewFn,
) -> impl IntoView {
    let when = memo(move || when.get());
    live_view(move || if when.get() { children() } else { fallback.run() })
}
