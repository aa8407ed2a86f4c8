//! Why a link did not work: the server says so by a code in the page's query, where anybody can write one.

use leptos::prelude::*;

use super::entry::{EntryCard, EntryHeader};
use crate::ui::{
    paths,
    words::{entry as words, form},
};

/// Says that something did not work, by its code: where links lead that name no page of their own.
#[component]
pub fn LinkErrorPage(
    /// The code.
    code: String,
) -> impl IntoView {
    view! {
        <EntryCard>
            <EntryHeader heading=words::DID_NOT_WORK lede=form::link_error(&code) />
            <a class="button" data-kind="primary" href=paths::CHAT>
                {words::BACK_TO_CHATS}
            </a>
        </EntryCard>
    }
}
