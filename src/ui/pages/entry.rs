//! The card in which visitors sign in and up, and in which links of mails end.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_query_map};

use super::opening::open_with;
use crate::{
    api::account::entry_start,
    model::page::EntryStart,
    ui::{components::Logo, paths},
};

/// A card, whose content is made from what the server says about the visitor. Those who are signed in go on.
#[component]
pub fn EntryPage(
    /// Whether it is for those, too, who are signed in.
    #[prop(optional)]
    is_for_all: bool,
    /// The token of the link that led here, if it is one to set a new password.
    #[prop(optional_no_strip)]
    reset_token: Option<String>,
    /// Makes the content.
    content: fn(EntryStart) -> AnyView,
) -> impl IntoView {
    let ask = async |reset_token| {
        // Who cannot be told about the visitor shows the form; the server judges again.
        entry_start(reset_token).await.unwrap_or(EntryStart { may_sign_up: true, ..EntryStart::default() })
    };
    let show = move |start: EntryStart| match start.is_signed_in && !is_for_all {
        true => view! { <GoOn /> }.into_any(),
        false => content(start),
    };
    view! { <EntryCard>{open_with(Signal::stored(reset_token), ask, show)}</EntryCard> }
}

/// The card alone.
#[component]
pub fn EntryCard(
    /// What it holds.
    children: Children,
) -> impl IntoView {
    view! {
        <main class="entry">
            <div class="entry__card">
                <Logo />
                {children()}
            </div>
        </main>
    }
}

/// What the card is about.
#[component]
pub fn EntryHeader(
    /// The heading, and the page's title.
    heading: &'static str,
    /// A sentence below it.
    #[prop(into)]
    lede: String,
) -> impl IntoView {
    view! {
        <Title text=heading />
        <header class="entry__header">
            <h1 class="entry__heading">{heading}</h1>
            <p class="entry__lede">{lede}</p>
        </header>
    }
}

/// Carries the path to come back to through the form.
#[component]
pub fn NextInput() -> impl IntoView {
    next().map(|next| view! { <input type="hidden" name="next" value=next /> })
}

/// Returns the path to come back to, from the page's query.
pub fn next() -> Option<String> {
    query("next").filter(|next| paths::is_own(next))
}

/// Returns a value of the page's query.
pub fn query(name: &str) -> Option<String> {
    use_query_map().get_untracked().get(name)
}

#[component]
fn GoOn() -> impl IntoView {
    let path = next().unwrap_or_else(|| paths::CHAT.to_owned());
    view! { <Redirect path=path /> }
}
