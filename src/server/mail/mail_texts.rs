//! The texts of mails, without their layout.

use super::{MailKind, OutgoingMail};

/// The line above the plain link, for recipients whose button does not work.
pub(super) const PLAIN_LINK_LABEL: &str = "If the button does not work, open this link:";

/// The texts of a mail. Names and addresses in them are not escaped.
pub(super) struct MailTexts {
    /// Subject.
    pub(super) subject: String,
    /// Heading.
    pub(super) heading: &'static str,
    /// Purpose of the mail.
    pub(super) purpose: String,
    /// Label of the button.
    pub(super) button: &'static str,
    /// Severity of the action.
    pub(super) severity: Severity,
    /// Validity of the link and its consequences; may be empty.
    pub(super) terms: &'static str,
    /// Advice for a recipient who did not request the mail.
    pub(super) otherwise: &'static str,
}

/// Severity of a button's action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
    /// A repeatable action.
    Reversible,
    /// An irreversible action.
    Irreversible,
}

impl MailTexts {
    /// Returns the texts of a mail. `site` is the public host.
    pub(super) fn of(letter: &OutgoingMail, site: &str) -> Self {
        match &letter.kind {
            MailKind::ResetPassword => Self {
                subject: format!("Set a new password for {site}"),
                heading: "Set a new password",
                purpose: format!("Somebody, hopefully you, asked for a new password for your account at {site}."),
                button: "Choose a new password",
                severity: Severity::Reversible,
                terms: "The link works once, and for one hour.",
                otherwise: "If this was not you, you need not do anything: your password stays as it is.",
            },
            MailKind::VerifyEmail => Self {
                subject: format!("Confirm your email address for {site}"),
                heading: "Confirm your email address",
                purpose: format!("An account at {site} has this email address. Please confirm that it is yours."),
                button: "Confirm this address",
                severity: Severity::Reversible,
                terms: "The link works for one hour.",
                otherwise: "If you have no account there, you need not do anything: without you, the address stays \
                            unconfirmed.",
            },
            MailKind::ConfirmEmailChange { new_email } => Self {
                subject: format!("Change your email address for {site}"),
                heading: "Change your email address",
                purpose: format!(
                    "Somebody, hopefully you, asked to change the email address of your account at {site} to {}.",
                    single_line(new_email)
                ),
                button: "Agree to the new address",
                severity: Severity::Reversible,
                terms: "The link works for one hour. Then we write to the new address, and the change is made when \
                        it is confirmed there, too.",
                otherwise: "If this was not you, do not agree. Somebody else may be signed in as you: change your \
                            password, which lets you sign out everywhere else.",
            },
            MailKind::VerifyNewEmail => Self {
                subject: format!("Confirm your new email address for {site}"),
                heading: "Confirm your new email address",
                purpose: format!(
                    "An account at {site} is to have this email address. Please confirm that it is yours."
                ),
                button: "Confirm this address",
                severity: Severity::Reversible,
                terms: "The link works for one hour. From then on you sign in with this address.",
                otherwise: "If you have no account there, you need not do anything: without you, nothing is changed.",
            },
            MailKind::DeleteUser => Self {
                subject: format!("Delete your account at {site}"),
                heading: "Delete your account",
                purpose: format!(
                    "Somebody, hopefully you, asked to delete your account at {site} with all its conversations. \
                     This cannot be undone."
                ),
                button: "Delete my account",
                severity: Severity::Irreversible,
                terms: "The link works for one day, in a browser where you are signed in.",
                otherwise: "If this was not you, do not open the link. Somebody else may be signed in as you: change \
                            your password, which lets you sign out everywhere else.",
            },
            MailKind::AlreadySignedUp => Self {
                subject: format!("You have an account at {site} already"),
                heading: "You have an account already",
                purpose: format!(
                    "Somebody, hopefully you, tried to sign up at {site} with this email address. It has an account \
                     already, so nothing was changed."
                ),
                button: "Sign in",
                severity: Severity::Reversible,
                terms: "If you forgot your password, the sign-in page helps you to a new one.",
                otherwise: "If this was not you, you need not do anything.",
            },
        }
    }
}

/// Returns the greeting with the recipient's name.
///
/// Anybody can enter any name with another person's address. A name that mail clients would turn into a link, or that
/// is long enough for advertising, is therefore omitted.
pub(super) fn greeting(name: &str) -> String {
    let name = single_line(name);
    let looks_like_link = name.contains(['/', '@', ':', '\\']) || has_dot_within_word(&name);
    if name.is_empty() || name.chars().count() > 50 || looks_like_link {
        return "Hello,".to_owned();
    }
    format!("Hello {name},")
}

/// Returns the line that names the sender. `site` is the public host.
pub(super) fn sender(site: &str) -> String {
    format!("Sent by Colloquy at {site}")
}

/// True if a dot is between two letters, as in `evil.example` and unlike `Dr. Ada`.
fn has_dot_within_word(text: &str) -> bool {
    let chars: Vec<_> = text.chars().collect();
    chars.windows(3).any(|it| it[1] == '.' && it[0].is_alphanumeric() && it[2].is_alphanumeric())
}

/// Reduces a text to one line. Line breaks and control characters become spaces; Unicode's bidirectional controls are
/// removed.
fn single_line(text: &str) -> String {
    let turns = |it: &char| matches!(it, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let spaced: String = text
        .chars()
        .filter(|it| !turns(it))
        .map(|it| if it.is_control() || matches!(it, '\u{2028}' | '\u{2029}') { ' ' } else { it })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_greeted_on_one_line() {
        let check = |name: &str, expected: &str| assert_eq!(greeting(name), expected, "{name:?}");
        check("Ada", "Hello Ada,");
        check("  Ada \r\n Lovelace\0", "Hello Ada Lovelace,");
        check("Dr. Ada", "Hello Dr. Ada,");
        check("عدا لوفلايس", "Hello عدا لوفلايس,");
        check("👩‍💻 Ada", "Hello 👩‍💻 Ada,");
        check("Ada\u{202E}ecalevoL", "Hello AdaecalevoL,");
    }

    #[test]
    fn a_name_that_is_no_name_is_not_repeated() {
        for name in ["", " \t", "https://evil.example", "win at evil.example now", "mail me@evil.example", "x\\y"] {
            assert_eq!(greeting(name), "Hello,", "{name:?}");
        }
        assert_eq!(greeting(&"a".repeat(50)).len(), 57);
        assert_eq!(greeting(&"a".repeat(51)), "Hello,");
    }
}
