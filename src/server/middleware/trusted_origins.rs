//! The origins of `BETTER_AUTH_TRUSTED_ORIGINS`, with Better Auth's wildcards (reference §5).

use std::net::Ipv4Addr;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::server::{Error, Result, config::without_secrets};

/// Schemes that cannot be an app's own: browsers and servers interpret them, some dangerously.
const FOREIGN_SCHEMES: [&str; 12] =
    ["about", "blob", "data", "file", "filesystem", "ftp", "http", "https", "javascript", "vbscript", "ws", "wss"];

/// The configured origins. The server's own origin is trusted without being listed.
#[derive(Clone, Debug, Default)]
pub struct TrustedOrigins(Vec<Pattern>);

/// A lower-case entry. In all variants `*` matches any text and `?` any byte, including dots.
#[derive(Clone, Debug)]
enum Pattern {
    /// Host and non-default port of an http or https origin: `*.example.com`.
    Host(String),
    /// An http or https origin: `https://*.example.com`.
    Origin(String),
    /// URLs of an app's own scheme: `myapp://`, `myapp:/`, `myapp:`, `exp://192.168.*.*:*/*`.
    App(AppUrl),
}

impl TrustedOrigins {
    /// Parses the list and skips empty entries.
    ///
    /// # Errors
    /// [`Error::Config`] for an entry that is neither an origin nor a host.
    pub fn parse(entries: &[String]) -> Result<Self> {
        let entries = entries.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty());
        let patterns = entries.map(|entry| {
            Pattern::parse(entry).ok_or_else(|| {
                let shown =
                    without_secrets(entry).map(|it| format!("names `{it}`, which")).unwrap_or("names what".to_owned());
                Error::Config(format!(
                    "BETTER_AUTH_TRUSTED_ORIGINS {shown} is no origin; write https://app.example.com, *.example.com or \
                     myapp://"
                ))
            })
        });
        patterns.collect::<Result<_>>().map(Self)
    }

    /// True if the list contains the origin of this URL.
    pub fn name(&self, url: &str) -> bool {
        let Ok(parsed) = Url::parse(url) else { return false };
        match Origin::of(&parsed) {
            Some(origin) => self.0.iter().any(|pattern| pattern.fits_origin(&origin)),
            None => AppUrl::parse(url).is_some_and(|url| self.0.iter().any(|pattern| pattern.fits_app(&url))),
        }
    }
}

impl Pattern {
    fn parse(entry: &str) -> Option<Self> {
        let one_slash = entry.split_once(":/").filter(|(_, rest)| !rest.starts_with('/'));
        if let Some(scheme) = one_slash.map(|(scheme, _)| scheme).or(entry.strip_suffix(':')) {
            return is_app_scheme(scheme).then(|| AppUrl::parse_pattern(entry).map(Self::App))?;
        }
        let (scheme, host) = match entry.split_once("://") {
            Some((scheme, host)) => (Some(scheme.to_ascii_lowercase()), host),
            None => (None, entry),
        };
        let host = host.strip_suffix('/').unwrap_or(host).to_ascii_lowercase();
        match scheme.as_deref() {
            None if has_wildcard(&host) => is_host(&host).then_some(Self::Host(host)),
            None => is_host(&host).then(|| punycoded(&host).map(Self::Host))?,
            Some(scheme @ ("http" | "https")) if is_host(&host) => match has_wildcard(&host) {
                true => Some(Self::Origin(format!("{scheme}://{host}"))),
                false => Origin::parse(entry).map(|origin| Self::Origin(origin.whole)),
            },
            Some(scheme) if is_app_scheme(scheme) => AppUrl::parse_pattern(entry).map(Self::App),
            Some(_) => None,
        }
    }

    fn fits_origin(&self, origin: &Origin) -> bool {
        match self {
            Self::Host(host) => fits_host(host, &origin.host),
            Self::Origin(whole) if has_wildcard(whole) => {
                let host = whole.split_once("://").map_or("", |(_, host)| host);
                fits(whole, &origin.whole) && fits_host(host, &origin.host)
            }
            Self::Origin(whole) => *whole == origin.whole,
            Self::App(_) => false,
        }
    }

    fn fits_app(&self, url: &AppUrl) -> bool {
        match self {
            Self::App(pattern) => pattern.fits(url),
            Self::Host(_) | Self::Origin(_) => false,
        }
    }
}

/// An http or https origin, in lower case, without a default port.
pub struct Origin {
    /// Scheme, host and port.
    pub whole: String,
    /// Host and non-default port.
    pub host: String,
}

impl Origin {
    /// Returns the origin of a URL, if it has one.
    pub fn parse(text: &str) -> Option<Self> {
        Self::of(&Url::parse(text).ok()?)
    }

    fn of(url: &Url) -> Option<Self> {
        let whole = matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())?;
        let host = whole.split_once("://")?.1.to_owned();
        Some(Self { whole, host })
    }
}

