use leptos::prelude::*;

use super::entry::{EntryCard, EntryHeader};

/// What is shown when the server could not make a page.
#[component]
pub fn FailedPage(
    /// Where to try again.
    again: &'static str,
) -> impl IntoView {
    view! {
        <EntryCard>
            <div role="alert">
                <EntryHeader heading="Something went wrong" lede="Something went wrong on the server. Try again." />
            </div>
            <a class="button" data-kind="primary" href=again rel="external">
                "Try again"
            </a>
        </EntryCard>
    }
}
