use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use crate::ui::{
    components::{Icon, IconKind},
    live::{live, live_view},
    view::view,
    words::items as words,
};

const SHOWN_FOR: Duration = Duration::from_secs(2);

/// A button that copies text, and says so for a moment.
#[component]
pub fn CopyButton(
    /// Its name.
    label: &'static str,
    /// What it copies.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let is_copied = RwSignal::new(false);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            // There is no clipboard on plain http, except on this machine.
            let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into());
            if clipboard.is_ok_and(|it| !it.is_undefined())
                && JsFuture::from(window().navigator().clipboard().write_text(&text)).await.is_ok()
            {
                is_copied.try_set(true);
                set_timeout(move || _ = is_copied.try_set(false), SHOWN_FOR);
            }
        });
    };
    view! {
        <button
            class="icon-button copy"
            type="button"
            aria-label=live(move || if is_copied.get() { words::COPIED } else { label })
            on:click=copy
        >
            {live_view(move || view! { <Icon kind=if is_copied.get() { IconKind::Check } else { IconKind::Copy } /> })}
        </button>
    }
}
