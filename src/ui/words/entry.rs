//! Wording of the pages for visitors: sign-in, sign-up, and targets of mail links.

/// Heading, button and link to sign in.
pub const SIGN_IN: &str = "Sign in";
/// Introduction of the sign-in page.
pub const SIGN_IN_LEDE: &str = "Welcome back. Your chats are where you left them.";
/// Label of the email field.
pub const EMAIL: &str = "Email";
/// Label of the password field.
pub const PASSWORD: &str = "Password";
/// Checkbox that lets the session outlive the browser.
pub const REMEMBER: &str = "Keep me signed in";
/// Link to the page that requests a password reset.
pub const FORGOT: &str = "Forgot password?";
/// Text before the link to the sign-up page.
pub const NEW_HERE: &str = "New here? ";
/// Link to the sign-up page.
pub const CREATE_AN_ACCOUNT: &str = "Create an account";
/// Heading of the sign-up page.
pub const SIGN_UP_HEADING: &str = "Create your account";
/// Introduction of the sign-up page.
pub const SIGN_UP_LEDE: &str = "Your chats stay on this server, for you alone.";
/// Label of the name field.
pub const NAME: &str = "Name";
/// Rule for new passwords.
pub const PASSWORD_HINT: &str = "At least 8 characters.";
/// Button that creates the account.
pub const CREATE_ACCOUNT: &str = "Create account";
/// Text before the link to the sign-in page.
pub const HAVE_ACCOUNT: &str = "Have an account already? ";
/// Heading where sign-up is disabled.
pub const CLOSED_HEADING: &str = "Sign-up is closed";
/// Introduction where sign-up is disabled.
pub const CLOSED_LEDE: &str = "Nobody can create an account here by themselves. Ask whoever runs this server for one.";
/// Heading after a mail was ordered.
pub const CHECK_MAIL: &str = "Check your mail";
/// Text before the link that requests the mail again.
pub const NOTHING_CAME_OR: &str = "Nothing came within a minute? Look among the junk, then ";
/// Link that requests the mail again.
pub const TRY_AGAIN_HERE: &str = "try again";
/// Text after that link.
pub const FULL_STOP: &str = ".";
/// Link back to the sign-in page.
pub const BACK_TO_SIGN_IN: &str = "Back to sign in";
/// Replacement for an unknown address.
pub const GIVEN_ADDRESS: &str = "the address that you gave";
/// Summary that opens the form to request the mail again.
pub const NOTHING_CAME: &str = "Nothing came?";
/// Link to the sign-in page.
pub const GO_TO_SIGN_IN: &str = "Go to sign in";
/// Heading of the page for server failures.
pub const WENT_WRONG: &str = "Something went wrong";
/// Introduction of the page for server failures.
pub const WENT_WRONG_LEDE: &str = "Something went wrong on the server. Try again.";
/// Link that reloads the page.
pub const TRY_AGAIN: &str = "Try again";
/// Link to the account pages.
pub const BACK_TO_ACCOUNT: &str = "Back to your account";
/// Heading of the page that requests a password reset.
pub const FORGOT_HEADING: &str = "Forgot your password?";
/// Introduction of the page that requests a password reset.
pub const FORGOT_LEDE: &str = "Enter the address of your account, and get a link to set a new one.";
/// Button that requests the link.
pub const SEND_LINK: &str = "Send the link";
/// Heading for an error without a dedicated page.
pub const DID_NOT_WORK: &str = "That did not work";
/// Link to the chats.
pub const BACK_TO_CHATS: &str = "Back to your chats";
/// Heading of the 404 page.
pub const NOT_FOUND: &str = "Page not found";
/// Introduction of the 404 page.
pub const NOT_FOUND_LEDE: &str = "There is nothing at this address, or it is not yours to read.";
/// Heading of the page that sets a new password.
pub const RESET_HEADING: &str = "Set a new password";
/// Introduction of the page that sets a new password.
pub const RESET_LEDE: &str = "You sign in with it from now on.";
/// Label of the field for a new password.
pub const NEW_PASSWORD: &str = "New password";
/// Button that sets the password.
pub const SET_PASSWORD: &str = "Set the password";
/// Heading for an invalid link.
pub const LINK_BROKEN: &str = "This link does not work";
/// Introduction for an invalid password reset link.
pub const RESET_BROKEN_LEDE: &str = "It is used up, too old or not whole. Each link sets one password, within an hour.";
/// Link that requests another mail.
pub const NEW_LINK: &str = "Get a new link";
/// Heading of the page that requests a verification mail.
pub const VERIFY_HEADING: &str = "Verify your email";
/// Introduction of the page that requests a verification mail.
pub const VERIFY_LEDE: &str = "Open the link in the mail that you were sent, or have another one sent.";
/// Announcement of a verification mail to a visitor whose address is unknown.
pub const VERIFICATION_PERHAPS: &str =
    "If you have just signed up, a mail is on its way to you. Follow its link to verify your address; then sign in.";
/// Heading after a verification.
pub const VERIFIED_HEADING: &str = "Your email is verified";
/// Introduction after a verification, for signed-in users.
pub const VERIFIED_SIGNED_IN: &str = "Thank you. Everything is set.";
/// Link to the chats.
pub const GO_TO_CHATS: &str = "Go to your chats";
/// Introduction after a verification, for signed-out visitors.
pub const VERIFIED_SIGNED_OUT: &str = "Thank you. You can sign in now.";
/// Button that requests the mail again.
pub const SEND_AGAIN: &str = "Send the mail again";

/// Announcement of a password reset mail, without revealing whether the account exists.
pub fn reset_mail_ordered(whom: &str) -> String {
    format!("If there is an account with {whom}, a mail is on its way. Its link sets a new password, within an hour.")
}

/// Announcement of a verification mail.
pub fn verification_ordered(whom: &str) -> String {
    format!("A mail is on its way to {whom}. Follow its link to verify that the address is yours; then sign in.")
}
