//! Detection of bare addresses by the rules of GitHub's "extended autolinks". Pure.
//!
//! In addition, addresses end where they would end in a sentence: at quotation marks, dashes, CJK punctuation and
//! unmatched closing brackets. They also end where letters of a script without spaces follow ASCII, as in
//! `https://example.com/docs了解更多`. Such letters belong to the address after a `/` or another sign, and in the host.

use super::{cjk::is_unspaced, line_syntax::count_examined};

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text without an address.
    Text(&'a str),
    /// An address as written. `www.` addresses have no scheme.
    Address(&'a str),
}

/// Finds `http://`, `https://` and `www.` addresses. If the text `is_open`, an address at its end is skipped.
pub(super) fn linkify(text: &str, is_open: bool) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut done, mut from) = (0, 0);
    while let Some((start, prefix)) = next_prefix(text, from) {
        from = start + prefix.len();
        let is_www = prefix == WWW;
        let domain_start = if is_www { start } else { from };
        if !may_follow(text[..start].chars().next_back(), is_www) || !has_domain(&text[domain_start..], is_www) {
            continue;
        }
        let last = end_of(text, from);
        count_examined(last - start);
        if is_open && last == text.len() {
            break;
        }
        let end = start + trimmed(&text[start..last]).len();
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

/// True if an address may follow a character. `http` follows anything but ASCII letters and digits, so that addresses
/// in scripts without spaces are found. `www.` also follows no character that could be part of an address.
fn may_follow(before: Option<char>, is_www: bool) -> bool {
    let is_part = |it: char| match it.is_ascii() {
        true => "/.-@:=&?#%\\+$".contains(it),
        false => it.is_alphanumeric() && !is_unspaced(it),
    };
    !before.is_some_and(|it| it.is_ascii_alphanumeric() || is_www && is_part(it))
}

/// True for segments of letters, digits, `-` and `_`, without `_` in the last two. With a scheme, one segment is
/// enough (localhost).
fn has_domain(text: &str, is_www: bool) -> bool {
    let is_inside = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '.');
    let domain = text.split(|it| !is_inside(it)).next().unwrap_or_default().trim_end_matches('.');
    let segments: Vec<&str> = domain.split('.').collect();
    let is_long_enough = !is_www || segments.len() > 1;
    is_long_enough
        && segments.iter().all(|it| !it.is_empty())
        && segments.iter().rev().take(2).all(|it| !it.contains('_'))
}

/// Returns the latest end of the address.
fn end_of(text: &str, from: usize) -> usize {
    let mut is_host = true;
    let mut before = ' ';
    // Numbers of open brackets of each kind.
    let (mut n_square, mut n_curly) = (0, 0);
    for (at, it) in text[from..].char_indices().map(|(at, it)| (from + at, it)) {
        match it {
            '/' | '?' | '#' => is_host = false,
            _ if is_host && it.is_ascii_punctuation() && !"-._:@%".contains(it) => return at,
            '[' => n_square += 1,
            '{' => n_curly += 1,
            ']' if n_square > 0 => n_square -= 1,
            '}' if n_curly > 0 => n_curly -= 1,
            _ if ends(it) => return at,
            _ if before.is_ascii_alphanumeric() && may_end(it) && !(is_host && is_in_host(&text[at..])) => return at,
            _ => {}
        }
        before = it;
    }
    text.len()
}

/// True for characters that end an address. Beyond GitHub's rules these are quotation marks, dashes, arrows, ellipses,
/// invisible characters, full-width punctuation, and sentence ends of Arabic, Armenian and Indian scripts.
fn ends(it: char) -> bool {
    it.is_whitespace()
        || matches!(it, '<' | '>' | '"' | '`' | '\\' | '|' | ']' | '}' | '«' | '»' | '\u{ad}' | '\u{feff}')
        || matches!(it, '\u{200b}' | '\u{200e}'..='\u{206f}' | '\u{2190}'..='\u{21ff}')
        || matches!(it, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}' | '\u{fe10}'..='\u{fe6f}')
        || matches!(it, '،' | '؛' | '؟' | '۔' | '։' | '।' | '॥')
}

/// True for characters that end an address after an ASCII letter or digit: letters of scripts without spaces, and
/// emoji.
fn may_end(it: char) -> bool {
    match it.is_alphanumeric() {
        true => is_unspaced(it),
        false => it > '\u{21ff}',
    }
}

/// True if letters after ASCII still belong to the host name, because another segment follows.
fn is_in_host(rest: &str) -> bool {
    const MAX_SEGMENT: usize = 63;
    let n_chars = rest.chars().take_while(|it| it.is_alphanumeric() || *it == '-').take(MAX_SEGMENT).count();
    count_examined(n_chars);
    let mut rest = rest.chars().skip(n_chars);
    rest.next() == Some('.') && rest.next().is_some_and(char::is_alphanumeric)
}

/// Removes trailing punctuation that belongs to the sentence.
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

