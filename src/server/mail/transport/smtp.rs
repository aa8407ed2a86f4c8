//! Delivery by SMTP (RFC 5321).

use std::{error::Error as _, time::Duration};

use lettre::{
    Message,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        extension::ClientId,
    },
};

use super::Failure;
use crate::server::{
    Error, Result,
    config::{SmtpConfig, SmtpEncryption},
};

/// Timeout of a delivery, from the connection to the server's last reply.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Timeout of the final `QUIT`, after the server has accepted the mail.
const QUIT_TIMEOUT: Duration = Duration::from_secs(1);
/// "Authentication required" (RFC 4954 §6): a problem of the configuration, not of the mail.
const AUTHENTICATION_REQUIRED: u16 = 530;

/// An SMTP server.
///
/// Each mail uses its own connection. A pool would be faster, but lends connections with unread replies to the next
/// mail, for which those would then be mistaken.
pub(in crate::server::mail) struct Smtp {
    host: String,
    port: u16,
    /// Parameters of implicit TLS.
    tls: Option<TlsParameters>,
    /// Parameters of STARTTLS.
    starttls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    hello: ClientId,
}

impl Smtp {
    /// Loads the trusted certificates if TLS is used: the system's, or those of `SSL_CERT_FILE`.
    ///
    /// # Errors
    /// [`Error::Config`] if no certificate can exist for the host.
    pub(super) fn new(config: &SmtpConfig) -> Result<Self> {
        if config.sends_password_in_clear() {
            tracing::warn!("SMTP_URL sends its password in clear; write smtps://, or add ?tls=required");
        }
        let trust = || {
            TlsParameters::new(config.host.clone())
                .map_err(|_| Error::Config("SMTP_URL cannot be used: its host can have no certificate".into()))
        };
        let (tls, starttls) = match config.encryption {
            SmtpEncryption::Tls => (Some(trust()?), None),
            SmtpEncryption::StartTls => (None, Some(trust()?)),
            SmtpEncryption::None => (None, None),
        };
        let login = config.login.as_ref();
        Ok(Self {
            host: config.host.clone(),
            port: config.port,
            tls,
            starttls,
            credentials: login.map(|it| Credentials::new(it.user.clone(), it.password.expose().to_owned())),
            hello: ClientId::default(),
        })
    }

    /// Sends a mail.
    pub(super) async fn send(&self, message: &Message) -> Result<(), Failure> {
        let late = |_| Failure::Temporary(format!("the SMTP server took longer than {} s", TIMEOUT.as_secs()));
        let mut connection = tokio::time::timeout(TIMEOUT, self.deliver(message)).await.map_err(late)??;
        _ = tokio::time::timeout(QUIT_TIMEOUT, connection.quit()).await;
        Ok(())
    }

    async fn deliver(&self, message: &Message) -> Result<AsyncSmtpConnection, Failure> {
        let mut connection = self.connect().await.map_err(|err| Failure::Temporary(reason(&err)))?;
        match connection.send(message.envelope(), &message.formatted()).await {
            Ok(_) => Ok(connection),
            Err(err) if is_permanent_refusal(&err) => Err(Failure::Permanent(reason(&err))),
            Err(err) => Err(Failure::Temporary(reason(&err))),
        }
    }

    /// Connects and authenticates. Failures here are temporary, since the operator can fix them.
    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let address = (self.host.as_str(), self.port);
        let tls = self.tls.clone();
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(TIMEOUT), &self.hello, tls, None).await?;
        if let Some(starttls) = &self.starttls {
            connection.starttls(starttls.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

fn is_permanent_refusal(err: &SmtpError) -> bool {
    err.is_permanent() && err.status().is_some_and(|code| u16::from(code) != AUTHENTICATION_REQUIRED)
}

/// Returns the reason of a failure. Only the codes of a server's reply are kept (`550 5.1.1`), since its text may
/// repeat the address or the mail.
fn reason(err: &SmtpError) -> String {
    let Some(code) = err.status() else { return err.to_string() };
    let text = err.source().map(ToString::to_string).unwrap_or_default();
    let detail = text.split_whitespace().next().filter(|word| is_enhanced_code(word));
    format!("the SMTP server answered {code}{}", detail.map(|it| format!(" {it}")).unwrap_or_default())
}

/// True for an enhanced status code such as `5.1.1` (RFC 3463 §2).
fn is_enhanced_code(word: &str) -> bool {
    word.len() <= 9 && word.split('.').count() == 3 && word.split('.').all(|it| it.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_are_told_of_an_answer() {
        for code in ["5.1.1", "4.7.500"] {
            assert!(is_enhanced_code(code), "{code}");
        }
        for word in ["", "5", "5.1", "<ada@example.com>:", "ada@b.example.com", "1.2.3.4", "5.x.1", "65535.65535.1"] {
            assert!(!is_enhanced_code(word), "{word}");
        }
    }
}
