//! Mail.

use std::net::IpAddr;

use lettre::{Address, message::Mailbox};

use super::{
    parse::{invalid_setting, non_blank},
    secret::Secret,
    smtp_url::SmtpConfig,
};
use crate::server::Result;

/// Unvalidated settings of mail.
#[derive(Clone, Debug, clap::Args)]
pub struct MailSettings {
    /// SMTP server, such as `smtps://user:password@smtp.example.com` or `smtp://localhost:1025` (`?tls=required` for
    /// STARTTLS). Unset: mails are written to `mail/` in DATA_DIR.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<Secret>,

    /// Sender of mails, such as `Colloquy <chat@example.com>`. Unset: colloquy at the host of BETTER_AUTH_URL.
    #[arg(long, env = "MAIL_FROM")]
    pub mail_from: Option<String>,
}

/// Mail delivery.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// The SMTP server; `None` writes mails to files.
    pub smtp: Option<SmtpConfig>,
    /// Sender of mails.
    pub from: Mailbox,
}

impl MailSettings {
    /// Validates the settings. `host` is the host of the base URL.
    ///
    /// # Errors
    /// [`crate::server::Error::Config`] with the variable's name, the problem and a valid example. The URL is not
    /// repeated, since it may hold a password.
    pub(super) fn validate(self, host: &str) -> Result<MailConfig> {
        let smtp = self.smtp_url.filter(|url| !url.expose().trim().is_empty());
        let smtp = smtp.map(|url| SmtpConfig::parse(url.expose().trim())).transpose()?;
        let from = match non_blank(self.mail_from) {
            Some(text) => text.parse().map_err(|_| {
                invalid_setting("MAIL_FROM", &text, "write an address, such as Colloquy <chat@example.com>")
            })?,
            None => default_sender(host),
        };
        Ok(MailConfig { smtp, from })
    }
}

/// Returns an address at the public host. Uses localhost for IP addresses, because lettre cannot parse its own
/// `colloquy@[127.0.0.1]`.
fn default_sender(host: &str) -> Mailbox {
    let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    let named = if is_address { None } else { Address::new("colloquy", host).ok() };
    let address = named.unwrap_or_else(|| Address::new("colloquy", "localhost").expect("BUG: localhost is a domain"));
    Mailbox::new(Some("Colloquy".to_owned()), address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_are_from_the_public_host() {
        let check = |host: &str, expected: &str| assert_eq!(default_sender(host).to_string(), expected);
        check("chat.example.com", "Colloquy <colloquy@chat.example.com>");
        check("localhost", "Colloquy <colloquy@localhost>");
        check("127.0.0.1", "Colloquy <colloquy@localhost>");
        check("[::1]", "Colloquy <colloquy@localhost>");
    }
}
