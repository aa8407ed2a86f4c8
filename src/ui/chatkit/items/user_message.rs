use leptos::prelude::*;

use super::{entry_view::EntryView, message_attachments::Attachments};
use crate::{
    model::chatkit::{ThreadItem, UserContent},
    ui::{
        chatkit::{ChatKitControl, Entity, entity::EntityButton, state::Phase},
        components::Show,
        words::items as words,
    },
};

/// A user message: plain text, exactly as typed.
#[component]
pub(super) fn UserMessage(shown: EntryView) -> impl IntoView {
    let content = shown.read(|entry| match &entry.item {
        ThreadItem::UserMessage(it) => Some(it.content.clone()),
        _ => None,
    });
    let quote = shown.read(|entry| match &entry.item {
        ThreadItem::UserMessage(it) => it.quoted_text.clone().filter(|it| !it.trim().is_empty()),
        _ => None,
    });
    let has_text = Memo::new(move |_| content.with(|it| it.iter().flatten().any(|it| !it.text().is_empty())));
    view! {
        <article class="message" part="message" data-speaker="user" aria-label=words::YOU aria-busy=shown.busy(Phase::Sending)>
            {move || {
                quote.get().map(|it| view! { <blockquote class="message__quote" dir="auto" aria-label=words::QUOTE>{it}</blockquote> })
            }}
            <Attachments shown />
            <Show when=move || has_text.get()>
                <p class="message__bubble" part="bubble">
                    {move || {
                        let content = content.get().unwrap_or_default().into_iter();
                        content.map(|part| view_part(shown.control, part)).collect_view()
                    }}
                </p>
            </Show>
        </article>
    }
}

fn view_part(control: ChatKitControl, part: UserContent) -> AnyView {
    match (Entity::of_content(&part), part) {
        (Some(entity), UserContent::InputTag { text, interactive: true, .. }) => {
            view! { <EntityButton control entity text /> }.into_any()
        }
        (_, UserContent::InputTag { text, .. }) => view! { <span class="message__tag">{text}</span> }.into_any(),
        (_, UserContent::InputText { text }) => text.into_any(),
    }
}
