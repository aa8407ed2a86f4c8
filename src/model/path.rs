//! Where the pages are: the server sends people there, and the pages link to each other.

/// A new chat, and the place to go to when there is no better one.
pub const CHAT: &str = "/chat";
/// Where developers try out what the ChatKit client can do, if the server is told so.
pub const EXAMPLE: &str = "/examples/chatkit";
/// Where all that the client can show is shown at once, if the server is told so.
pub const GALLERY: &str = "/gallery";
/// The sign-in page.
pub const SIGN_IN: &str = "/sign-in";
/// The sign-up page.
pub const SIGN_UP: &str = "/sign-up";
/// Where somebody asks for a link to set a new password.
pub const FORGOT_PASSWORD: &str = "/forgot-password";
/// Where that link leads: with `?token=…` or `?error=…`.
pub const RESET_PASSWORD: &str = "/reset-password";
/// Where the link that proves an address leads: with `?error=…` if it did not.
pub const VERIFY_EMAIL: &str = "/verify-email";
/// Says that a link to prove an address is on its way.
pub const CHECK_MAIL: &str = "/check-mail";
/// Says that a link to set a new password is on its way, if there is somebody to get it.
pub const CHECK_MAIL_FOR_RESET: &str = "/check-mail?for=password";
/// The account pages; the first one is about the profile.
pub const ACCOUNT: &str = "/account";
/// The address and its change.
pub const ACCOUNT_EMAIL: &str = "/account/email";
/// Where the links of a change of address lead: with `&error=…` if they could not be followed.
pub const ACCOUNT_EMAIL_LINK: &str = "/account/email?link=followed";
/// Changing the password.
pub const ACCOUNT_PASSWORD: &str = "/account/password";
/// Where one is signed in.
pub const ACCOUNT_SESSIONS: &str = "/account/sessions";
/// The ways to sign in.
pub const ACCOUNT_LINKED: &str = "/account/linked";
/// What the pages look like.
pub const ACCOUNT_APPEARANCE: &str = "/account/appearance";
/// What deleting the account means.
pub const ACCOUNT_DELETE: &str = "/account/delete";
/// The second step of deleting it.
pub const ACCOUNT_DELETE_CONFIRM: &str = "/account/delete/confirm";
/// Says that it was deleted.
pub const ACCOUNT_DELETED: &str = "/account/deleted";

/// Whether `path` is one of this origin that may be gone to: anybody can write the query of a link to our forms.
///
/// Browsers take `//host`, `/\host` and, since they drop tabs and line feeds, `/<tab>/host` for other origins, and the
/// first of these is what `/.//host` comes to when its dots are resolved.
pub fn is_own(path: &str) -> bool {
    let place = path.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    place.starts_with('/')
        && !path.contains(|c: char| c == '\\' || c.is_control())
        && !["//", "%2f", "%5c"].iter().any(|hidden| place.contains(hidden))
        && !place.split('/').any(|segment| matches!(segment, "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_origin_are_gone_to() {
        for good in ["/", "/chat", "/chat/thr_1?a=b//..#c", "/chat/x.y", "/chat/..."] {
            assert!(is_own(good), "{good}");
        }
        for bad in [
            "",
            "chat",
            "//evil.example",
            "/.//evil.example",
            "/%2E%2e//evil.example",
            "/account/..//evil.example",
            "/chat//x",
            "/a/..",
            "/%2fevil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example",
            " /chat",
        ] {
            assert!(!is_own(bad), "{bad:?}");
        }
    }
}
