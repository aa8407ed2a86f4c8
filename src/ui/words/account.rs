//! Wording of the account pages.

use crate::model::ColorScheme;

/// Accessible name of the navigation.
pub const ACCOUNT: &str = "Account";
/// Link to the chats.
pub const BACK_TO_CHATS: &str = "Back to your chats";
/// Navigation entry and heading of the profile page.
pub const PROFILE: &str = "Profile";
/// Navigation entry and heading of the email page.
pub const EMAIL: &str = "Email";
/// Navigation entry and heading of the password page, and label of password fields.
pub const PASSWORD: &str = "Password";
/// Navigation entry and heading of the sessions page.
pub const SESSIONS: &str = "Sessions";
/// Navigation entry and heading of the page of linked accounts.
pub const LINKED: &str = "Linked accounts";
/// Navigation entry and heading of the appearance page.
pub const APPEARANCE: &str = "Appearance";
/// Introduction of the appearance page.
pub const APPEARANCE_LEDE: &str = "It counts for this browser, also when you are signed out.";
/// Legend of the colour schemes.
pub const COLOR_SCHEME: &str = "Colour scheme";
/// Navigation entry and heading of the page that deletes the account.
pub const DELETE: &str = "Delete account";
/// Introduction of that page.
pub const DELETE_LEDE: &str = "It cannot be undone, and nobody can bring it back.";
/// Text before the list of deleted data.
pub const DELETE_WHAT: &str = "These go at once, from the database and not just from your sight:";
/// Deleted personal data.
pub const DELETE_YOU: &str = "your name, your address and your password;";
/// Deleted chats.
pub const DELETE_CHATS: &str = "all your chats, questions and answers;";
/// Ended sessions.
pub const DELETE_SESSIONS: &str = "every session: you are signed out on all devices.";
/// Data that is not deleted.
pub const DELETE_NOT: &str = "Backups that whoever runs this server has made, and what a language model's provider has kept, are out of our reach.";
/// Link to the second step.
pub const CONTINUE: &str = "Continue";
/// Introduction of the second step: confirmation by password.
pub const CONFIRM_BY_PASSWORD: &str = "Your password confirms that it is you. Then everything is deleted.";
/// Introduction of the second step: confirmation by password and mail.
pub const CONFIRM_BY_BOTH: &str =
    "Your password confirms that it is you. Then a mail with a link comes; following it deletes everything.";
/// Introduction of the second step: no confirmation.
pub const CONFIRM: &str = "Then everything is deleted.";
/// Introduction of the second step: confirmation by mail.
pub const CONFIRM_BY_MAIL: &str = "A mail with a link comes; following it deletes everything.";
/// Heading of the second step.
pub const CONFIRM_HEADING: &str = "Delete your account?";
/// Button that deletes the account.
pub const DELETE_MINE: &str = "Delete my account";
/// Link that cancels the deletion.
pub const KEEP: &str = "Keep it";
/// Notice where users may not delete their accounts.
pub const NOT_HERE: &str = "Accounts cannot be deleted here. Ask whoever runs this server.";
/// Heading after the deletion.
pub const DELETED_HEADING: &str = "Your account is deleted";
/// Introduction after the deletion.
pub const DELETED_LEDE: &str =
    "Your chats and everything else about you are gone from this server. Good-bye, and thank you for having been here.";
/// Link to the sign-in page.
pub const OTHER_ACCOUNT: &str = "Sign in with another account";
/// Introduction of the email page.
pub const EMAIL_LEDE: &str = "The address that you sign in with.";
/// Accessible name of the section with the address.
pub const YOUR_ADDRESS: &str = "Your address";
/// Badge of a verified address.
pub const VERIFIED: &str = "Verified";
/// Badge of an unverified address.
pub const NOT_VERIFIED: &str = "Not verified";
/// Text before the error of a mail link.
pub const LINK_FAILED: &str = "The link did not work. ";
/// Notice after a mail link was followed.
pub const LINK_FOLLOWED: &str =
    "Thank you. If the address below is not the new one yet, follow the link in the mail that is on its way there.";
