//! Mail. Requests queue orders in table `mail`, from which a background task sends them.
//!
//! An order holds no secret. The mail with its link and token is built when it is sent (`mail_links::build_mail`).
//! Neither the table nor the response time thus discloses whether an address is known.

pub mod delivery;
mod mail_texts;
mod mime;
pub mod outbox;
pub mod recipient_limits;
mod rendering;
pub mod sender;
mod transport;

use futures_util::future::BoxFuture;
#[cfg(test)]
pub(crate) use rendering::pages;
use serde::{Deserialize, Serialize};

use super::Result;

/// A queued mail, as stored in table `mail`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Order {
    /// A password reset link for the user of this address, if one exists.
    ResetPassword {
        /// Lower-case address.
        email: String,
        /// Final redirect target of the link.
        redirect_to: Option<String>,
    },
    /// A verification link for the user of this address, if one exists and is not verified.
    VerifyEmail {
        /// Lower-case address.
        email: String,
        /// Final redirect target of the link.
        callback_url: Option<String>,
    },
    /// Like [`Order::VerifyEmail`], for a user who has just signed up.
    VerifySignUp {
        /// Lower-case address.
        email: String,
        /// Final redirect target of the link.
        callback_url: Option<String>,
    },
    /// A link to the user's old address by which it confirms a change.
    ConfirmEmailChange {
        /// The user's id.
        user_id: String,
        /// The session that asked for the change. The link becomes invalid when the session ends.
        session_id: Option<String>,
        /// Lower-case new address.
        new_email: String,
        /// Final redirect target of the link.
        callback_url: Option<String>,
    },
    /// A link to the new address that verifies it and completes the change.
    VerifyNewEmail {
        /// The user's id.
        user_id: String,
        /// The session that asked for the change. The link becomes invalid when the session ends.
        session_id: Option<String>,
        /// True if the old address has confirmed.
        #[serde(default)]
        has_agreed: bool,
        /// Lower-case new address.
        new_email: String,
        /// Final redirect target of the link.
        callback_url: Option<String>,
    },
    /// A link that deletes the user.
    DeleteUser {
        /// The user's id.
        user_id: String,
        /// Final redirect target of the link.
        callback_url: Option<String>,
    },
    /// A notice to the owner of an account that a sign-up with this address was attempted.
    AlreadySignedUp {
        /// Lower-case address.
        email: String,
    },
}

impl Order {
    const VERIFY_EMAIL: &str = "verify-email";

    /// Returns the kind of the order, by which the rate limits distinguish mails.
    fn kind(&self) -> &'static str {
        match self {
            Self::ResetPassword { .. } => "reset-password",
            Self::VerifyEmail { .. } => Self::VERIFY_EMAIL,
            Self::VerifySignUp { .. } => "verify-sign-up",
            Self::ConfirmEmailChange { .. } => "confirm-email-change",
            Self::VerifyNewEmail { .. } => "verify-new-email",
            Self::DeleteUser { .. } => "delete-user",
            Self::AlreadySignedUp { .. } => "already-signed-up",
        }
    }
}

/// The kind of a mail, with the parameters of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailKind {
    /// Password reset; the link is valid for an hour.
    ResetPassword,
    /// Verification of an address; the link is valid for an hour.
    VerifyEmail,
    /// Confirmation of an address change by the old address; the link is valid for an hour.
    ConfirmEmailChange {
        /// The new address.
        new_email: String,
    },
    /// Verification of a new address; the link is valid for an hour.
    VerifyNewEmail,
    /// Deletion of the user; the link is valid for a day.
    DeleteUser,
    /// A sign-up was attempted with the address of an account; the link leads to the sign-in page.
    AlreadySignedUp,
}

/// A mail before rendering. `Debug` hides the link.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingMail {
    /// Address of the recipient.
    pub to: String,
    /// Display name of the recipient; may be empty.
    pub name: String,
    /// Kind of the mail.
    pub kind: MailKind,
    /// The complete link, with its token.
    pub url: String,
}

impl std::fmt::Debug for OutgoingMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutgoingMail").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Writes letters; the accounts do, which this module knows nothing of.
pub trait LetterWriter: Send + Sync {
    /// Writes the letter of an order, with its link; `None` if nobody gets one any more.
    fn write<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Result<Option<OutgoingMail>>>;
}