/// Returns the text before a trailing `&name`.
fn without_entity(text: &str) -> Option<&str> {
    let before = text.trim_end_matches(|it: char| it.is_ascii_alphanumeric());
    before.strip_suffix('&').filter(|_| before.len() < text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let pieces = linkify(text, false);
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
        for (text, expected) in [
            ("访问“https://example.com/a”吧。", "https://example.com/a"),
            ("‘https://example.com/a’", "https://example.com/a"),
            ("„https://example.com/a“", "https://example.com/a"),
            ("«https://example.com/s»", "https://example.com/s"),
            ("‹https://example.com/s›", "https://example.com/s"),
            ("https://example.com/a—and", "https://example.com/a"),
            ("https://example.com/a–b", "https://example.com/a"),
            ("https://example.com/a…", "https://example.com/a"),
            ("[https://example.com/a] and", "https://example.com/a"),
            ("{https://example.com/b}", "https://example.com/b"),
            ("{\"url\": https://example.com/b}, c", "https://example.com/b"),
            ("[see https://example.com/a],b", "https://example.com/a"),
            ("https://example.com/{id}/x[0]", "https://example.com/{id}/x[0]"),
            ("https://example.com/{id}}", "https://example.com/{id}"),
            ("【https://example.com/a】", "https://example.com/a"),
            ("（https://example.com/a）", "https://example.com/a"),
            ("https://example.com/docs了解更多", "https://example.com/docs"),
            ("https://example.com/docs를 보세요", "https://example.com/docs"),
            ("https://example.com/docsをご覧", "https://example.com/docs"),
            ("https://example.com/docsดู", "https://example.com/docs"),
            ("https://example.com了解更多", "https://example.com"),
            ("https://example.com是官网", "https://example.com"),
            ("https://example.com:8080端口", "https://example.com:8080"),
            ("https://example.com/?q=1的结果", "https://example.com/?q=1"),
            ("https://example.com/%E4%BA%86解", "https://example.com/%E4%BA%86"),
            ("https://zh.wikipedia.org/wiki/中国", "https://zh.wikipedia.org/wiki/中国"),
            ("https://ja.wikipedia.org/wiki/Rust_(言語)", "https://ja.wikipedia.org/wiki/Rust_(言語)"),
            ("https://example.com/?q=东京&x=1", "https://example.com/?q=东京&x=1"),
            ("https://例え.jp/x", "https://例え.jp/x"),
            ("https://abc例え.jp/x", "https://abc例え.jp/x"),
            ("https://www.例え.テスト", "https://www.例え.テスト"),
            ("https://한국.kr은", "https://한국.kr"),
            ("https://bücher.example/straße", "https://bücher.example/straße"),
            ("https://пример.рф/путь", "https://пример.рф/путь"),
        ] {
            check(text, &[expected]);
        }
        for (text, expected) in [
            ("it's https://example.com's page", "https://example.com"),
            ("https://example.com,中文", "https://example.com"),
            ("https://example.com[1]", "https://example.com"),
            ("https://example.com(see below)", "https://example.com"),
            ("https://example.com:8443, or", "https://example.com:8443"),
            ("👉https://example.com👈", "https://example.com"),
            ("https://example.com/x😀y", "https://example.com/x"),
            ("https://example.com/x✅", "https://example.com/x"),
            ("https://example.com/😀", "https://example.com/😀"),
            ("https://example.com/x→https", "https://example.com/x"),
            ("https://example.com/x|Title", "https://example.com/x"),
            ("https://example.com/x\\n", "https://example.com/x"),
            ("https://example.com/x\u{200b}y", "https://example.com/x"),
            ("https://example.com/x\u{200f} و", "https://example.com/x"),
            ("https://example.com/x\u{2069}", "https://example.com/x"),
            ("\u{feff}https://example.com/x\u{feff}", "https://example.com/x"),
            ("https://example.com/x؟", "https://example.com/x"),
            ("https://example.com/x، ثم", "https://example.com/x"),
            ("https://example.com/x।", "https://example.com/x"),
            ("https://example.com/مصر", "https://example.com/مصر"),
            ("https://example.com/Paral·lel", "https://example.com/Paral·lel"),
            ("https://example.com/?a[]=1&b={c}#d!", "https://example.com/?a[]=1&b={c}#d"),
            ("\"www.example.com\"", "www.example.com"),
            ("“www.example.com/x”", "www.example.com/x"),
            ("[www.example.com]", "www.example.com"),
            ("见www.example.com吧", "www.example.com"),
            ("👉www.example.com", "www.example.com"),
            ("www.example.com,www", "www.example.com"),
        ] {
            check(text, &[expected]);
        }
        check("https://a.example,https://b.example", &["https://a.example", "https://b.example"]);
        check("“https://example.com/q”, «https://example.com/s»", &["https://example.com/q", "https://example.com/s"]);
        check("http://a.example/x,https://b.example", &["http://a.example/x,https://b.example"]);
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
            "x.www.example.com",
            "/www.example.com",
            "a=www.example.com",
            "ada@www.example.com",
            "éwww.example.com",
            "http://[::1]/",
            "https://{host}/x",
            "https://$HOST/x",
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
