//! The initial title of a thread, cut from its first message.

/// Maximum length of a title before its ellipsis, in characters.
const MAX_CHARS: usize = 60;

/// Returns the first non-blank line, whitespace collapsed, cut between words to at most 60 characters and `…`.
///
/// A text without spaces near the limit is cut within a word. Returns `None` for a text that is blank.
pub(in crate::server::chat) fn title_of(message: &str) -> Option<String> {
    let line = message.lines().map(str::trim).find(|line| !line.is_empty())?;
    // A bounded prefix suffices, and a line may be long.
    let start: String = line.chars().filter(|it| !it.is_control() || it.is_whitespace()).take(MAX_CHARS * 8).collect();
    let title = start.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() {
        return None;
    }
    let Some((end, next)) = title.char_indices().nth(MAX_CHARS) else { return Some(title) };
    let cut = &title[..end];
    let words = match cut.rfind(' ') {
        _ if next == ' ' => cut,
        Some(space) if title[..space].chars().count() >= MAX_CHARS / 2 => &cut[..space],
        _ => cut,
    };
    Some(format!("{}…", words.trim_end_matches([' ', ',', ';', ':'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_first_lines_cut_between_words() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(title_of(text).as_deref(), expected, "{text:?}");
        check("Hello, ChatKit!", Some("Hello, ChatKit!"));
        check("", None);
        check(" \n\t\r\n ", None);
        check("\n\n  second \t line  \nthird", Some("second line"));
        check("/error", Some("/error"));
        let sixty = "a".repeat(60);
        check(&sixty, Some(&sixty));
        check(&format!("{sixty} b"), Some(&format!("{sixty}…")));
        check(&format!("{sixty}b"), Some(&format!("{sixty}…")));
        check(
            "What would it take to write the whole of this server once more, in another language?",
            Some("What would it take to write the whole of this server once…"),
        );
        check(&"漢字".repeat(40), Some(&format!("{}…", "漢字".repeat(30))));
        check(&format!("Hi {}", "漢".repeat(80)), Some(&format!("Hi {}…", "漢".repeat(57))));
    }

    #[test]
    fn a_title_is_never_longer_than_sixty_characters_and_an_ellipsis() {
        for n in 0..200 {
            for word in ["é", "ab ", "👩‍👩‍👧 ", "word, "] {
                let title = title_of(&word.repeat(n)).unwrap_or_default();
                assert!(title.chars().count() <= MAX_CHARS + 1, "{title}");
            }
        }
    }
}
