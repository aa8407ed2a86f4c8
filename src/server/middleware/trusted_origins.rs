//! The origins of `BETTER_AUTH_TRUSTED_ORIGINS`, with Better Auth's wildcards (reference §5).

use std::net::Ipv4Addr;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::server::{Error, Result, config::harmless};

/// Schemes that are no app's own: browsers and servers give them a meaning, some of them a dangerous one.
const FOREIGN_SCHEMES: [&str; 12] =
    ["about", "blob", "data", "file", "filesystem", "ftp", "http", "https", "javascript", "vbscript", "ws", "wss"];

/// The origins that are named; ours is trusted without being named.
#[derive(Clone, Debug, Default)]
pub struct TrustedOrigins(Vec<Pattern>);

/// One entry, lower case. In all of them `*` is any text and `?` any byte; they cross dots.
#[derive(Clone, Debug)]
enum Pattern {
    /// The host, and the port unless it is the default one, of an http or https origin: `*.example.com`.
    Host(String),
    /// An http or https origin: `https://*.example.com`.
    Origin(String),
    /// URLs of an app's own scheme: `myapp://`, `myapp:/`, `exp://192.168.*.*:*/*`.
    App(AppUrl),
}

impl TrustedOrigins {
    /// Reads the list; empty entries are skipped.
    ///
    /// # Errors
    /// [`Error::Config`] for an entry that is neither an origin nor a host.
    pub fn parse(entries: &[String]) -> Result<Self> {
        let entries = entries.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty());
        let patterns = entries.map(|entry| {
            Pattern::parse(entry).ok_or_else(|| {
                let shown = harmless(entry).map(|it| format!("names `{it}`, which")).unwrap_or("names what".to_owned());
                Error::Config(format!(
                    "BETTER_AUTH_TRUSTED_ORIGINS {shown} is no origin; write https://app.example.com, *.example.com or \
                     myapp://"
                ))
            })
        });
        patterns.collect::<Result<_>>().map(Self)
    }

    /// Whether the list names the origin of this URL.
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
        if let Some((scheme, _)) = entry.split_once(":/").filter(|(_, rest)| !rest.starts_with('/')) {
            return is_app_scheme(scheme).then(|| AppUrl::parse_pattern(entry).map(Self::App))?;
        }
        let (scheme, host) = match entry.split_once("://") {
            Some((scheme, host)) => (Some(scheme.to_ascii_lowercase()), host),
            None => (None, entry),
        };
        let host = host.strip_suffix('/').unwrap_or(host).to_ascii_lowercase();
        match scheme.as_deref() {
            None => is_host(&host).then_some(Self::Host(host)),
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

/// An http or https origin, lower case, without a default port.
pub struct Origin {
    /// Scheme, host and port.
    pub whole: String,
    /// Host and port, if that is not the default one.
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
/// Read by hand as Better Auth reads it: URL parsers do not agree on schemes that they do not know.
#[derive(Clone, Debug)]
struct AppUrl {
    scheme: String,
    /// `""` in a pattern is any.
    authority: String,
    /// Decoded, without `.` and `..`; `""` for the root, which in a pattern is any.
    path: String,
}

impl AppUrl {
    fn parse(text: &str) -> Option<Self> {
        Self::split(text, &['/', '?', '#'])
    }

    /// Reads a pattern, in which `?` begins no query.
    fn parse_pattern(text: &str) -> Option<Self> {
        Self::split(text, &['/', '#'])
    }

    /// `ends` are the characters that end the authority, and but for the slash the path.
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

    /// Whether this pattern describes a URL: the scheme, and the authority and the path where it has them. A path
    /// without wildcards stands for all below it.
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

/// Decodes a path and resolves `.` and `..`, so that none leads out of a path that is named; `""` for the root.
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

/// Whether the host of a pattern describes a host, both with their ports. One of digits and wildcards (`192.168.*.*`)
/// names addresses, so that it does not describe `192.168.evil.example`.
fn fits_host(pattern: &str, host: &str) -> bool {
    let name = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
    let pattern_name = name(pattern);
    let names_addresses = pattern_name.bytes().any(|b| b.is_ascii_digit())
        && pattern_name.bytes().all(|b| b.is_ascii_digit() || b"*?.".contains(&b));
    fits(pattern, host) && (!names_addresses || name(host).parse::<Ipv4Addr>().is_ok())
}

/// Whether `text` is what `pattern` describes, where `*` is any text and `?` any byte.
///
/// Takes no more steps than the product of both lengths: after a mismatch only the latest `*` is given one byte more.
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
    !text.is_empty() && !text.contains(['/', '@', ' ', '#', '\\'])
}

fn is_app_scheme(scheme: &str) -> bool {
    let scheme = scheme.to_ascii_lowercase();
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        && !FOREIGN_SCHEMES.contains(&scheme.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(entry: &str, good: &[&str], bad: &[&str]) {
        let list = TrustedOrigins::parse(&[entry.to_owned()]).unwrap();
        for url in good {
            assert!(list.name(url), "{entry} names {url}");
        }
        for url in bad {
            assert!(!list.name(url), "{entry} does not name {url}");
        }
    }

    #[test]
    fn an_origin_names_itself() {
        let others = [
            "http://app.example.com",
            "https://app.example.com:8443",
            "https://app.example.com.evil.example",
            "https://app.example.com@evil.example",
            "https://evil.example/?https://app.example.com",
            "app.example.com",
            "myapp://app.example.com",
            "/",
            "null",
            "",
            "javascript:alert(1)",
        ];
        let same = ["https://app.example.com", "HTTPS://APP.example.com/", "https://app.example.com:443/a?b#c"];
        check("https://app.example.com/", &same, &others);
        check("https://app.example.com:443", &same, &others);
        check("HTTPS://App.Example.com", &same, &others);
        check("https://bücher.example", &["https://xn--bcher-kva.example"], &["https://bucher.example"]);
    }

    #[test]
    fn wildcards_cross_dots() {
        check(
            "*.example.org",
            &["http://a.example.org", "https://a.b.example.org"],
            &[
                "https://example.org",
                "https://evil.example/?a.example.org",
                "https://a.example.org:8443",
                // A page that is gone to must not be a script, though a parser finds a host in it.
                "javascript://a.example.org/%0aalert(1)",
                "myapp://a.example.org",
            ],
        );
        check(
            "https://*.example.org",
            &["https://a.example.org/b"],
            &["http://a.example.org", "https://a.example.org.evil.example"],
        );
        check("https://pr-?.example.net", &["https://pr-7.example.net"], &["https://pr-77.example.net"]);
        check("localhost:*", &["http://localhost:5173"], &["http://localhost.evil.example:5173", "http://localhost"]);
        check("https://*", &["https://anything.example"], &["http://anything.example"]);
    }

    #[test]
    fn a_host_of_digits_and_wildcards_names_addresses() {
        check(
            "192.168.*.*",
            &["http://192.168.1.7", "https://192.168.1.7"],
            &["http://192.168.evil.example", "http://192.168.1.7.evil.example", "http://192.169.1.7"],
        );
        check("http://192.168.*.*:*", &["http://192.168.1.7:8081"], &["http://192.168.evil.example:8081"]);
        check("10.*", &["http://10.0.0.1", "http://10.0.0.1:3000"], &["http://10.evil.example"]);
        check("a10.*", &["http://a10.example"], &[]);
        check("exp://192.168.*.*:*/*", &["exp://192.168.1.7:8081/--/x"], &["exp://192.168.evil.example:8081/x"]);
    }

    #[test]
    fn an_apps_scheme_is_matched_by_authority_and_path() {
        check(
            "myapp://",
            &["myapp://", "MYAPP://callback", "myapp://a/b?c#d", "myapp:/a"],
            &["myapps://", "https://myapp", "other://callback", "myapp://a\n"],
        );
        for whole_scheme in ["myapp:/", "myapp://", "myapp:///", "MyApp:/", "myapp:/.", "myapp:/a/.."] {
            check(
                whole_scheme,
                &[
                    "myapp:/",
                    "myapp://",
                    "myapp:///",
                    "myapp:/auth/callback",
                    "myapp:///auth/callback",
                    "myapp://host",
                    "myapp://host/x",
                    "MYAPP:/x",
                    "myapp:/?code=1#top",
                ],
                &[
                    "myapps:/",
                    "my:/",
                    "other:/x",
                    "https://myapp/",
                    "http://myapp:/",
                    "/",
                    "myapp",
                    "myapp:/a\n",
                    "xmyapp:/",
                ],
            );
        }
        check(
            "myapp:/auth",
            &["myapp:/auth", "myapp:/auth/callback", "myapp:///auth/", "myapp://host/auth", "myapp:/x/../auth"],
            &["myapp:/", "myapp:/authx", "myapp:/auth/../x", "myapp:/auth/%2e%2e/x", "myapp://auth", "other:/auth"],
        );
        check("myapp:/auth/*", &["myapp:/auth/x/y"], &["myapp:/auth", "myapp:/other/x", "myapp:/auth/../x"]);
        check(
            "myapp://host/cb",
            &["myapp://host/cb", "myapp://HOST/cb/", "myapp://host/cb/next?x=1", "myapp://host/x/../cb"],
            &[
                "myapp://host",
                "myapp://host/cbx",
                "myapp://host/cb/../evil",
                "myapp://host/cb/%2e%2e/evil",
                "myapp://host/cb%2F..%2Fevil",
                "myapp://host.evil/cb",
                "myapp://user@host/cb",
            ],
        );
        check(
            "exp://*.example.com/--/*",
            &["exp://a.example.com/--/x/y"],
            &[
                "exp://a.example.com/x",
                "exp://a.example.com/--/../x",
                "exp://u@a.example.com/--/x",
                "exp://a.example.com",
            ],
        );
        check("exp+my-app.x://*", &["exp+my-app.x://a/b"], &["exp://a"]);
        check("myapp://ab?", &["myapp://abc"], &["myapp://ab", "myapp://ab?"]);
    }

    #[test]
    fn an_entry_that_is_no_origin_is_refused() {
        for bad in [
            "ftp://x",
            "javascript://x",
            "https://",
            "https:///",
            "https://a/b",
            "https://*.a/b",
            "https://u@a",
            "a b",
            "a/b",
            "://a",
            "my app://",
            "my app:/",
            "javascript:/",
            "data:/x",
            "http:/app.example.com",
            "https:/",
            "1app:/",
            ":/x",
            "*:/x",
            "*://a",
        ] {
            assert!(TrustedOrigins::parse(&[bad.to_owned()]).is_err(), "{bad}");
        }
        assert!(!TrustedOrigins::parse(&[" ".to_owned(), String::new()]).unwrap().name("https://a"));
    }

    #[test]
    fn hostile_texts_take_no_time() {
        let pattern = "*a".repeat(100) + "*b";
        let begun = std::time::Instant::now();
        assert!(!fits(&pattern, &"a".repeat(10_000)));
        assert!(fits(&pattern, &("a".repeat(10_000) + "b")));
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }
}
