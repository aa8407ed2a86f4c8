//! Tokenizes texts and queries, identically for both engines.
//!
//! A word is a sequence of letters and digits in lower case. Scripts without spaces between words (Chinese, Japanese,
//! Thai and similar) yield a word per character, so that any part of a text matches. Everything else separates words,
//! including emoji and all operators of either engine.

/// Maximum length of a word, in characters. The rest is ignored.
const MAX_WORD_CHARS: usize = 64;
/// Maximum size of a text's words, in bytes. PostgreSQL indexes at most a mebibyte at once, including positions.
const MAX_BYTES: usize = 128 * 1024;
/// Maximum number of terms in a query. The rest is ignored.
const MAX_TERMS: usize = 16;
/// Length of a snippet's context before the first match, in characters.
const BEFORE_CHARS: usize = 40;
/// Maximum length of a snippet without its ellipses, in characters.
const SNIPPET_CHARS: usize = 160;

/// A word and its start, in bytes.
struct Word {
    start: usize,
    text: String,
    /// True if the word is one character of a script without spaces.
    is_unspaced: bool,
}

/// Returns the words of a text, separated by spaces.
pub(super) fn index(text: &str) -> String {
    let mut joined = String::new();
    for word in words(text).take_while(|word| word.start < MAX_BYTES) {
        if joined.len() + word.text.len() >= MAX_BYTES {
            break;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&word.text);
    }
    joined
}

/// Terms of a query: word prefixes, or phrases of single characters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Terms(Vec<Vec<String>>);

impl Terms {
    /// Parses a query. All its terms must match.
    pub(super) fn of(query: &str) -> Self {
        let mut terms: Vec<Vec<String>> = Vec::new();
        let mut end_of_phrase = None;
        for word in words(query) {
            let follows = word.is_unspaced && end_of_phrase == Some(word.start);
            end_of_phrase = word.is_unspaced.then(|| word.start + word.text.len());
            let n_terms = terms.len();
            match terms.last_mut() {
                Some(phrase) if follows && phrase.len() < MAX_WORD_CHARS => phrase.push(word.text),
                _ if n_terms == MAX_TERMS => break,
                _ => terms.push(vec![word.text]),
            }
        }
        Self(terms)
    }

    /// True if the query has no terms.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the query in FTS5's syntax. Words consist of letters and digits, so none can end the quotes.
    pub(super) fn to_fts5(&self) -> String {
        let terms: Vec<_> = self.0.iter().map(|term| format!("\"{}\"*", term.join(" "))).collect();
        terms.join(" AND ")
    }

    /// Returns the query in the syntax of PostgreSQL's `to_tsquery`.
    pub(super) fn to_tsquery(&self) -> String {
        let phrase = |term: &Vec<String>| {
            let words: Vec<_> = term.iter().map(|word| format!("'{word}':*")).collect();
            format!("({})", words.join(" <-> "))
        };
        self.0.iter().map(phrase).collect::<Vec<_>>().join(" & ")
    }

    /// Returns the text around the first match: plain text on one line, with `…` for omitted parts.
    pub(super) fn snippet(&self, text: &str) -> String {
        let words: Vec<Word> = words(text).collect();
        let found = (0..words.len()).find(|at| self.0.iter().any(|term| is_at(term, &words[*at..])));
        let found = found.map_or(0, |at| words[at].start);
        let before = text[..found].char_indices().rev().take(BEFORE_CHARS).last().map_or(found, |(start, _)| start);
        // The snippet does not begin within a word.
        let start = match text[before..found].find(char::is_whitespace) {
            Some(space) if before > 0 => before + space,
            _ => before,
        };
        let mut line = text[start..].split_whitespace().flat_map(|word| [" ", word]).skip(1).flat_map(str::chars);
        let cut: String = line.by_ref().filter(|it| !it.is_control()).take(SNIPPET_CHARS).collect();
        let (left, right) = (if text[..start].trim().is_empty() { "" } else { "…" }, line.next().map_or("", |_| "…"));
        format!("{left}{}{right}", cut.trim_end())
    }
}

