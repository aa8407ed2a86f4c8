//! Highlighting of search terms in a text. Pure.

/// Splits a text into parts, each with true if it matches the query. A match is the beginning of a word, or any part
/// of a text in a script without spaces.
pub(super) fn search_matches<'a>(text: &'a str, query: &str) -> Vec<(bool, &'a str)> {
    let terms: Vec<Vec<char>> = query
        .split(|it: char| !it.is_alphanumeric())
        .filter(|it| !it.is_empty())
        .map(|it| it.chars().flat_map(char::to_lowercase).collect())
        .collect();
    let (mut parts, mut plain_from, mut at) = (Vec::new(), 0, 0);
    let mut before = None;
    while let Some(char) = text[at..].chars().next() {
        let is_beginning = !char.is_ascii() && !is_spaced(char) || before.is_none_or(|it: char| !it.is_alphanumeric());
        let found = if is_beginning { terms.iter().filter_map(|it| len_of(&text[at..], it)).max() } else { None };
        let len = found.unwrap_or(char.len_utf8());
        if found.is_some() {
            if plain_from < at {
                parts.push((false, &text[plain_from..at]));
            }
            parts.push((true, &text[at..at + len]));
            plain_from = at + len;
        }
        before = text[at..at + len].chars().next_back();
        at += len;
    }
    if plain_from < text.len() {
        parts.push((false, &text[plain_from..]));
    }
    parts
}

/// Returns the length in bytes of the term at the beginning of the text, ignoring case.
fn len_of(text: &str, term: &[char]) -> Option<usize> {
    let (mut n_same, mut len) = (0, 0);
    for char in text.chars() {
        if n_same == term.len() {
            break;
        }
        for lower in char.to_lowercase() {
            if term.get(n_same) != Some(&lower) {
                return None;
            }
            n_same += 1;
        }
        len += char.len_utf8();
    }
    (n_same == term.len()).then_some(len)
}

/// True if words of the character's script are separated by spaces. False for Thai and related scripts, Chinese and
/// Japanese.
fn is_spaced(char: char) -> bool {
    !matches!(char, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_of_words_are_marked() {
        let check = |query: &str, text: &str, expected: &str| {
            let shown: String = search_matches(text, query)
                .into_iter()
                .map(|(is_found, part)| if is_found { format!("[{part}]") } else { part.to_owned() })
                .collect();
            assert_eq!(shown, expected, "{query}");
        };
        check("umb", "An Umbrella, an umbra", "An [Umb]rella, an [umb]ra");
        check("brella", "An Umbrella", "An Umbrella");
        check("a an", "an a", "[an] [a]");
        check("naïve", "NAÏVELY", "[NAÏVE]LY");
        check("京で", "東京で会議", "東[京で]会議");
        check("w0", "w0 w01", "[w0] [w0]1");
        check("", "nothing", "nothing");
        check("((", "nothing", "nothing");
        check("x", "", "");
        check("istanbul", "İstanbul", "İstanbul");
        check("i\u{307}", "İstanbul", "İstanbul");
        check("👋 a", "👋 a👋a", "👋 [a]👋[a]");
    }
}
