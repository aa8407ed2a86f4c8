//! Reads addresses of the web as browsers do (WHATWG URL, §4.4), as far as somebody writes them on purpose.
//!
//! The crate `url` knows all of them, and brings a hundred kilobytes of Unicode's tables into the page for it. What is
//! unusual (backslashes, names of users, hosts that are numbers in disguise) is no address here, so that nothing is
//! taken for another place than the browser will go to. `src/tests/web_address.rs` holds ours against `url`.

use std::fmt;

/// An address whose scheme is `http` or `https`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebAddress<'a> {
    scheme: &'static str,
    host: String,
    port: Option<u16>,
    /// From the end of the host: a path, a query and a fragment, or some of them.
    rest: &'a str,
}

impl<'a> WebAddress<'a> {
    /// Reads an address; `None` if it is none of the web, or an unusual one.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let text = text.trim_matches(' ');
        if text.chars().any(char::is_control) {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let scheme = ["https", "http"].into_iter().find(|it| scheme.eq_ignore_ascii_case(it))?;
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        let (host, port) = authority.rsplit_once(':').unwrap_or((authority, ""));
        if path.contains('\\') || !is_host(host) {
            return None;
        }
        Some(Self { scheme, host: host.to_ascii_lowercase(), port: port_of(port, scheme)?, rest })
    }

    /// Whether what is fetched from there is fetched by `https`.
    pub(crate) fn is_secure(&self) -> bool {
        self.scheme == "https"
    }

    /// Returns the host in lower case; `None` if only a browser knows how it is spelled in ASCII.
    pub(crate) fn ascii_host(&self) -> Option<&str> {
        self.host.is_ascii().then_some(&self.host)
    }
}

/// As a browser would write it, but for the path's `..` and for hosts that are not ASCII.
impl fmt::Display for WebAddress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        if !self.rest.starts_with('/') {
            f.write_str("/")?;
        }
        f.write_str(&encoded(self.rest, |it| matches!(it, ' ' | '"' | '<' | '>') || !it.is_ascii()))
    }
}

/// Writes `%20` and the like for some characters.
pub(crate) fn encoded(text: &str, is_encoded: impl Fn(char) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for char in text.chars() {
        if is_encoded(char) {
            char.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| encoded.push_str(&format!("%{byte:02X}")));
        } else {
            encoded.push(char);
        }
    }
    encoded
}

/// Reads what follows a host's colon; the scheme's own port is as good as none.
#[allow(clippy::option_option, reason = "none, and no port")]
fn port_of(text: &str, scheme: &str) -> Option<Option<u16>> {
    if text.is_empty() {
        return Some(None);
    }
    let is_number = text.len() <= 5 && text.bytes().all(|it| it.is_ascii_digit());
    let port: u16 = is_number.then(|| text.parse().ok())??;
    Some(Some(port).filter(|port| *port != if scheme == "https" { 443 } else { 80 }))
}

/// A name, or four numbers. Browsers read other numbers as addresses, too: `0x7f.1` is this machine.
fn is_host(host: &str) -> bool {
    let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_') || !it.is_ascii();
    if host.is_empty() || !host.chars().all(is_name) {
        return false;
    }
    let last = host.strip_suffix('.').unwrap_or(host).rsplit('.').next().unwrap_or_default();
    let is_number =
        last.is_empty() || last.bytes().all(|it| it.is_ascii_digit()) || last.to_ascii_lowercase().starts_with("0x");
    !is_number || is_ipv4(host)
}

fn is_ipv4(host: &str) -> bool {
    let is_byte = |it: &str| it.parse::<u8>().is_ok_and(|byte| byte.to_string() == it);
    host.split('.').count() == 4 && host.split('.').all(is_byte)
}
