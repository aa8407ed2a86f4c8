//! Allow-list of addresses for links and images from untrusted content.

use crate::ui::chatkit::web_address::WebAddress;

/// Returns the address as a link if its scheme is `http` or `https`.
pub(super) fn link(address: &str) -> Option<String> {
    WebAddress::read(address.trim()).map(|it| it.to_string())
}

/// Returns the address as a link to a file, which may also be a path on this origin.
pub(super) fn file_link(address: &str) -> Option<String> {
    if is_own_path(address) { Some(address.to_owned()) } else { link(address) }
}

/// True if an image may be loaded. Loading from another origin would reveal that the image was viewed.
pub(in crate::ui::chatkit) fn is_drawable(address: &str) -> bool {
    let starts = |with: &str| address.get(..with.len()).is_some_and(|it| it.eq_ignore_ascii_case(with));
    is_own_path(address) || starts("data:image/") || starts("blob:")
}

/// As [`is_drawable`], but also accepts absolute URLs of the page's `origin`.
pub(super) fn is_drawable_at(address: &str, origin: Option<&str>) -> bool {
    let is_own = |origin: &str| address.strip_prefix(origin).is_some_and(is_own_path);
    is_drawable(address) || origin.is_some_and(is_own)
}

/// True for a path on this origin. Browsers read `/\` as `//` and ignore tabs and line breaks.
fn is_own_path(address: &str) -> bool {
    let mut bytes = address.bytes().filter(|it| !matches!(it, b'\t' | b'\n' | b'\r'));
    bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_pages_alone() {
        assert_eq!(link("https://example.com/a b"), Some("https://example.com/a%20b".to_owned()));
        for bad in ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "mailto:a@b.c", "/path", ""] {
            assert_eq!(link(bad), None, "{bad}");
        }
        assert_eq!(file_link("/files/atc_1?sig=x").as_deref(), Some("/files/atc_1?sig=x"));
        assert_eq!(file_link("//evil.example/x"), None);
        assert_eq!(file_link("/\\evil.example/x"), None);
    }

    #[test]
    fn whole_addresses_of_this_origin_are_drawn() {
        let here = Some("https://here.example");
        assert!(is_drawable_at("https://here.example/a.png", here));
        for bad in ["https://here.example.evil/a.png", "https://here.example@evil/a.png", "https://there.example/a.png"]
        {
            assert!(!is_drawable_at(bad, here), "{bad}");
        }
        assert!(!is_drawable_at("https://here.example/a.png", None));
    }

    #[test]
    fn pictures_come_from_here() {
        for good in ["data:image/png;base64,AA==", "DATA:image/svg+xml,x", "blob:https://here/1", "/files/a.png"] {
            assert!(is_drawable(good), "{good}");
        }
        for bad in
            ["https://a.example/p.png", "//a.example/p.png", "/\\a.example", "/\t/a.example", "data:text/html,", "é"]
        {
            assert!(!is_drawable(bad), "{bad}");
        }
    }
}
