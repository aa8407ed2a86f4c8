//! Paths of the pages. Links and redirects are built here, never from literals.

use form_urlencoded::byte_serialize;

pub use crate::model::path::*;

/// Returns the path of a thread, or of a new chat.
pub fn thread(id: Option<&str>) -> String {
    match id {
        Some(id) => format!("{CHAT}/{}", encode(id)),
        None => CHAT.to_owned(),
    }
}

/// Returns the path of the sign-in page, which returns to `next`.
pub fn sign_in(next: Option<&str>) -> String {
    with_next(SIGN_IN, next)
}

/// Returns the path of the sign-up page, which returns to `next`.
pub fn sign_up(next: Option<&str>) -> String {
    with_next(SIGN_UP, next)
}

fn with_next(page: &str, next: Option<&str>) -> String {
    match next.filter(|next| is_own(next)) {
        Some(next) => format!("{page}?next={}", encode(next)),
        None => page.to_owned(),
    }
}

/// Percent-encodes a text. `+` for a space is valid in queries only, but ids and paths contain no spaces.
fn encode(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

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
