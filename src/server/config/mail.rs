//! Mails.

use std::net::IpAddr;

use lettre::{Address, message::Mailbox};

use super::{
    secret::Secret,
    smtp::SmtpConfig,
    value::{given, wrong},
};
use crate::server::Result;

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
    /// The SMTP server; `None` writes mails to files.
    pub smtp: Option<SmtpConfig>,
    /// Who mails are from.
    pub from: Mailbox,
}

impl MailSettings {
    /// Judges the settings; `host` is the public one.
    ///
    /// # Errors
    /// [`crate::server::Error::Config`] with the variable's name, what is wrong and what would be right. The URL may hold a
    /// password, so it is not repeated.
    pub(super) fn judge(self, host: &str) -> Result<MailConfig> {
        let smtp = self.smtp_url.filter(|url| !url.expose().trim().is_empty());
        let smtp = smtp.map(|url| SmtpConfig::parse(url.expose().trim())).transpose()?;
        let from = match given(self.mail_from) {
            Some(text) => text
                .parse()
                .map_err(|_| wrong("MAIL_FROM", &text, "write an address, such as Colloquy <chat@example.com>"))?,
            None => default_sender(host),
        };
        Ok(MailConfig { smtp, from })
    }
}

/// An address at the public host. That of an IP address (`colloquy@[127.0.0.1]`) is one that lettre cannot read back,
/// so localhost stands for it.
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
