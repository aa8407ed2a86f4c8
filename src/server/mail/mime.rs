//! Mails as messages (RFC 5322) with two alternatives: plain text and HTML.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Message,
    message::{
        MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use super::{OutgoingMail, mail_texts::MailTexts, rendering};
use crate::{
    model::Timestamp,
    server::{Result, config::Config},
};

/// Builds the message of a mail.
///
/// The `Message-ID` comes from the order's id. If a lost reply causes a second delivery, mail clients recognise the
/// duplicate. The recipient's name appears only in the body, so that no name can reach the headers.
///
/// # Errors
/// [`lettre::error::Error`] or an address error, boxed, if the recipient is not a mail address.
pub(super) fn compose(
    config: &Config,
    id: &str,
    at: Timestamp,
    letter: &OutgoingMail,
) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
    let base_url = config.base_url();
    let site = base_url.split_once("://").map_or(base_url.as_str(), |(_, host)| host);
    let words = MailTexts::of(letter, site);
    let from = &config.mail.from;
    // Tells auto-responders not to answer (RFC 3834 §5).
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let message = Message::builder()
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .date(UNIX_EPOCH + Duration::from_millis(u64::try_from(at.millis()).unwrap_or(0)))
        .from(from.clone())
        .to(letter.to.parse()?)
        .subject(&words.subject)
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .multipart(MultiPart::alternative_plain_html(
            rendering::text(&words, &letter.name, &letter.url, site),
            rendering::html(&words, &letter.name, &letter.url, site),
        ))?;
    Ok(message)
}
