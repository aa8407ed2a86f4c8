//! Position of a mark that would fall into a word.

use crate::ui::chatkit::markdown::hide::is_mark;

/// Returns the next position at or after an offset at which a mark splits neither a word nor an address nor a hidden
/// piece.
pub(super) fn place(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    let start = text[..at].rfind(char::is_whitespace).map_or(0, |it| it + 1);
    let start = (start..=at).find(|it| text.is_char_boundary(*it)).unwrap_or(at);
    let end = text[at..].find(char::is_whitespace).map_or(text.len(), |it| at + it);
    if start < at && (text[start..end].contains("://") || text[start..end].contains("www.")) {
        return end;
    }
    let is_inside = |it: char| it.is_alphanumeric() && !is_without_spaces(it) || is_mark(it);
    if text[..at].chars().next_back().is_some_and(is_inside) {
        at += text[at..].find(|it| !is_inside(it)).unwrap_or(text.len() - at);
    }
    at
}

/// True for letters of scripts without spaces between words.
fn is_without_spaces(it: char) -> bool {
    matches!(it, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_torn_apart() {
        for (text, offset, expected) in [
            ("one two", 3, 3),
            ("one two", 1, 3),
            ("one two", 4, 4),
            ("one", 9, 3),
            ("éé.", 1, 4),
            ("a https://a.example/b.c d", 12, 23),
            ("\u{f0000}.", 0, 0),
            ("\u{f0000}.", 1, 4),
            ("\u{4f60}\u{597d}", 3, 3),
            ("", 0, 0),
        ] {
            assert_eq!(place(text, offset), expected, "{text:?} {offset}");
        }
    }
}