/// True if a term matches the beginning of `words`.
fn is_at(term: &[String], words: &[Word]) -> bool {
    term.len() <= words.len() && term.iter().zip(words).all(|(term, word)| word.text.starts_with(term.as_str()))
}

fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = chars.by_ref().find(|(_, it)| it.is_alphanumeric())?;
        let is_unspaced = is_unspaced(first);
        let mut word: String = first.to_lowercase().collect();
        let mut n_chars = 1;
        while let Some((_, next)) =
            chars.next_if(|(_, it)| !is_unspaced && it.is_alphanumeric() && !self::is_unspaced(*it))
        {
            n_chars += 1;
            if n_chars <= MAX_WORD_CHARS {
                word.extend(next.to_lowercase());
            }
        }
        Some(Word { start, text: word, is_unspaced })
    })
}

/// True for scripts without spaces between words: Thai, Lao, Burmese, Khmer, kana and Chinese characters.
fn is_unspaced(it: char) -> bool {
    matches!(it,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_digits_in_lower_case() {
        let check = |text: &str, expected: &str| assert_eq!(index(text), expected, "{text:?}");
        check("Hello, World! it's 3.14", "hello world it s 3 14");
        check("ÄÖÜ Straße ΣΊΣΥΦΟΣ", "äöü straße σίσυφοσ");
        check("日本語 and 漢字かな, Hangul 한국어", "日 本 語 and 漢 字 か な hangul 한국어");
        check("GPT4漢字x", "gpt4 漢 字 x");
        check("👩‍👩‍👧 \"* OR NEAR(\0)' -- <b>", "or near b");
        check("", "");
        check(&"x".repeat(100), &"x".repeat(64));
        assert!(index(&"word ".repeat(100_000)).len() <= MAX_BYTES);
    }

    #[test]
    fn a_query_is_terms_that_no_engine_can_misread() {
        let check = |query: &str, fts5: &str, tsquery: &str| {
            let terms = Terms::of(query);
            assert_eq!((terms.to_fts5().as_str(), terms.to_tsquery().as_str()), (fts5, tsquery), "{query:?}");
        };
        check("Hel wor", r#""hel"* AND "wor"*"#, "('hel':*) & ('wor':*)");
        check("漢字", r#""漢 字"*"#, "('漢':* <-> '字':*)");
        check("漢 字x", r#""漢"* AND "字"* AND "x"*"#, "('漢':*) & ('字':*) & ('x':*)");
        check("\"a\" OR NOT b*", r#""a"* AND "or"* AND "not"* AND "b"*"#, "('a':*) & ('or':*) & ('not':*) & ('b':*)");
        check(
            "'; drop table \"item\"; --",
            r#""drop"* AND "table"* AND "item"*"#,
            "('drop':*) & ('table':*) & ('item':*)",
        );
        check(" 👋 :*&|!<->() ", "", "");
        assert_eq!(Terms::of(&"a ".repeat(1000)).0.len(), MAX_TERMS);
        assert_eq!(Terms::of(&"漢".repeat(1000)).0.len(), MAX_TERMS);
    }

    #[test]
    fn a_snippet_is_what_stands_around_the_first_term() {
        let check =
            |query: &str, text: &str, expected: &str| assert_eq!(Terms::of(query).snippet(text), expected, "{query}");
        check("wor", "hello\n\n  world", "hello world");
        check("nothing", "hello world", "hello world");
        check("字", "漢字かな", "漢字かな");
        let text = format!("{}the needle {}", "hay ".repeat(100), "straw ".repeat(100));
        let snippet = Terms::of("needle").snippet(&text);
        assert!(
            snippet.starts_with("…hay ") && snippet.contains("the needle straw") && snippet.ends_with('…'),
            "{snippet}"
        );
        assert!(snippet.chars().count() <= SNIPPET_CHARS + 2, "{snippet}");
        check("b", "<b>not</b> markup", "<b>not</b> markup");
        check("x", &format!("{}x", "漢".repeat(100)), &format!("…{}x", "漢".repeat(BEFORE_CHARS)));
        check("", "", "");
    }
}
