//! Page for a failed link. Its code comes from the page's query, which anybody can write.

use leptos::prelude::*;

use super::entry_card::{EntryCard, EntryHeader};
use crate::ui::{
    paths,
    words::{entry as words, form_messages},
};

/// Page for errors of links that have no dedicated page.
#[component]
pub fn LinkErrorPage(
    /// The error code.
    code: String,
) -> impl IntoView {
    view! {
        <EntryCard>
            <EntryHeader heading=words::DID_NOT_WORK lede=form_messages::link_error(&code) />
            <a class="button" data-kind="primary" href=paths::CHAT>
                {words::BACK_TO_CHATS}
            </a>
        </EntryCard>
    }
}
