//! A thread in the list.

use std::collections::HashMap;

use leptos::prelude::*;

use super::{Href, search_matches::search_matches, tab_stop::TabStop, thread_search::ThreadSearch};
use crate::ui::{
    chatkit::{ChatKitControl, ThreadId},
    components::{IconKind, Menu, MenuItem, Show},
    words::history as words,
};

/// A thread: a link or button that opens it, and a menu.
#[component]
pub(super) fn Row(
    control: ChatKitControl,
    search: ThreadSearch,
    groups: Memo<HashMap<ThreadId, String>>,
    stop: TabStop,
    id: ThreadId,
    href: Option<Href>,
    open: Callback<ThreadId>,
    renaming: RwSignal<Option<ThreadId>>,
    deleting: RwSignal<Option<ThreadId>>,
) -> impl IntoView {
    let path = href.map(|href| href(Some(&id)));
    let id = StoredValue::new(id);
    let title = Memo::new(move |_| id.with_value(|id| search.title(id)));
    let group = Memo::new(move |_| groups.with(|it| id.with_value(|id| it.get(id).cloned())));
    // Either below the heading of the panel, or at the top of the page's own list.
    let is_below_heading = path.is_none();
    let snippet = Memo::new(move |_| id.with_value(|id| search.snippet(id)).filter(|it| *it != title.get()));
    let is_shown = Memo::new(move |_| control.thread_id.with(|it| it.as_ref() == Some(&id.get_value())));
    let current = move || is_shown.get().then_some("page");
    let is_elsewhere =
        Memo::new(move |_| stop.at.with(|it| it.as_ref().is_some_and(|it| id.with_value(|id| it != id))));
    let tabindex = move || is_elsewhere.get().then_some("-1");
    let on_focus = move |_| stop.set_focused(id.get_value());
    let (show_rename, show_delete) =
        (control.option(|it| it.history.show_rename), control.option(|it| it.history.show_delete));
    let content = move || {
        view! {
            <span class="history__title" dir="auto">
                {move || view_matches(&title.get(), &search.query())}
            </span>
            {move || {
                snippet
                    .get()
                    .map(|it| {
                        view! { <span class="history__snippet" dir="auto">{view_matches(&it, &search.query())}</span> }
                    })
            }}
        }
    };
    view! {
        <li>
            {move || group.get().map(|it| view_group(it, is_below_heading))}
            <div class="history__thread">
            {match path {
                Some(path) => {
                    view! {
                        <a
                            class="history__link"
                            href=path
                            title=move || title.get()
                            tabindex=tabindex
                            aria-current=current
                            on:focus=on_focus
                        >
                            {content()}
                        </a>
                    }.into_any()
                }
                None => {
                    view! {
                        <button
                            class="history__link"
                            type="button"
                            title=move || title.get()
                            tabindex=tabindex
                            aria-current=current
                            on:focus=on_focus
                            on:click=move |_| open.run(id.get_value())
                        >
                            {content()}
                        </button>
                    }.into_any()
                }
            }}
            <Show when=move || show_rename.get() || show_delete.get()>
                // Not a tab stop: arrow keys lead to it.
                <Menu is_apart=true label=Signal::derive(move || words::actions_for(&title.get()))>
                    {move || show_rename.get().then(|| view! {
                        <MenuItem
                            icon=IconKind::Pencil
                            label=words::RENAME
                            on_choose=move |()| renaming.set(Some(id.get_value()))
                        />
                    })}
                    {move || show_delete.get().then(|| view! {
                        <MenuItem
                            icon=IconKind::Trash
                            label=words::DELETE
                            is_danger=true
                            on_choose=move |()| deleting.set(Some(id.get_value()))
                        />
                    })}
                </Menu>
            </Show>
            </div>
        </li>
    }
}

fn view_group(name: String, is_below_heading: bool) -> AnyView {
    if is_below_heading {
        view! { <h3 class="history__group">{name}</h3> }.into_any()
    } else {
        view! { <h2 class="history__group">{name}</h2> }.into_any()
    }
}

/// Renders a text with highlighted search terms.
fn view_matches(text: &str, query: &str) -> AnyView {
    let parts = search_matches(text, query).into_iter();
    parts
        .map(|(is_found, part)| {
            let part = part.to_owned();
            if is_found { view! { <mark class="history__mark">{part}</mark> }.into_any() } else { part.into_any() }
        })
        .collect_view()
        .into_any()
}
