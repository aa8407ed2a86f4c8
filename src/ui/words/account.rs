//! The account pages.

use crate::model::ColorScheme;

/// The name of the list of the account pages.
pub const ACCOUNT: &str = "Account";
/// Leads to the chats.
pub const BACK_TO_CHATS: &str = "Back to your chats";
/// A page, and its heading.
pub const PROFILE: &str = "Profile";
/// A page, and its heading.
pub const EMAIL: &str = "Email";
/// A page, its heading, and the field for a password.
pub const PASSWORD: &str = "Password";
/// A page, and its heading.
pub const SESSIONS: &str = "Sessions";
/// A page, and its heading.
pub const LINKED: &str = "Linked accounts";
/// A page, and its heading.
pub const APPEARANCE: &str = "Appearance";
/// Below it.
pub const APPEARANCE_LEDE: &str = "It counts for this browser, also when you are signed out.";
/// What is chosen there.
pub const COLOR_SCHEME: &str = "Colour scheme";
/// A page, and its heading.
pub const DELETE: &str = "Delete account";
/// Below it.
pub const DELETE_LEDE: &str = "It cannot be undone, and nobody can bring it back.";
/// Before the list of what is deleted.
pub const DELETE_WHAT: &str = "These go at once, from the database and not just from your sight:";
/// What is deleted.
pub const DELETE_YOU: &str = "your name, your address and your password;";
/// What is deleted.
pub const DELETE_CHATS: &str = "all your chats, questions and answers;";
/// What is deleted.
pub const DELETE_SESSIONS: &str = "every session: you are signed out on all devices.";
/// What is not deleted.
pub const DELETE_NOT: &str = "Backups that whoever runs this server has made, and what a language model's provider has kept, are out of our reach.";
/// Goes on to the second step.
pub const CONTINUE: &str = "Continue";
/// What the second step takes.
pub const CONFIRM_BY_PASSWORD: &str = "Your password confirms that it is you. Then everything is deleted.";
/// What the second step takes.
pub const CONFIRM_BY_BOTH: &str =
    "Your password confirms that it is you. Then a mail with a link comes; following it deletes everything.";
/// What the second step takes.
pub const CONFIRM: &str = "Then everything is deleted.";
/// What the second step takes.
pub const CONFIRM_BY_MAIL: &str = "A mail with a link comes; following it deletes everything.";
/// The heading of the second step.
pub const CONFIRM_HEADING: &str = "Delete your account?";
/// Deletes it.
pub const DELETE_MINE: &str = "Delete my account";
/// Leaves all as it is.
pub const KEEP: &str = "Keep it";
/// Where users may not delete themselves.
pub const NOT_HERE: &str = "Accounts cannot be deleted here. Ask whoever runs this server.";
/// The heading when it is gone.
pub const DELETED_HEADING: &str = "Your account is deleted";
/// Below it.
pub const DELETED_LEDE: &str =
    "Your chats and everything else about you are gone from this server. Good-bye, and thank you for having been here.";
/// Leads to the sign-in page.
pub const OTHER_ACCOUNT: &str = "Sign in with another account";
/// Below the heading of the page.
pub const EMAIL_LEDE: &str = "The address that you sign in with.";
/// The name of the part that shows the address.
pub const YOUR_ADDRESS: &str = "Your address";
/// An address that is its owner's.
pub const VERIFIED: &str = "Verified";
/// An address that may be anybody's.
pub const NOT_VERIFIED: &str = "Not verified";
/// Before the reason.
pub const LINK_FAILED: &str = "The link did not work. ";
/// When a link was followed.
pub const LINK_FOLLOWED: &str =
    "Thank you. If the address below is not the new one yet, follow the link in the mail that is on its way there.";
/// Why an address is verified.
pub const VERIFY_LEDE: &str = "Verify it, so that this server knows that it is yours.";
/// Asks for the mail that verifies it.
pub const SEND_VERIFICATION: &str = "Send verification mail";
/// The heading of the form for a new address.
pub const CHANGE_EMAIL_HEADING: &str = "Change your address";
/// The field for a new address.
pub const NEW_EMAIL: &str = "New email";
/// Asks for the change.
pub const CHANGE_EMAIL: &str = "Change address";
/// What changing the address takes.
pub const TWO_MAILS: &str = "Two mails, one after the other: the first one asks your present address to agree, the second one goes to the new address. Until you have followed both links, nothing changes.";
/// What changing the address takes.
pub const ONE_MAIL: &str = "A mail goes to the new address. Until you have followed its link, nothing changes.";
/// Below the heading of the linked accounts.
pub const ONLY_WAY: &str = "How you sign in. This is your only way, so it cannot be taken away.";
/// Below the heading of the linked accounts.
pub const SOME_WAYS: &str = "How you sign in. You can take a way away as long as another one is left.";
/// A way to sign in.
pub const BY_PASSWORD: &str = "Email and password";
/// Before the moment since when there is a way to sign in.
pub const SINCE: &str = "Since ";
/// Takes a way to sign in away.
pub const UNLINK: &str = "Unlink";
/// Below the heading of the page.
pub const PASSWORD_LEDE: &str = "A long one that you use nowhere else is a good one.";
/// The field for the password that counts now.
pub const CURRENT_PASSWORD: &str = "Current password";
/// The field for a new password.
pub const NEW_PASSWORD: &str = "New password";
/// What a new password has to be.
pub const PASSWORD_HINT: &str = "At least 8 characters.";
/// Ends all other sessions.
pub const OTHERS: &str = "Sign out everywhere else";
/// Changes it.
pub const CHANGE_PASSWORD: &str = "Change password";
/// Leads to where a new password is asked for.
pub const FORGOT: &str = "Forgot your password?";
/// Below the heading, where there is no password.
pub const NO_PASSWORD: &str = "You have none: you sign in with a linked account. To set one, ask for a link by mail.";
/// Asks for that link.
pub const GET_LINK: &str = "Get a link";
/// Below the heading of the page.
pub const PROFILE_LEDE: &str = "How you are called here.";
/// The field for a name.
pub const NAME: &str = "Name";
/// Keeps what was changed.
pub const SAVE: &str = "Save";
/// Below the heading of the page.
pub const SESSIONS_LEDE: &str = "Where you are signed in. Signing a device out takes effect at once.";
/// A session from nobody knows where.
pub const UNKNOWN_ADDRESS: &str = "Unknown address";
/// The session that asks.
pub const THIS_DEVICE: &str = "This device";
/// Before the moment when a session was last used.
pub const LAST_SEEN: &str = " · last seen ";
/// Before the moment when a session was opened.
pub const SIGNED_IN: &str = "Signed in ";
/// Ends a session.
pub const SIGN_OUT: &str = "Sign out";

/// The name of the button that takes a way to sign in away.
pub fn unlink(name: &str) -> String {
    format!("{UNLINK} {name}")
}

/// The name of the button that ends a session.
pub fn sign_out(device: &str, place: &str) -> String {
    format!("{SIGN_OUT} {device} at {place}")
}

/// The name of a scheme.
pub fn scheme(scheme: ColorScheme) -> &'static str {
    match scheme {
        ColorScheme::System => "System",
        ColorScheme::Light => "Light",
        ColorScheme::Dark => "Dark",
    }
}
