//! Card layout of the pages for visitors: sign-in, sign-up, and targets of mail links.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_query_map};

use super::initial_data::with_initial_data;
use crate::{
    api::account::entry_start,
    model::page::EntryStart,
    ui::{components::Logo, paths},
};

/// A card whose content depends on the visitor's state. Signed-in users are redirected.
#[component]
pub fn EntryPage(
    /// True to show the page to signed-in users too.
    #[prop(optional)]
    is_for_all: bool,
    /// Token of a password reset link that led here.
    #[prop(optional_no_strip)]
    reset_token: Option<String>,
    /// Renders the content.
    content: fn(EntryStart) -> AnyView,
) -> impl IntoView {
    let ask = async |reset_token| {
        // If the state cannot be loaded, the form is shown. The server validates again.
        entry_start(reset_token).await.unwrap_or(EntryStart { may_sign_up: true, ..EntryStart::default() })
    };
    let show = move |start: EntryStart| match start.is_signed_in && !is_for_all {
        true => view! { <ContinueRedirect /> }.into_any(),
        false => content(start),
    };
    view! { <EntryCard>{with_initial_data(Signal::stored(reset_token), ask, show)}</EntryCard> }
}

/// The card alone.
#[component]
pub fn EntryCard(
    /// Content.
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

/// Header of the card.
#[component]
pub fn EntryHeader(
    /// Heading and page title.
    heading: &'static str,
    /// Introductory sentence.
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

/// Hidden input with the path to return to.
#[component]
pub fn NextInput() -> impl IntoView {
    next().map(|next| view! { <input type="hidden" name="next" value=next /> })
}

/// Returns the path to return to from the page's query.
pub fn next() -> Option<String> {
    query("next").filter(|next| paths::is_own(next))
}

/// Returns a value of the page's query.
pub fn query(name: &str) -> Option<String> {
    use_query_map().get_untracked().get(name)
}

#[component]
fn ContinueRedirect() -> impl IntoView {
    let path = next().unwrap_or_else(|| paths::CHAT.to_owned());
    view! { <Redirect path=path /> }
}
