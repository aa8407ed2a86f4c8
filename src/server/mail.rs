//! Mails: they are ordered within a request and wait in the table `mail` until they have been sent.
//!
//! An order holds no secret. Its letter, with the link and the token in it, is written when it is sent
//! (`auth::letters`), so that neither the table nor the time that an answer takes tells whether an address is known.

pub mod delivery;
mod look;
mod message;
pub mod outbox;
pub mod recipients;
pub mod sender;
mod transport;
mod words;

use futures_util::future::BoxFuture;
#[cfg(test)]
pub(crate) use look::pages;
use serde::{Deserialize, Serialize};

use super::Result;

/// A mail that somebody asked for, as it waits in the table `mail`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Order {
    /// A link to set a new password, for whoever has this address, if anybody has.
    ResetPassword {
        /// In lower case.
        email: String,
        /// Where the link leads in the end.
        redirect_to: Option<String>,
    },
    /// A link that proves this address, for whoever has it and has not proved it yet.
    VerifyEmail {
        /// In lower case.
        email: String,
        /// Where the link leads in the end.
        callback_url: Option<String>,
    },
    /// As [`Order::VerifyEmail`], for a user who has just signed up.
    VerifySignUp {
        /// In lower case.
        email: String,
        /// Where the link leads in the end.
        callback_url: Option<String>,
    },
    /// A link to the user's old address that agrees to a new one.
    ConfirmEmailChange {
        /// Whose address.
        user_id: String,
        /// The session that asked; the link is no good once it has ended.
        session_id: Option<String>,
        /// In lower case.
        new_email: String,
        /// Where the link leads in the end.
        callback_url: Option<String>,
    },
    /// A link to the new address that proves and takes it.
    VerifyNewEmail {
        /// Whose address.
        user_id: String,
        /// The session that asked; the link is no good once it has ended.
        session_id: Option<String>,
        /// True if the old address has agreed.
        #[serde(default)]
        has_agreed: bool,
        /// In lower case.
        new_email: String,
        /// Where the link leads in the end.
        callback_url: Option<String>,
    },
    /// A link that deletes the user.
    DeleteUser {
        /// Who is to be deleted.
        user_id: String,
        /// Where the link leads in the end.
        callback_url: Option<String>,
    },
    /// Tells somebody who has an account already that a sign-up with this address was tried.
    AlreadySignedUp {
        /// In lower case.
        email: String,
    },
}

impl Order {
    const VERIFY_EMAIL: &str = "verify-email";

    /// Returns the kind that the limits of mails tell apart.
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

/// What a letter is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matter {
    /// Setting a new password; the link is good for an hour.
    ResetPassword,
    /// Proving an address; the link is good for an hour.
    VerifyEmail,
    /// Agreeing to a new address; the link is good for an hour.
    ConfirmEmailChange {
        /// The new one.
        new_email: String,
    },
    /// Proving a new address; the link is good for an hour.
    VerifyNewEmail,
    /// Deleting the user; the link is good for a day.
    DeleteUser,
    /// Somebody tried to sign up with an address that has an account; the link leads to the sign-in page.
    AlreadySignedUp,
}

/// A letter, ready to be put into words. Its `Debug` does not show the link.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The address it goes to.
    pub to: String,
    /// The reader's name, may be empty.
    pub name: String,
    /// What it is about.
    pub matter: Matter,
    /// The link, whole; holds a token.
    pub url: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("matter", &self.matter).finish_non_exhaustive()
    }
}

/// Writes letters; the accounts do, which this module knows nothing of.
pub trait LetterWriter: Send + Sync {
    /// Writes the letter of an order, with its link; `None` if nobody gets one any more.
    fn write<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Result<Option<Letter>>>;
}
