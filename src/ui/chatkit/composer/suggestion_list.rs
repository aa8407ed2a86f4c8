use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    suggestion_menu::{Choice, Menu, SuggestionKind},
    suggestions::Suggestions,
};
use crate::ui::{
    components::{Show, sprite::picture},
    words::composer as words,
};

impl Suggestions {
    /// Returns the id of the list, which the text area controls.
    pub(super) fn list_id(self) -> String {
        self.control.element_id("composer-menu")
    }

    /// Returns the id of an entry.
    pub(super) fn option_id(self, at: usize) -> String {
        self.control.element_id(format_args!("composer-menu-{at}"))
    }
}

/// The list of suggestions above the text area. The text area keeps the focus.
#[component]
pub(super) fn SuggestionList(suggestions: Suggestions) -> impl IntoView {
    let menu = suggestions.menu;
    let list: NodeRef<html::Div> = NodeRef::new();
    let at = Memo::new(move |_| menu.with(|it| it.as_ref().and_then(Menu::at)));
    Effect::new(move |_| {
        let (Some(at), Some(list)) = (at.get(), list.get()) else { return };
        let option = list.query_selector(&format!("#{}", suggestions.option_id(at))).ok().flatten();
        if let Some(option) = option.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            show(&list, &option);
        }
    });
    let label = Memo::new(move |_| match menu.with(|it| it.as_ref().map(|it| it.suggestion_kind)) {
        Some(SuggestionKind::Commands) => words::COMMANDS,
        _ => words::MENTIONS,
    });
    let state = Memo::new(move |_| menu.with(|it| it.as_ref().map(status)).unwrap_or_default());
    let groups = Memo::new(move |_| menu.with(|it| it.as_ref().map(Menu::groups)).unwrap_or_default());
    view! {
        // A live region must exist before its first announcement.
        <p class="unseen" role="status">
            {move || state.get()}
        </p>
        <Show when=move || menu.with(Option::is_some)>
            <div
                class="suggestions"
                // Prevents the text area from losing the focus.
                on:mousedown=|ev: ev::MouseEvent| ev.prevent_default()
            >
                <div node_ref=list class="suggestions__list" role="listbox" id=suggestions.list_id() aria-label=move || label.get()>
                    {move || {
                        let groups = groups.get().into_iter();
                        groups.map(|(group, choices)| view! { <Group suggestions group choices /> }).collect_view()
                    }}
                </div>
                <Show when=move || menu.with(|it| it.as_ref().is_some_and(Menu::is_empty))>
                    <p class="suggestions__state">{move || state.get()}</p>
                </Show>
            </div>
        </Show>
    }
}

#[component]
fn Group(suggestions: Suggestions, group: Option<String>, choices: Vec<(usize, Choice)>) -> impl IntoView {
    let options = choices.into_iter().map(|(at, choice)| view! { <Suggestion suggestions at choice /> }).collect_view();
    match group {
        None => options.into_any(),
        Some(group) => {
            let name = group.clone();
            view! {
                <div role="group" aria-label=name>
                    <p class="suggestions__group" aria-hidden="true">
                        {group}
                    </p>
                    {options}
                </div>
            }
            .into_any()
        }
    }
}

#[component]
fn Suggestion(suggestions: Suggestions, at: usize, choice: Choice) -> impl IntoView {
    let is_active = move || suggestions.menu.with(|it| it.as_ref().and_then(Menu::at) == Some(at));
    let description = choice.description().map(str::to_owned);
    let icon = match choice {
        Choice::Attach => Some("paperclip"),
        _ => choice.icon(),
    };
    view! {
        <div
            class="suggestions__option"
            role="option"
            id=suggestions.option_id(at)
            aria-selected=move || if is_active() { "true" } else { "false" }
            on:click=move |_| _ = suggestions.choose(Some(at))
        >
            {icon.and_then(picture)}
            <span>{choice.label().to_owned()}</span>
            {description.map(|it| view! { <span class="suggestions__description">{it}</span> })}
        </div>
    }
}

/// Returns the status text of the menu for screen readers.
fn status(menu: &Menu) -> String {
    match (menu.is_loading, menu.len()) {
        (true, _) => words::SEARCHING.to_owned(),
        (false, 0) => words::NOTHING_FOUND.to_owned(),
        (false, n_choices) => words::n_choices(n_choices),
    }
}

/// Scrolls the list until an entry is visible, without scrolling the page.
fn show(list: &HtmlElement, option: &HtmlElement) {
    let (list_at, option_at) = (list.get_bounding_client_rect(), option.get_bounding_client_rect());
    let above = list_at.top() - option_at.top();
    let below = option_at.bottom() - list_at.bottom();
    #[allow(clippy::cast_possible_truncation, reason = "some thousand pixels at most")]
    let by = if above > 0.0 { -above.ceil() as i32 } else { below.max(0.0).ceil() as i32 };
    list.set_scroll_top(list.scroll_top() + by);
}
