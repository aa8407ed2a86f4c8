//! Parses http(s) addresses as browsers do (WHATWG URL, §4.4): by the browser's `URL` in the page and by the crate `url`
//! on the server, since the crate's Unicode tables would add a hundred kilobytes to the page.
//!
//! An address must lead to the host that a reader sees in its text, so unusual spellings are refused: backslashes, user
//! info, IPv6, and hosts that are numbers in disguise. `src/tests/web_address.rs` and the story "links lead to the same
//! places wherever they are drawn" hold both sides against the same table.

use std::{fmt, net::Ipv4Addr};

/// A URL whose scheme is `http` or `https`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebAddress {
    href: String,
    host: String,
}

impl WebAddress {
    /// Parses an http(s) URL. Returns `None` for other schemes, for user info, and for IPv6 and disguised IPv4 hosts.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim_matches(' ');
        let (scheme, rest) = text.split_once("://")?;
        let before_query = rest.split(['?', '#']).next().unwrap_or_default();
        let authority = before_query.split('/').next().unwrap_or_default();
        let host = authority.split(':').next().unwrap_or_default();
        let is_web = ["http", "https"].iter().any(|it| scheme.eq_ignore_ascii_case(it));
        let is_unusual = before_query.contains('\\') || authority.contains('@') || text.chars().any(char::is_control);
        if !is_web || is_unusual {
            return None;
        }
        let address = parse(text).filter(|_| host.chars().all(is_of_name))?;
        leads_to(&address.host, host).then_some(address)
    }

    /// True if the scheme is `https`.
    pub(crate) fn is_secure(&self) -> bool {
        self.href.starts_with("https:")
    }

    /// Returns the host in lower case and in ASCII (`xn--…`).
    pub(crate) fn host(&self) -> &str {
        &self.host
    }
}

/// The address as a browser writes it.
impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.href)
    }
}

#[cfg(target_arch = "wasm32")]
fn parse(text: &str) -> Option<WebAddress> {
    let url = web_sys::Url::new(text).ok()?;
    Some(WebAddress { href: url.href(), host: url.hostname() })
}

#[cfg(not(target_arch = "wasm32"))]
fn parse(text: &str) -> Option<WebAddress> {
    let url = url::Url::parse(text).ok()?;
    Some(WebAddress { host: url.host_str()?.to_owned(), href: url.into() })
}

fn is_of_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_') || !char.is_ascii()
}

/// True if a parsed host is the one that was written. `0x7f.1` is not: browsers parse it to `127.0.0.1`.
fn leads_to(parsed: &str, written: &str) -> bool {
    if written.is_ascii() { parsed.eq_ignore_ascii_case(written) } else { parsed.parse::<Ipv4Addr>().is_err() }
}