/// Reason for verifying an address.
pub const VERIFY_LEDE: &str = "Verify it, so that this server knows that it is yours.";
/// Button that requests a verification mail.
pub const SEND_VERIFICATION: &str = "Send verification mail";
/// Heading of the form for a new address.
pub const CHANGE_EMAIL_HEADING: &str = "Change your address";
/// Label of the field for a new address.
pub const NEW_EMAIL: &str = "New email";
/// Button that requests the change.
pub const CHANGE_EMAIL: &str = "Change address";
/// Explanation of a change with two mails.
pub const TWO_MAILS: &str = "Two mails, one after the other: the first one asks your present address to agree, the second one goes to the new address. Until you have followed both links, nothing changes.";
/// Explanation of a change with one mail.
pub const ONE_MAIL: &str = "A mail goes to the new address. Until you have followed its link, nothing changes.";
/// Introduction of the page of linked accounts, with a single way to sign in.
pub const ONLY_WAY: &str = "How you sign in. This is your only way, so it cannot be taken away.";
/// Introduction of the page of linked accounts, with several ways to sign in.
pub const SOME_WAYS: &str = "How you sign in. You can take a way away as long as another one is left.";
/// Name of the way to sign in by password.
pub const BY_PASSWORD: &str = "Email and password";
/// Text before the date on which an account was linked.
pub const SINCE: &str = "Since ";
/// Button that unlinks an account.
pub const UNLINK: &str = "Unlink";
/// Introduction of the password page.
pub const PASSWORD_LEDE: &str = "A long one that you use nowhere else is a good one.";
/// Label of the field for the current password.
pub const CURRENT_PASSWORD: &str = "Current password";
/// Label of the field for a new password.
pub const NEW_PASSWORD: &str = "New password";
/// Rule for new passwords.
pub const PASSWORD_HINT: &str = "At least 8 characters.";
/// Checkbox that ends all other sessions.
pub const OTHERS: &str = "Sign out everywhere else";
/// Button that changes the password.
pub const CHANGE_PASSWORD: &str = "Change password";
/// Link to the page that requests a password reset.
pub const FORGOT: &str = "Forgot your password?";
/// Introduction of the password page for users without a password.
pub const NO_PASSWORD: &str = "You have none: you sign in with a linked account. To set one, ask for a link by mail.";
/// Link that requests a mail to set a password.
pub const GET_LINK: &str = "Get a link";
/// Introduction of the profile page.
pub const PROFILE_LEDE: &str = "How you are called here.";
/// Label of the name field.
pub const NAME: &str = "Name";
/// Button that saves the profile.
pub const SAVE: &str = "Save";
/// Introduction of the sessions page.
pub const SESSIONS_LEDE: &str = "Where you are signed in. Signing a device out takes effect at once.";
/// Place of a session with an unknown address.
pub const UNKNOWN_ADDRESS: &str = "Unknown address";
/// Badge of the current session.
pub const THIS_DEVICE: &str = "This device";
/// Text before the time of a session's last use.
pub const LAST_SEEN: &str = " · last seen ";
/// Text before the time of sign-in.
pub const SIGNED_IN: &str = "Signed in ";
/// Button that ends a session.
pub const SIGN_OUT: &str = "Sign out";

/// Accessible name of the button that unlinks an account.
pub fn unlink(name: &str) -> String {
    format!("{UNLINK} {name}")
}

/// Accessible name of the button that ends a session.
pub fn sign_out(device: &str, place: &str) -> String {
    format!("{SIGN_OUT} {device} at {place}")
}

/// Name of a colour scheme.
pub fn scheme(scheme: ColorScheme) -> &'static str {
    match scheme {
        ColorScheme::System => "System",
        ColorScheme::Light => "Light",
        ColorScheme::Dark => "Dark",
    }
}
