//! Allow-list of targets for links and images. Pure.

use crate::ui::chatkit::web_address::WebAddress;

const DEEPLINK: &str = "chatkit-link://";
const MAIL: &str = "mailto:";

/// An allowed target.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A web page or a mail address.
    Web(String),
    /// A deeplink handled by the page: `chatkit-link://name?key=value`.
    Deeplink(Deeplink),
}

/// Decoded content of a `chatkit-link://` address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Deeplink {
    /// Name of the effect.
    pub name: String,
    /// Parameters. The last value of a repeated key wins.
    pub data: Vec<(String, String)>,
}

impl Target {
    /// Parses an address. Returns `None` if its scheme is missing or not allowed: a relative address would point into
    /// this site.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim_matches(' ');
        if let Some(address) = WebAddress::read(text) {
            return Some(Self::Web(address.to_string()));
        }
        if text.chars().any(char::is_control) {
            return None;
        }
        if let Some(link) = after(text, DEEPLINK) {
            return Deeplink::read(link).map(Self::Deeplink);
        }
        // Mail addresses have no host.
        let mail = after(text, MAIL).filter(|it| !it.starts_with('/'))?;
        Some(Self::Web(format!("{MAIL}{}", ascii(mail))))
    }
}

impl Deeplink {
    fn read(link: &str) -> Option<Self> {
        let link = link.split('#').next().unwrap_or_default();
        let (name, query) = link.split_once('?').unwrap_or((link, ""));
        let name = decode(name.trim_end_matches('/'));
        let data = form_urlencoded::parse(query.as_bytes()).into_owned();
        (!name.is_empty()).then(|| Self { name, data: data.collect() })
    }
}

/// Returns the text after a scheme, ignoring case.
fn after<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// Percent-decodes a text. Characters with a meaning in forms are escaped first, because the library decodes forms.
fn decode(text: &str) -> String {
    let hidden = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(hidden.as_bytes()).next().map_or(String::new(), |(name, _)| name.into_owned())
}

/// Percent-encodes the characters outside ASCII.
fn ascii(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_ascii() {
            encoded.push(char);
        } else {
            char.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| encoded.push_str(&format!("%{byte:02X}")));
        }
    }
    encoded
}

/// True if an image may be loaded: by https, from one of `hosts` or a subdomain (`*.host` is accepted too).
pub(super) fn is_image_allowed(src: &str, hosts: &[String]) -> bool {
    let Some(address) = WebAddress::read(src).filter(WebAddress::is_secure) else { return false };
    let host = address.host();
    hosts.iter().any(|allowed| {
        let allowed = allowed.trim().trim_start_matches("*.").to_ascii_lowercase();
        let before = host.strip_suffix(allowed.as_str());
        !allowed.is_empty() && before.is_some_and(|it| it.is_empty() || it.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, name: &str, data: &[(&str, &str)]) {
        let data = data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let expected = Target::Deeplink(Deeplink { name: name.to_owned(), data });
        assert_eq!(Target::read(text), Some(expected), "{text:?}");
    }

    #[test]
    fn deeplinks_are_decoded() {
        check("chatkit-link://open", "open", &[]);
        check("ChatKit-Link://openTicket/?id=4%202&q=a+b%26c#x", "openTicket", &[("id", "4 2"), ("q", "a b&c")]);
        check("chatkit-link://a%20b+c%3D=d/e", "a b+c==d/e", &[]);
        check("chatkit-link://x?%ff&é=ü", "x", &[("\u{fffd}", ""), ("é", "ü")]);
        for nameless in
            ["chatkit-link://", "chatkit-link:", "chatkit-link:x", "chatkit-link:///", "chatkit-link://?a=b"]
        {
            assert_eq!(Target::read(nameless), None, "{nameless:?}");
        }
    }

    #[test]
    fn images_come_from_named_hosts_alone() {
        let hosts = ["Example.com".to_owned(), "*.cdn.test".to_owned(), String::new()];
        for src in ["https://example.com/a.png", "https://img.EXAMPLE.com/a", "https://cdn.test:8443/a"] {
            assert!(is_image_allowed(src, &hosts), "{src:?}");
        }
        for src in [
            "http://example.com/a.png",
            "https://badexample.com/a",
            "https://example.com.evil.test/a",
            "https://example.com@evil.test/a",
            "https://evil.test\\@example.com/a",
            "https:example.com/a",
            "https://ex\tample.com/a",
            "https://example.org/a",
            "data:image/png;base64,AA",
            "example.com/a.png",
        ] {
            assert!(!is_image_allowed(src, &hosts), "{src:?}");
        }
        assert!(!is_image_allowed("https://example.com/", &[]));
    }
}
