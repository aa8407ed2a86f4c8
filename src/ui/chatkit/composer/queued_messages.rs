use leptos::prelude::*;

use super::Queued;
use crate::ui::{
    chatkit::{ChatKitControl, Loading, UserMessageDraft},
    components::{Icon, IconKind, Show},
    words::composer as words,
};

/// Queued messages, above the text area.
#[component]
pub(super) fn QueuedMessages(control: ChatKitControl) -> impl IntoView {
    let queue = control.composer.queue;
    let n_queued = Memo::new(move |_| queue.with(Vec::len));
    view! {
        // A live region must exist before its first announcement.
        <p class="unseen" role="status">
            {move || (n_queued.get() > 0).then(|| words::n_queued(n_queued.get()))}
        </p>
        <Show when=move || { n_queued.get() > 0 }>
            <section class="queue" aria-label=words::QUEUED_MESSAGES>
                <ul class="queue__list">
                    <For each=move || queue.get() key=|it| it.key.clone() let(it)>
                        <QueuedMessage control queued=it />
                    </For>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn QueuedMessage(control: ChatKitControl, queued: Queued) -> impl IntoView {
    let Queued { key, message, .. } = queued;
    let (key, text) = (StoredValue::new(key), text_of(&message));
    // A running answer that cannot be stopped must end first.
    let can_go_now = Memo::new(move |_| {
        let is_loading = control.loading.with(|it| *it == Loading::Loading);
        control.turn.with(|turn| turn.as_ref().map_or(!is_loading, |it| it.can_stop))
    });
    let act = move |act: fn(&ChatKitControl, &str)| {
        act(&control, &key.get_value());
        control.focus_composer();
    };
    view! {
        <li class="queue__message">
            <span class="queue__label">{words::QUEUED}</span>
            <span class="queue__text" dir="auto" title=text.clone()>
                {text.clone()}
            </span>
            <span class="queue__buttons">
                <Show when=move || can_go_now.get()>
                    <button
                        class="button"
                        data-kind="quiet"
                        type="button"
                        on:click=move |_| act(ChatKitControl::send_queued_now)
                    >
                        {words::SEND_NOW}
                    </button>
                </Show>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=words::edit_queued(&text)
                    title=words::EDIT
                    on:click=move |_| act(ChatKitControl::edit_queued)
                >
                    <Icon kind=IconKind::Pencil />
                </button>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=words::remove_queued(&text)
                    title=words::REMOVE
                    on:click=move |_| act(|control, key| _ = control.remove_queued(key))
                >
                    <Icon kind=IconKind::Trash />
                </button>
            </span>
        </li>
    }
}

/// Returns the text of a message and the names of its files.
fn text_of(message: &UserMessageDraft) -> String {
    let names = message.attachments.iter().map(|it| it.name.clone());
    let text = Some(message.plain_text()).filter(|it| !it.trim().is_empty());
    text.into_iter().chain(names).collect::<Vec<_>>().join(" · ")
}
