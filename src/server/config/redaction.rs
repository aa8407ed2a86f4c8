//! Redaction of settings before they are printed.

use url::Url;

use crate::server::Error;

/// Placeholder for redacted text.
const HIDDEN: &str = "***";

/// Returns a URL for logs and messages, without password and options. The path of an http URL is removed too, since
/// some proxies take keys in it.
pub fn redacted_url(text: &str) -> String {
    let Some(url) = Url::parse(text).ok().filter(|url| !url.cannot_be_a_base()) else { return HIDDEN.to_owned() };
    if matches!(url.scheme(), "http" | "https") {
        return url.origin().ascii_serialization();
    }
    let login = match (url.username(), url.password()) {
        ("", None) => String::new(),
        // A user name without a password may be a key.
        ("", Some(_)) | (_, None) => format!("{HIDDEN}@"),
        (user, Some(_)) => format!("{user}:{HIDDEN}@"),
    };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let options = if url.query().is_some() || url.fragment().is_some() { "?***" } else { "" };
    format!("{}://{login}{}{port}{}{options}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

/// Returns the path of an SQLite database for logs and messages, without credentials and options.
pub fn redacted_path(path: &str) -> String {
    let (path, options) = path.split_once('?').map_or((path, ""), |(path, _)| (path, "?***"));
    let path = path.rsplit_once('@').map_or(path.to_owned(), |(_, rest)| format!("{HIDDEN}@{rest}"));
    format!("{path}{options}")
}

/// Builds the error for a setting that may hold credentials. Repeats the value only if it cannot hold any.
pub fn invalid_url(variable: &str, value: &str, right: &str) -> Error {
    Error::Config(match without_secrets(value) {
        Some(value) => format!("{variable} is `{value}`, which cannot be used: {right}"),
        None => format!("{variable} cannot be used as it is (it may hold a secret and is not repeated): {right}"),
    })
}

/// Returns a text that is a host, an address, a path, or a URL without credentials and options. Removes a path after a
/// host. Returns `None` for other texts.
pub fn without_secrets(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let (place, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let is_plain = |text: &str| text.bytes().all(|it| it.is_ascii_alphanumeric() || b".-_*~/".contains(&it));
    // A single word could be a key.
    let says_what_it_is = !scheme.is_empty() || rest.contains(['.', ':', '/', '*']);
    let is_harmless = says_what_it_is && is_plain(scheme) && is_plain(path) && is_place(place);
    // A path after a host may be a key. Digits after an address are the prefix length of a network.
    let is_key = path.len() > 1 && !place.is_empty() && !path[1..].bytes().all(|it| it.is_ascii_digit());
    is_harmless.then(|| if is_key { format!("{}/…", &text[..text.len() - path.len()]) } else { text.to_owned() })
}

/// True if a text is a host or an address with an optional port. Other text after a colon may be a password.
fn is_place(text: &str) -> bool {
    let host_and_port = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map(|(host, port)| (host, port.strip_prefix(':').unwrap_or(port))),
        None => Some(text.split_once(':').unwrap_or((text, ""))),
    };
    let is_bracketed = text.starts_with('[');
    host_and_port.is_some_and(|(host, port)| {
        let is_of_host = |it: u8| it.is_ascii_alphanumeric() || b".-_*".contains(&it) || (is_bracketed && it == b':');
        host.bytes().all(is_of_host) && port.len() <= 5 && port.bytes().all(|it| it.is_ascii_digit())
    })
}

/// Implements `Debug` by printing only the type name, for types with secrets.
macro_rules! hide_from_debug {
    ($($name:ident),* $(,)?) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}
pub(super) use hide_from_debug;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_shown_without_what_may_be_secret() {
        let check = |text: &str, expected: &str| assert_eq!(redacted_url(text), expected, "{text}");
        check("postgres://ada:pw@db:5433/chat", "postgres://ada:***@db:5433/chat");
        check("postgres://ada:p%40w@[::1]/chat?sslmode=require", "postgres://ada:***@[::1]/chat?***");
        check("postgres://pw@db/chat", "postgres://***@db/chat");
        check("postgres://:pw@db/chat#pw", "postgres://***@db/chat?***");
        check("postgres:///chat?host=/run/postgresql&password=pw", "postgres:///chat?***");
        check("https://ada:pw@api.example.com:8443/pw/v1?key=pw#pw", "https://api.example.com:8443");
        for hidden in
            ["", "pw", "ada:pw@db/chat", "postgres:ada:pw@db", "postgres://ada:pw@db:port/chat", "//ada:pw@db"]
        {
            check(hidden, "***");
        }
    }

    #[test]
    fn paths_are_shown_without_what_looks_like_a_login_or_options() {
        let check = |path: &str, expected: &str| assert_eq!(redacted_path(path), expected, "{path}");
        check("data/colloquy.db", "data/colloquy.db");
        check("/data/colloquy.db?key=pw", "/data/colloquy.db?***");
        check("ada:pw@host/db", "***@host/db");
    }

    #[test]
    fn a_value_is_repeated_only_if_it_cannot_hold_a_secret() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(without_secrets(text).as_deref(), expected, "{text}");
        for plain in
            ["localhost:8000", "chat.example.com", "/var/files", "10.0.0.0/33", "ftp://x", "[::1]:80", "*", "s3:"]
        {
            check(plain, Some(plain));
        }
        check("http://[::1]:8000/chatkit", Some("http://[::1]:8000/…"));
        check("https://example.com/pw/v1", Some("https://example.com/…"));
        check("example.com/pw", Some("example.com/…"));
        for hidden in [
            "pw",
            "sk-pw",
            "ada:pw",
            "ada:pw@host",
            "https://ada:pw@host",
            "https://ada@host",
            "https://ada:pw",
            "https://host?key=pw",
            "https://host/#pw",
            "http//ada:pw@host",
            "ada:1:2",
            "[::1]:pw",
            "https://host/%70w",
            "https://host:123456",
            "",
            "host name.example",
        ] {
            check(hidden, None);
        }
    }
}
