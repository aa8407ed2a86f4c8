//! Bare addresses in text, by the rules of GitHub's "extended autolinks". Pure.

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// No address.
    Text(&'a str),
    /// An address as it was written; `www.` has no scheme.
    Address(&'a str),
}

/// Finds `http://`, `https://` and `www.` addresses.
pub(super) fn linkify(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut done, mut from) = (0, 0);
    while let Some((start, prefix)) = next_prefix(text, from) {
        from = start + prefix.len();
        let is_www = prefix == WWW;
        let domain_start = if is_www { start } else { from };
        if !may_follow(text[..start].chars().next_back(), is_www) || !has_domain(&text[domain_start..], is_www) {
            continue;
        }
        let end = start + trimmed(&text[start..end_of(text, from)]).len();
        if end <= from {
            continue;
        }
        if done < start {
            pieces.push(Piece::Text(&text[done..start]));
        }
        pieces.push(Piece::Address(&text[start..end]));
        (done, from) = (end, end);
    }
    if done < text.len() {
        pieces.push(Piece::Text(&text[done..]));
    }
    pieces
}

const WWW: &str = "www.";
const PREFIXES: [&str; 3] = ["https://", "http://", WWW];

fn next_prefix(text: &str, from: usize) -> Option<(usize, &'static str)> {
    let starts = text.as_bytes()[from..].iter().enumerate().filter(|(_, byte)| matches!(**byte | 32, b'h' | b'w'));
    starts.map(|(at, _)| from + at).find_map(|at| {
        let begins = |prefix: &&str| {
            text.as_bytes().get(at..at + prefix.len()).is_some_and(|it| it.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        PREFIXES.into_iter().find(begins).map(|prefix| (at, prefix))
    })
}

/// `www.` follows a space or a delimiter; with a scheme, anything but a letter or digit (so that addresses in scripts
/// without spaces are found).
fn may_follow(before: Option<char>, is_www: bool) -> bool {
    before.is_none_or(|it| match is_www {
        true => it.is_whitespace() || matches!(it, '*' | '_' | '~' | '('),
        false => !it.is_ascii_alphanumeric(),
    })
}

/// Segments of letters, digits, `-` and `_`; no `_` in the last two. With a scheme one segment is enough (localhost).
fn has_domain(text: &str, is_www: bool) -> bool {
    let is_inside = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '.');
    let domain = text.split(|it| !is_inside(it)).next().unwrap_or_default().trim_end_matches('.');
    let segments: Vec<&str> = domain.split('.').collect();
    let is_long_enough = !is_www || segments.len() > 1;
    is_long_enough
        && segments.iter().all(|it| !it.is_empty())
        && segments.iter().rev().take(2).all(|it| !it.contains('_'))
}

/// Where the address ends at the latest. Beside what GitHub lets end it, no address holds quotation marks and the full
/// width punctuation of scripts without spaces.
fn end_of(text: &str, from: usize) -> usize {
    let ends = |it: char| {
        it.is_whitespace() || matches!(it, '<' | '>' | '"' | '`' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}')
    };
    text[from..].find(ends).map_or(text.len(), |at| from + at)
}

/// Leaves out what belongs to the sentence around it.
fn trimmed(mut address: &str) -> &str {
    let n_open = address.matches('(').count();
    let mut n_closed = address.matches(')').count();
    while let Some(last) = address.chars().next_back() {
        let rest = &address[..address.len() - last.len_utf8()];
        match last {
            '?' | '!' | '.' | ',' | ':' | '*' | '_' | '~' | '\'' => address = rest,
            ')' if n_closed > n_open => (address, n_closed) = (rest, n_closed - 1),
            ';' => address = without_entity(rest).unwrap_or(rest),
            _ => break,
        }
    }
    address
}

/// What stands before `&name`, if that is how it ends.
fn without_entity(text: &str) -> Option<&str> {
    let before = text.trim_end_matches(|it: char| it.is_ascii_alphanumeric());
    before.strip_suffix('&').filter(|_| before.len() < text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let pieces = linkify(text);
        let addresses: Vec<&str> = pieces
            .iter()
            .filter_map(|it| match it {
                Piece::Address(it) => Some(*it),
                Piece::Text(_) => None,
            })
            .collect();
        assert_eq!(addresses, expected, "{text:?}");
        let whole: String = pieces.iter().map(|(Piece::Text(it) | Piece::Address(it))| *it).collect();
        assert_eq!(whole, text, "nothing is lost");
    }

    #[test]
    fn addresses_are_found_as_github_finds_them() {
        for (text, expected) in [
            ("www.commonmark.org", "www.commonmark.org"),
            ("Visit www.commonmark.org/help for more", "www.commonmark.org/help"),
            ("Visit www.commonmark.org.", "www.commonmark.org"),
            ("Visit www.commonmark.org/a.b.", "www.commonmark.org/a.b"),
            ("www.google.com/search?q=Markup+(business)", "www.google.com/search?q=Markup+(business)"),
            ("www.google.com/search?q=Markup+(business)))", "www.google.com/search?q=Markup+(business)"),
            ("(www.google.com/search?q=Markup+(business))", "www.google.com/search?q=Markup+(business)"),
            ("(www.google.com/search?q=Markup+(business)", "www.google.com/search?q=Markup+(business)"),
            ("www.google.com/search?q=(business))+ok", "www.google.com/search?q=(business))+ok"),
            ("www.google.com/search?q=commonmark&hl=en", "www.google.com/search?q=commonmark&hl=en"),
            ("www.google.com/search?q=commonmark&hl;", "www.google.com/search?q=commonmark"),
            ("www.commonmark.org/he<lp", "www.commonmark.org/he"),
            ("http://commonmark.org", "http://commonmark.org"),
            ("(Visit https://encrypted.google.com/search?q=a+(b))", "https://encrypted.google.com/search?q=a+(b)"),
            ("HTTPS://Example.com/é?!", "HTTPS://Example.com/é"),
            ("http://localhost:3000/x, then", "http://localhost:3000/x"),
            ("请看https://example.com/a。再见", "https://example.com/a"),
            ("src=\"https://example.com/a\">b", "https://example.com/a"),
            ("http://a_b.c.example;", "http://a_b.c.example"),
        ] {
            check(text, &[expected]);
        }
        check("http://a.example,https://b.example", &["http://a.example,https://b.example"]);
        check("http://a.example www.b.example", &["http://a.example", "www.b.example"]);
    }

    #[test]
    fn other_text_stays_text() {
        for text in [
            "",
            "www",
            "www.",
            "http://",
            "https://.",
            "http:// a",
            "awww.example.com",
            "xhttp://example.com",
            "www._",
            "http://a.b_c",
            "www.a_b.example",
            "ftp://example.com",
            "javascript:alert(1)",
            "ada@example.com",
            "http://)",
            "hhhhwwww😀",
        ] {
            check(text, &[]);
        }
    }
}
