//! Where the pages are. Links and redirects are made here, never from literals.

use url::form_urlencoded::byte_serialize;

pub use crate::model::path::*;

/// Returns the path of a thread, or of a new chat.
pub fn thread(id: Option<&str>) -> String {
    match id {
        Some(id) => format!("{CHAT}/{}", encode(id)),
        None => CHAT.to_owned(),
    }
}

/// Returns the path of the sign-in page, from which the visitor comes back to `next`.
pub fn sign_in(next: Option<&str>) -> String {
    with_next(SIGN_IN, next)
}

/// Returns the path of the sign-up page, from which the visitor comes back to `next`.
pub fn sign_up(next: Option<&str>) -> String {
    with_next(SIGN_UP, next)
}

/// Returns `next` if it is a path of this origin: anybody can write the query of a link to our forms.
///
/// Browsers take `//host`, `/\host` and, since they drop tabs and line feeds, `/<tab>/host` for other origins.
pub fn same_origin(next: &str) -> Option<&str> {
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let is_plain = !next.contains(|c: char| c == '\\' || c.is_control());
    (is_path && is_plain).then_some(next)
}

fn with_next(page: &str, next: Option<&str>) -> String {
    match next.and_then(same_origin) {
        Some(next) => format!("{page}?next={}", encode(next)),
        None => page.to_owned(),
    }
}

/// `+` for a space is right in a query only; ids and paths of ours hold none.
fn encode(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_origin_are_gone_back_to() {
        for good in ["/", "/chat", "/chat/thr_1?a=b#c", "/chat//x"] {
            assert_eq!(same_origin(good), Some(good));
        }
        for bad in
            ["", "chat", "//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", " /chat"]
        {
            assert_eq!(same_origin(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn paths_are_encoded() {
        assert_eq!(thread(Some("thr_1")), "/chat/thr_1");
        assert_eq!(thread(Some("a/b c?")), "/chat/a%2Fb%20c%3F");
        assert_eq!(thread(None), "/chat");
        assert_eq!(sign_in(Some("/chat/thr_1")), "/sign-in?next=%2Fchat%2Fthr_1");
        assert_eq!(sign_in(Some(CHAT)), "/sign-in?next=%2Fchat");
        assert_eq!(sign_in(Some("//evil.example")), "/sign-in");
        assert_eq!(sign_up(None), "/sign-up");
    }
}
