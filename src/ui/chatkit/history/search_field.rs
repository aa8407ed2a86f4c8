//! The search field of the history.

use leptos::{ev, html, prelude::*};

use super::{focus_first, thread_search::ThreadSearch};
use crate::ui::{
    chatkit::ChatKitControl,
    components::{Icon, IconKind, Show},
    words::history as words,
};

/// The search field. Escape clears it, arrow down moves to the results, and Enter opens the first one.
#[component]
pub(super) fn SearchField(control: ChatKitControl, search: ThreadSearch) -> impl IntoView {
    let input: NodeRef<html::Input> = NodeRef::new();
    let ids = search.ids();
    take_part(control, input);
    let clear = move || {
        search.set_query("");
        if let Some(input) = input.get_untracked() {
            input.set_value("");
            _ = input.focus();
        }
    };
    let on_keydown = move |ev: ev::KeyboardEvent| match ev.key().as_str() {
        "Escape" if input.get_untracked().is_some_and(|it| !it.value().is_empty()) => {
            // Escape must not close the panel around the field.
            ev.prevent_default();
            ev.stop_propagation();
            clear();
        }
        "ArrowDown" => {
            ev.prevent_default();
            focus_link(input, false);
        }
        "Enter" if !ev.is_composing() => {
            ev.prevent_default();
            if ids.with_untracked(|ids| !ids.is_empty()) && !search.query.with_untracked(String::is_empty) {
                focus_link(input, true);
            }
        }
        _ => {}
    };
    view! {
        <div class="search" role="search">
            <Icon kind=IconKind::Search />
            <input
                node_ref=input
                class="search__input"
                type="search"
                aria-label=words::SEARCH
                placeholder=words::SEARCH
                autocomplete="off"
                spellcheck="false"
                dir="auto"
                on:input=move |ev| search.set_query(&event_target_value(&ev))
                on:keydown=on_keydown
            />
            <Show when=move || !search.query().is_empty()>
                <button class="icon-button" type="button" aria-label=words::CLEAR_SEARCH title=words::CLEAR_SEARCH on:click=move |_| clear()>
                    <Icon kind=IconKind::Close />
                </button>
            </Show>
        </div>
        <p class="search__said" role="status" data-silent=move || search.query().is_empty().then_some("")>
            {move || search.status_text(ids.with(Vec::len))}
        </p>
    }
}

/// Registers the field and focuses it on request.
fn take_part(control: ChatKitControl, input: NodeRef<html::Input>) {
    let n_histories = control.frame.n_histories;
    Effect::new(move |is_later: Option<bool>| {
        control.frame.search.track();
        if is_later.is_none() {
            n_histories.update(|n| *n += 1);
        } else {
            // The container of the field may have to open first.
            request_animation_frame(move || {
                request_animation_frame(move || {
                    if let Some(input) = input.try_get_untracked().flatten() {
                        _ = input.focus();
                        input.select();
                    }
                });
            });
        }
        true
    });
    on_cleanup(move || _ = n_histories.try_update(|n| *n = n.saturating_sub(1)));
}

fn focus_link(input: NodeRef<html::Input>, opens: bool) {
    let history = input.get_untracked().and_then(|it| it.closest(".history").ok().flatten());
    focus_first(history.as_ref(), ".history__link");
    if opens && let Some(link) = history.and_then(|it| it.query_selector(".history__link").ok().flatten()) {
        use wasm_bindgen::JsCast;
        _ = link.dyn_into::<web_sys::HtmlElement>().map(|it| it.click());
    }
}
