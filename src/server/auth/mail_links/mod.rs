//! Mailed links: their tokens, the table `verification`, and the mails that carry them.

pub mod build_mail;
pub mod email_verification;
pub mod mail_tokens;
pub(super) mod verifications;
