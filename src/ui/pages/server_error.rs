use leptos::prelude::*;

use super::entry_card::{EntryCard, EntryHeader};
use crate::ui::words::entry as words;

/// Renders the page for failures of the server.
#[component]
pub fn ServerErrorPage(
    /// Path of the retry link.
    again: &'static str,
) -> impl IntoView {
    view! {
        <EntryCard>
            <div role="alert">
                <EntryHeader heading=words::WENT_WRONG lede=words::WENT_WRONG_LEDE />
            </div>
            <a class="button" data-kind="primary" href=again rel="external">
                {words::TRY_AGAIN}
            </a>
        </EntryCard>
    }
}
