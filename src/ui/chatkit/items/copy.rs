use std::time::Duration;

use leptos::prelude::*;

use crate::ui::{
    chatkit::ChatKitControl,
    clipboard::copy,
    components::{Icon, IconKind},
    words::items as words,
};

const SHOWN_FOR: Duration = Duration::from_secs(2);

/// Button that copies text and briefly shows the result.
#[component]
pub fn CopyButton(
    /// Accessible name.
    label: &'static str,
    /// Text to copy.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let toasts = use_context::<ChatKitControl>().map(|control| control.frame.toasts);
    let copied = RwSignal::new(None::<bool>);
    let end = StoredValue::new(None::<TimeoutHandle>);
    let click = move |_| {
        copy(text.get_untracked(), move |is_copied| {
            copied.try_set(Some(is_copied));
            if let (false, Some(toasts)) = (is_copied, toasts) {
                toasts.say(words::NOT_COPIED);
            }
            // A second copy restarts the timer.
            let next = set_timeout_with_handle(move || _ = copied.try_set(None), SHOWN_FOR).ok();
            if let Some(before) = end.try_update_value(|end| std::mem::replace(end, next)).flatten() {
                before.clear();
            }
        });
    };
    let name = move || match copied.get() {
        Some(true) => words::COPIED,
        Some(false) => words::COPY_FAILED,
        None => label,
    };
    let icon = move || match copied.get() {
        Some(true) => IconKind::Check,
        Some(false) => IconKind::Alert,
        None => IconKind::Copy,
    };
    view! {
        <button
            class="icon-button copy"
            type="button"
            aria-label=name
            title=name
            on:click=click
        >
            {move || view! { <Icon kind=icon() /> }}
        </button>
    }
}
