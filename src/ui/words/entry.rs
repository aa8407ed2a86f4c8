//! The pages for visitors: sign-in, sign-up, and where links of mails lead.

/// Opens a session; a heading, a button and a link.
pub const SIGN_IN: &str = "Sign in";
/// Below the heading of the sign-in page.
pub const SIGN_IN_LEDE: &str = "Welcome back. Your chats are where you left them.";
/// The field for an address.
pub const EMAIL: &str = "Email";
/// The field for a password.
pub const PASSWORD: &str = "Password";
/// Whether the session outlives the browser.
pub const REMEMBER: &str = "Keep me signed in";
/// Leads to where a new password is asked for.
pub const FORGOT: &str = "Forgot password?";
/// Before the link to the sign-up page.
pub const NEW_HERE: &str = "New here? ";
/// Leads to the sign-up page.
pub const CREATE_AN_ACCOUNT: &str = "Create an account";
/// The heading of the sign-up page.
pub const SIGN_UP_HEADING: &str = "Create your account";
/// Below it.
pub const SIGN_UP_LEDE: &str = "Your chats stay on this server, for you alone.";
/// The field for a name.
pub const NAME: &str = "Name";
/// What a new password has to be.
pub const PASSWORD_HINT: &str = "At least 8 characters.";
/// Makes the account.
pub const CREATE_ACCOUNT: &str = "Create account";
/// Before the link to the sign-in page.
pub const HAVE_ACCOUNT: &str = "Have an account already? ";
/// The heading where nobody can sign up.
pub const CLOSED_HEADING: &str = "Sign-up is closed";
/// Below it.
pub const CLOSED_LEDE: &str = "Nobody can create an account here by themselves. Ask whoever runs this server for one.";
/// The heading when a mail is on its way.
pub const CHECK_MAIL: &str = "Check your mail";
/// Before the link that asks for the mail again.
pub const NOTHING_CAME_OR: &str = "Nothing came within a minute? Look among the junk, then ";
/// That link.
pub const TRY_AGAIN_HERE: &str = "try again";
/// What follows it.
pub const FULL_STOP: &str = ".";
/// Leads to the sign-in page.
pub const BACK_TO_SIGN_IN: &str = "Back to sign in";
/// Instead of an address that is not known.
pub const GIVEN_ADDRESS: &str = "the address that you gave";
/// Opens the form that asks for the mail again.
pub const NOTHING_CAME: &str = "Nothing came?";
/// Leads to the sign-in page.
pub const GO_TO_SIGN_IN: &str = "Go to sign in";
/// The heading when a page could not be made.
pub const WENT_WRONG: &str = "Something went wrong";
/// Below it.
pub const WENT_WRONG_LEDE: &str = "Something went wrong on the server. Try again.";
/// Loads the page again.
pub const TRY_AGAIN: &str = "Try again";
/// Leads to the account pages.
pub const BACK_TO_ACCOUNT: &str = "Back to your account";
/// The heading where a new password is asked for.
pub const FORGOT_HEADING: &str = "Forgot your password?";
/// Below it.
pub const FORGOT_LEDE: &str = "Enter the address of your account, and get a link to set a new one.";
/// Asks for the link.
pub const SEND_LINK: &str = "Send the link";
/// The heading when something failed that has no page of its own.
pub const DID_NOT_WORK: &str = "That did not work";
/// Leads to the chats.
pub const BACK_TO_CHATS: &str = "Back to your chats";
/// The heading at an address that leads nowhere.
pub const NOT_FOUND: &str = "Page not found";
/// Below it.
pub const NOT_FOUND_LEDE: &str = "There is nothing at this address, or it is not yours to read.";
/// The heading where a new password is set.
pub const RESET_HEADING: &str = "Set a new password";
/// Below it.
pub const RESET_LEDE: &str = "You sign in with it from now on.";
/// The field for a new password.
pub const NEW_PASSWORD: &str = "New password";
/// Sets it.
pub const SET_PASSWORD: &str = "Set the password";
/// The heading where a link led that does not work.
pub const LINK_BROKEN: &str = "This link does not work";
/// Below it.
pub const RESET_BROKEN_LEDE: &str = "It is used up, too old or not whole. Each link sets one password, within an hour.";
/// Asks for another link.
pub const NEW_LINK: &str = "Get a new link";
/// The heading where a link to verify an address is asked for.
pub const VERIFY_HEADING: &str = "Verify your email";
/// Below it.
pub const VERIFY_LEDE: &str = "Open the link in the mail that you were sent, or have another one sent.";
/// Says that a mail verifies the address, to somebody of whom nothing is known.
pub const VERIFICATION_PERHAPS: &str =
    "If you have just signed up, a mail is on its way to you. Follow its link to verify your address; then sign in.";
/// The heading when an address is verified.
pub const VERIFIED_HEADING: &str = "Your email is verified";
/// Below it, for somebody who is signed in.
pub const VERIFIED_SIGNED_IN: &str = "Thank you. Everything is set.";
/// Leads to the chats.
pub const GO_TO_CHATS: &str = "Go to your chats";
/// Below it, for somebody who is not.
pub const VERIFIED_SIGNED_OUT: &str = "Thank you. You can sign in now.";
/// Asks for the mail again.
pub const SEND_AGAIN: &str = "Send the mail again";

/// Says that a mail sets a new password, if somebody has the address.
pub fn reset_ordered(whom: &str) -> String {
    format!("If there is an account with {whom}, a mail is on its way. Its link sets a new password, within an hour.")
}

/// Says that a mail verifies the address.
pub fn verification_ordered(whom: &str) -> String {
    format!("A mail is on its way to {whom}. Follow its link to verify that the address is yours; then sign in.")
}