/// A URL of an app's own scheme, or a pattern for such URLs.
///
/// Parsed by hand as in Better Auth, since URL parsers treat unknown schemes differently.
#[derive(Clone, Debug)]
struct AppUrl {
    scheme: String,
    /// Authority; in a pattern, `""` matches any.
    authority: String,
    /// Path, decoded and without `.` and `..`. `""` is the root and, in a pattern, matches any.
    path: String,
}

impl AppUrl {
    fn parse(text: &str) -> Option<Self> {
        Self::split(text, &['/', '?', '#'])
    }

    /// Parses a pattern, in which `?` starts no query.
    fn parse_pattern(text: &str) -> Option<Self> {
        Self::split(text, &['/', '#'])
    }

    /// Splits a URL. `ends` are the characters that end the authority and, except the slash, the path.
    fn split(text: &str, ends: &[char]) -> Option<Self> {
        let (scheme, rest) = text.split_once(':').filter(|_| !text.contains(char::is_control))?;
        let (authority, rest) = match rest.strip_prefix("//") {
            Some(rest) => rest.split_at(rest.find(ends).unwrap_or(rest.len())),
            None => ("", rest),
        };
        let path = rest.split(&ends[1..]).next().unwrap_or_default();
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            authority: authority.to_ascii_lowercase(),
            path: resolved(path),
        })
    }

    /// True if this pattern matches a URL: the scheme, and the authority and path if the pattern has them. A path
    /// without wildcards includes all paths below it.
    fn fits(&self, url: &Self) -> bool {
        if self.scheme != url.scheme {
            return false;
        }
        if has_wildcard(&self.authority) || has_wildcard(&self.path) {
            return !url.authority.contains('@')
                && (self.authority.is_empty() || fits_host(&self.authority, &url.authority))
                && (self.path.is_empty() || fits(&self.path, if url.path.is_empty() { "/" } else { &url.path }));
        }
        let below = url.path.strip_prefix(&self.path);
        (self.authority.is_empty() || self.authority == url.authority)
            && below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    }
}

/// Decodes a path and resolves `.` and `..`, so that none escapes a configured path. Returns `""` for the root.
fn resolved(path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8().unwrap_or(path.into());
    let mut segments = Vec::new();
    for segment in decoded.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    segments.iter().flat_map(|segment| ["/", segment]).collect()
}

/// True if a host pattern matches a host, both with ports. A pattern of digits and wildcards (`192.168.*.*`) matches
/// only addresses, and thus not `192.168.evil.example`.
fn fits_host(pattern: &str, host: &str) -> bool {
    let name = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
    let pattern_name = name(pattern);
    let names_addresses = pattern_name.bytes().any(|b| b.is_ascii_digit())
        && pattern_name.bytes().all(|b| b.is_ascii_digit() || b"*?.".contains(&b));
    fits(pattern, host) && (!names_addresses || name(host).parse::<Ipv4Addr>().is_ok())
}

/// True if `pattern` matches `text`, where `*` is any text and `?` any byte.
///
/// Takes at most as many steps as the product of both lengths: after a mismatch only the last `*` is extended by a
/// byte.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut latest_star: Option<(usize, usize)> = None;
    while t < text.len() {
        match (pattern.get(p), latest_star) {
            (Some(b'*'), _) => {
                p += 1;
                latest_star = Some((p, t));
            }
            (Some(byte), _) if *byte == b'?' || *byte == text[t] => {
                p += 1;
                t += 1;
            }
            (_, Some((after, end))) => {
                (p, t) = (after, end + 1);
                latest_star = Some((p, t));
            }
            (_, None) => return false,
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

fn has_wildcard(pattern: &str) -> bool {
    pattern.contains(['*', '?'])
}

fn is_host(text: &str) -> bool {
    let is_fitting = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-._*?:[]".contains(c);
    !text.is_empty() && text.chars().all(is_fitting) && has_fitting_port(text)
}

/// Converts a host with an optional port to punycode, as in origins.
fn punycoded(host: &str) -> Option<String> {
    match host.rsplit_once(':') {
        Some((name, port)) if !host.ends_with(']') => Some(format!("{}:{port}", Host::parse(name).ok()?)),
        _ => Some(Host::parse(host).ok()?.to_string()),
    }
}

/// True if the host has no port, or a valid port pattern.
fn has_fitting_port(host: &str) -> bool {
    match host.rsplit_once(':') {
        Some((_, port)) if !host.ends_with(']') => {
            !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit() || b"*?".contains(&b))
        }
        _ => true,
    }
}

fn is_app_scheme(scheme: &str) -> bool {
    let scheme = scheme.to_ascii_lowercase();
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        && !FOREIGN_SCHEMES.contains(&scheme.as_str())
}

#[cfg(test)]
mod tests;
