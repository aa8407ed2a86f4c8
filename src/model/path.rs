//! The paths of the pages, for redirects of the server and links of the pages.

/// A new chat, and the default target of redirects.
pub const CHAT: &str = "/chat";
/// The example page of the ChatKit client for developers; only if `EXAMPLES` is on.
pub const EXAMPLE: &str = "/examples/chatkit";
/// The gallery of everything that the client can display; only if `EXAMPLES` is on.
pub const GALLERY: &str = "/gallery";
/// The sign-in page.
pub const SIGN_IN: &str = "/sign-in";
/// The sign-up page.
pub const SIGN_UP: &str = "/sign-up";
/// The form that requests a link to set a new password.
pub const FORGOT_PASSWORD: &str = "/forgot-password";
/// The target of that link, with `?token=…` or `?error=…`.
pub const RESET_PASSWORD: &str = "/reset-password";
/// The target of a verification link, with `?error=…` if it failed.
pub const VERIFY_EMAIL: &str = "/verify-email";
/// The page after a verification mail was queued.
pub const CHECK_MAIL: &str = "/check-mail";
/// The page after a mail to set a new password was requested.
pub const CHECK_MAIL_FOR_RESET: &str = "/check-mail?for=password";
/// The account pages; the first one shows the profile.
pub const ACCOUNT: &str = "/account";
/// The email address and its change.
pub const ACCOUNT_EMAIL: &str = "/account/email";
/// The target of the links of an address change, with `&error=…` if they failed.
pub const ACCOUNT_EMAIL_LINK: &str = "/account/email?link=followed";
/// The change of the password.
pub const ACCOUNT_PASSWORD: &str = "/account/password";
/// The list of sessions.
pub const ACCOUNT_SESSIONS: &str = "/account/sessions";
/// The list of linked accounts.
pub const ACCOUNT_LINKED: &str = "/account/linked";
/// The choice of the colour scheme.
pub const ACCOUNT_APPEARANCE: &str = "/account/appearance";
/// The first step of deleting the account.
pub const ACCOUNT_DELETE: &str = "/account/delete";
/// The second step of deleting the account.
pub const ACCOUNT_DELETE_CONFIRM: &str = "/account/delete/confirm";
/// The page after the account was deleted.
pub const ACCOUNT_DELETED: &str = "/account/deleted";

/// True if `path` is a safe target of a redirect on this origin. Links to our forms may carry an attacker's `next`.
///
/// Browsers parse `//host`, `/\host` and `/<tab>/host` (they drop tabs and line feeds) as other origins. `/.//host`
/// becomes `//host` when its dots are resolved.
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
