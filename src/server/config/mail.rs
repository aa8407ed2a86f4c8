//! Mails.

use lettre::message::Mailbox;
use url::Url;

use super::{
    secret::Secret,
    value::{given, wrong},
};
use crate::server::{Error, Result};

/// The settings of mails, as they are given.
#[derive(Clone, Debug, clap::Args)]
pub struct MailSettings {
    /// Server that mails go through, such as `smtps://user:password@smtp.example.com` or
    /// `smtp://localhost:1025` (`?tls=required` for STARTTLS). Unset: mails are written to `mail/` in DATA_DIR.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<Secret>,

    /// Who mails are from, such as `Colloquy <chat@example.com>`. Unset: colloquy at the host of BETTER_AUTH_URL.
    #[arg(long, env = "MAIL_FROM")]
    pub mail_from: Option<String>,
}

/// Where mails go.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// The SMTP server's URL; `None` writes mails to files.
    pub smtp_url: Option<Secret>,
    /// Who mails are from.
    pub from: Mailbox,
}

impl MailSettings {
    /// Judges the settings; `host` is the public one.
    ///
    /// # Errors
    /// [`Error::Config`] with the variable's name, what is wrong and what would be right. The URL may hold a
    /// password, so it is not repeated.
    pub(super) fn judge(self, host: &str) -> Result<MailConfig> {
        let smtp_url = self.smtp_url.filter(|url| !url.expose().trim().is_empty());
        if let Some(url) = &smtp_url {
            let good = Url::parse(url.expose().trim())
                .is_ok_and(|url| matches!(url.scheme(), "smtp" | "smtps") && url.has_host());
            if !good {
                return Err(Error::Config(
                    "SMTP_URL cannot be used: write smtps://user:password@smtp.example.com or smtp://localhost:1025"
                        .into(),
                ));
            }
        }
        let from = match given(self.mail_from) {
            Some(text) => text
                .parse()
                .map_err(|_| wrong("MAIL_FROM", &text, "write an address, such as Colloquy <chat@example.com>"))?,
            None => default_sender(host),
        };
        Ok(MailConfig { smtp_url, from })
    }
}

/// An address at the public host; one that is only an IP address stands in brackets (RFC 5321 §4.1.3).
fn default_sender(host: &str) -> Mailbox {
    let address = lettre::Address::new("colloquy", host)
        .or_else(|_| lettre::Address::new("colloquy", format!("[{}]", host.trim_matches(['[', ']']))))
        .unwrap_or_else(|_| lettre::Address::new("colloquy", "localhost").expect("BUG: localhost is a domain"));
    Mailbox::new(Some("Colloquy".to_owned()), address)
}
