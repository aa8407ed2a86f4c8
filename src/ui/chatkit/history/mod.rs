//! The history: a searchable list of threads.

mod date_groups;
mod dialogs;
mod search_field;
mod search_matches;
mod tab_stop;
mod thread_list;
mod thread_row;
mod thread_search;

pub use thread_list::ThreadList;

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::ui::{
    chatkit::{ChatKitControl, ThreadId},
    components::{Button, ButtonKind, Icon, IconKind, Show},
    words::history as words,
};
use dialogs::{DeleteDialog, RenameDialog};
use search_field::SearchField;
use thread_row::Row;
use thread_search::ThreadSearch;

/// Returns the page path of a thread, or of a new chat if `None`.
pub type Href = fn(Option<&str>) -> String;

/// The threads of a [`ChatKitControl`], with search, rename and delete.
#[component]
pub fn ChatHistory(
    /// The control returned by [`use_chatkit`](crate::ui::chatkit::use_chatkit).
    control: ChatKitControl,
    /// Returns the page path of a thread, if threads have pages.
    #[prop(optional)]
    href: Option<Href>,
    /// Called after a thread or a new chat was chosen.
    #[prop(optional, into)]
    on_choose: Option<Callback<()>>,
) -> impl IntoView {
    let renaming = RwSignal::new(None::<ThreadId>);
    let deleting = RwSignal::new(None::<ThreadId>);
    let search = ThreadSearch::new(control);
    let chosen = move || {
        control.offer_composer();
        on_choose.inspect(|it| it.run(()));
    };
    let begin = move |_| {
        // During the first answer of a new chat, the path may already be the right one.
        if href.is_none() || control.thread_id.with_untracked(Option::is_none) {
            control.new_thread();
        }
        chosen();
    };
    let open = Callback::new(move |id: ThreadId| {
        if href.is_none() {
            control.set_thread_id(Some(id));
            chosen();
        }
    });
    let ids = search.ids();
    let stop = tab_stop::follow(control, ids);
    let groups = date_groups::follow(control, search, ids);
    let new_chat = || view! { <Icon kind=IconKind::SquarePen />{words::NEW_CHAT} };
    view! {
        <div class="history">
            {match href {
                Some(href) => {
                    view! { <a class="history__new" href=href(None) on:click=begin>{new_chat()}</a> }.into_any()
                }
                None => {
                    view! { <button class="history__new" type="button" on:click=begin>{new_chat()}</button> }.into_any()
                }
            }}
            <SearchField control search />
            <ul class="history__list" aria-label=words::CHATS on:keydown=step>
                <For each=move || ids.get() key=Clone::clone let:id>
                    <Row control search groups stop id href open renaming deleting />
                </For>
            </ul>
            <Show when=move || search.has_more()>
                <Button kind=ButtonKind::Quiet on_click=move |_| search.load_more()>
                    {words::MORE}
                </Button>
            </Show>
            {move || {
                control.threads_error.get().map(|text| {
                    view! {
                        <p class="notice" data-level="danger" role="alert">
                            <Icon kind=IconKind::Alert />
                            <span>{text}</span>
                        </p>
                    }
                })
            }}
        </div>
        <RenameDialog control search renaming />
        <DeleteDialog control search deleting />
    }
}

/// Handles arrow keys: between threads, from the first one to the search field, and sideways between a thread and its
/// menu. The whole list is one tab stop.
fn step(ev: ev::KeyboardEvent) {
    let Some(target) = ev.target().and_then(|it| it.dyn_into::<Element>().ok()) else { return };
    let row = target.closest("li").ok().flatten();
    let is_rtl = document().document_element().is_some_and(|it| it.matches(":dir(rtl)").unwrap_or_default());
    let sideways = match (ev.key().as_str(), is_rtl) {
        ("ArrowRight", false) | ("ArrowLeft", true) => Some(".menu__trigger"),
        ("ArrowLeft", false) | ("ArrowRight", true) => Some(".history__link"),
        _ => None,
    };
    if let Some(selector) = sideways
        && target.closest("[role=menu]").is_ok_and(|it| it.is_none())
    {
        ev.prevent_default();
        return focus_first(row.as_ref(), selector);
    }
    let Some(link) = Some(target).filter(|it| it.class_list().contains("history__link")) else { return };
    let next = match ev.key().as_str() {
        "ArrowDown" => row.and_then(|it| it.next_element_sibling()),
        "ArrowUp" => row.and_then(|it| it.previous_element_sibling()),
        "Home" => row.and_then(|it| it.parent_element()?.first_element_child()),
        "End" => row.and_then(|it| it.parent_element()?.last_element_child()),
        _ => return,
    };
    ev.prevent_default();
    let selector = if next.is_some() { ".history__link" } else { "input" };
    let within = if next.is_some() || ev.key() == "ArrowDown" { next } else { link.closest(".history").ok().flatten() };
    focus_first(within.as_ref(), selector);
}

/// Focuses the first element in `within` that matches `selector`.
fn focus_first(within: Option<&Element>, selector: &str) {
    let found = within.and_then(|it| it.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        _ = element.focus();
    }
}
