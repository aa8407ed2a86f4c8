//! Attachments of a message.

use leptos::prelude::*;

use super::{address, entry_view::EntryView};
use crate::{
    model::chatkit::{Attachment, ThreadItem},
    ui::{components::Show, words::items as words},
};

/// Attachments of a user message. Images on this origin are displayed.
#[component]
pub(super) fn Attachments(shown: EntryView) -> impl IntoView {
    let attachments = shown.read(|entry| match &entry.item {
        ThreadItem::UserMessage(it) => Some(it.attachments.clone()),
        _ => None,
    });
    let has_some = Memo::new(move |_| attachments.with(|it| it.as_ref().is_some_and(|it| !it.is_empty())));
    // The origin is known for certain only in the browser.
    let origin = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if has_some.get() {
            origin.set(window().location().origin().ok());
        }
    });
    let chips = move || {
        let origin = origin.get();
        let view = |it| view_attachment(it, origin.as_deref());
        attachments.get().unwrap_or_default().into_iter().map(view).collect_view()
    };
    view! {
        <Show when=move || has_some.get()>
            <ul class="attachments" aria-label=words::ATTACHMENTS>
                {chips}
            </ul>
        </Show>
    }
}

fn view_attachment(attachment: Attachment, origin: Option<&str>) -> AnyView {
    let name = attachment.name;
    let picture = attachment.preview_url.filter(|it| address::is_drawable_at(it, origin));
    let href = attachment.colloquy.and_then(|it| it.url).and_then(|it| address::file_link(&it));
    let is_picture = picture.is_some();
    let inside = match picture {
        Some(src) => view! { <img class="attachments__picture" src=src alt=name /> }.into_any(),
        None => view! { <span class="attachments__name">{name}</span> }.into_any(),
    };
    let chip = match href {
        Some(href) => view! {
            <a class="attachments__chip" href=href target="_blank" rel="noopener noreferrer nofollow">
                {inside}
            </a>
        }
        .into_any(),
        None => view! { <span class="attachments__chip">{inside}</span> }.into_any(),
    };
    view! { <li data-picture=is_picture.then_some("")>{chip}</li> }.into_any()
}
