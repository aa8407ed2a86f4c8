//! Where the pages are: the server sends people there, and the pages link to each other.

/// A new chat, and the place to go to when there is no better one.
pub const CHAT: &str = "/chat";
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
/// What deleting the account means.
pub const ACCOUNT_DELETE: &str = "/account/delete";
/// The second step of deleting it.
pub const ACCOUNT_DELETE_CONFIRM: &str = "/account/delete/confirm";
/// Says that it was deleted.
pub const ACCOUNT_DELETED: &str = "/account/deleted";
