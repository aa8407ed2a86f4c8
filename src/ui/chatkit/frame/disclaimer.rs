use leptos::prelude::*;

use crate::ui::chatkit::{ChatKitControl, markdown::Markdown};

/// The disclaimer below the composer.
#[component]
pub(crate) fn DisclaimerText(control: ChatKitControl) -> impl IntoView {
    let disclaimer = control.option(|it| it.disclaimer.clone().filter(|it| !it.text.trim().is_empty()));
    move || {
        disclaimer.get().map(|it| {
            view! {
                <div class="disclaimer" part="disclaimer" data-contrast=it.high_contrast.then_some("high") dir="auto">
                    <Markdown source=Signal::stored(it.text) is_streaming=Signal::stored(false) />
                </div>
            }
        })
    }
}
