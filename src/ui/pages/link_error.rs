//! Why a link did not work: the server says so by a code in the page's query, where anybody can write one.

use leptos::prelude::*;

use super::entry::{EntryCard, EntryHeader};
use crate::ui::paths;

/// Says that something did not work, by its code: where links lead that name no page of their own.
#[component]
pub fn LinkErrorPage(
    /// The code.
    code: String,
) -> impl IntoView {
    view! {
        <EntryCard>
            <EntryHeader heading="That did not work" lede=sentence(&code) />
            <a class="button" data-kind="primary" href=paths::CHAT>
                "Back to your chats"
            </a>
        </EntryCard>
    }
}

/// Puts a code of Better Auth into words; those that are unknown get a sentence that is true of all.
pub fn sentence(code: &str) -> &'static str {
    match code {
        "TOKEN_EXPIRED" | "token_expired" => "It is too old: a link is good for an hour. Ask for a new one.",
        "INVALID_TOKEN" | "invalid_token" => "It is used up, too old or not whole. Ask for a new one.",
        "USER_NOT_FOUND" | "INVALID_USER" => "It belongs to another account than yours, or to one that is gone.",
        "EMAIL_MISMATCH" => "It is for another address than the one of your account.",
        "USER_ALREADY_EXISTS" | "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" => "Somebody else has this address already.",
        "EMAIL_ALREADY_VERIFIED" => "This address is verified already.",
        "EMAIL_PASSWORD_SIGN_UP_DISABLED" | "signup_disabled" => "Nobody can sign up here.",
        "TOO_MANY_REQUESTS" => "There were too many attempts. Wait a moment, then try again.",
        _ => "The link could not be followed. Try again, or ask for a new one.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_puts_words_into_our_mouth() {
        for code in ["", "Call +1 555 0100 now", "<b>", "please_restart_the_process"] {
            assert_eq!(sentence(code), "The link could not be followed. Try again, or ask for a new one.");
        }
    }
}
