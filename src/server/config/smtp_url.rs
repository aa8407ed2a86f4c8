//! The SMTP server, as its URL describes it.

use std::{fmt, net::IpAddr};

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::secret::Secret;
use crate::server::{Error, Result};

/// Connection parameters of an SMTP server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpConfig {
    /// Host name or address; an IPv6 address without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Encryption of the connection.
    pub encryption: SmtpEncryption,
    /// Credentials, if required.
    pub login: Option<SmtpLogin>,
}

/// Encryption of a connection to an SMTP server. Certificates are verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpEncryption {
    /// Unencrypted: `smtp://`.
    None,
    /// STARTTLS, required: `smtp://…?tls=required`.
    StartTls,
    /// TLS from the first byte: `smtps://`.
    Tls,
}

/// Credentials for an SMTP server. `Debug` shows neither part.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpLogin {
    /// User name.
    pub user: String,
    /// Password.
    pub password: Secret,
}

impl fmt::Debug for SmtpLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpLogin")
    }
}

impl SmtpConfig {
    /// Parses the URL of an SMTP server.
    ///
    /// # Errors
    /// [`Error::Config`] with the problem and a valid example. The URL is not repeated, since it may hold a password.
    pub(super) fn parse(text: &str) -> Result<Self> {
        server(text).map_err(|wrong| {
            Error::Config(format!(
                "SMTP_URL cannot be used: {wrong}; write smtps://user:password@smtp.example.com, \
                 smtp://user:password@smtp.example.com?tls=required or smtp://localhost:1025, \
                 with special characters of the password percent-encoded (`@` is `%40`)"
            ))
        })
    }

    /// True if the password would cross a network unencrypted.
    pub fn sends_password_in_clear(&self) -> bool {
        let is_here = self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback());
        self.login.is_some() && self.encryption == SmtpEncryption::None && !is_here
    }
}

/// Parses the URL. Error messages contain nothing of it.
fn server(text: &str) -> Result<SmtpConfig, &'static str> {
    let url = Url::parse(text).map_err(|_| "it is no URL")?;
    let options: Vec<_> = url.query_pairs().collect();
    let starttls = match options.as_slice() {
        [] => false,
        [(name, value)] if name == "tls" && value == "required" => true,
        _ => return Err("its one option is `tls=required`"),
    };
    let (encryption, default_port) = match (url.scheme(), starttls) {
        ("smtps", _) => (SmtpEncryption::Tls, 465),
        ("smtp", true) => (SmtpEncryption::StartTls, 587),
        ("smtp", false) => (SmtpEncryption::None, 25),
        _ => return Err("it begins neither with smtp:// nor with smtps://"),
    };
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err("something follows its host");
    }
    let host = match url.host() {
        Some(Host::Ipv6(address)) => address.to_string(),
        Some(host) => host.to_string(),
        None => return Err("it names no host"),
    };
    Ok(SmtpConfig { host, port: url.port().unwrap_or(default_port), encryption, login: login(&url)? })
}

fn login(url: &Url) -> Result<Option<SmtpLogin>, &'static str> {
    let decoded = |text: &str| match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err("its user or password is not UTF-8"),
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err("it has only one of user and password"),
        (user, Some(password)) => {
            Ok(Some(SmtpLogin { user: decoded(user)?, password: Secret::new(decoded(password)?) }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_read_from_its_url() {
        let check = |url: &str, host: &str, port, encryption| {
            let smtp = SmtpConfig::parse(url).unwrap();
            assert_eq!((smtp.host.as_str(), smtp.port, smtp.encryption), (host, port, encryption), "{url}");
        };
        check("smtp://localhost:1025", "localhost", 1025, SmtpEncryption::None);
        check("smtp://mail.example.com/", "mail.example.com", 25, SmtpEncryption::None);
        check("smtp://mail.example.com?tls=required", "mail.example.com", 587, SmtpEncryption::StartTls);
        check("smtps://mail.example.com", "mail.example.com", 465, SmtpEncryption::Tls);
        check("smtp://[::1]:2525", "::1", 2525, SmtpEncryption::None);
        check("smtps://127.0.0.1", "127.0.0.1", 465, SmtpEncryption::Tls);
    }

    #[test]
    fn user_and_password_are_percent_decoded() {
        let login = SmtpConfig::parse("smtps://ada%40example.com:p%40ss%2Fw%C3%B6rd@mail.example.com").unwrap().login;
        let login = login.unwrap();
        assert_eq!(login.user, "ada@example.com");
        assert_eq!(login.password.expose(), "p@ss/wörd");
    }

    #[test]
    fn a_url_that_cannot_be_used_is_refused_without_its_password() {
        let check = |url: &str, reason: &str| {
            let sentence = SmtpConfig::parse(url).unwrap_err().to_string();
            assert!(sentence.starts_with(&format!("SMTP_URL cannot be used: {reason}; write smtps://")), "{sentence}");
            assert!(!sentence.contains("hush"), "{sentence}");
        };
        check("mail.example.com", "it is no URL");
        check("smtps://ada:hu/sh#hush@mail.example.com", "it is no URL");
        check("https://ada:hush@mail.example.com", "it begins neither with smtp:// nor with smtps://");
        check("smtp:ada:hush", "something follows its host");
        check("smtp://ada:hush@mail.example.com?tls=maybe", "its one option is `tls=required`");
        check("smtp://hush@mail.example.com", "it has only one of user and password");
        check("smtp://:hush@mail.example.com", "it has only one of user and password");
        check("smtp://ada:hush%FF@mail.example.com", "its user or password is not UTF-8");
        check("smtp://mail.example.com/hush", "something follows its host");
    }

    #[test]
    fn debug_shows_no_login() {
        let shown = format!("{:?}", SmtpConfig::parse("smtps://ada:hush@mail.example.com").unwrap());
        assert!(!shown.contains("hush") && !shown.contains("ada"), "{shown}");
    }

    #[test]
    fn a_password_in_clear_is_noticed_unless_it_stays_here() {
        let shows = |url: &str| SmtpConfig::parse(url).unwrap().sends_password_in_clear();
        assert!(shows("smtp://ada:hush@mail.example.com"));
        assert!(!shows("smtp://ada:hush@mail.example.com?tls=required"));
        assert!(!shows("smtps://ada:hush@mail.example.com"));
        assert!(!shows("smtp://ada:hush@127.0.0.1:1025") && !shows("smtp://ada:hush@[::1]:1025"));
        assert!(!shows("smtp://mail.example.com"));
    }
}
