//! The HTML tags with a meaning in Markdown. Pure.

use super::line_syntax::begins_block;

/// A tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// A line break.
    Break,
    Open(&'static str),
    Close(&'static str),
    /// A self-closing element without content.
    Empty,
}

/// Maximum length of a tag in bytes. Longer ones are text.
const MAX_TAG: usize = 200;
const MAX_COMMENT: usize = 4000;

const NAMES: [&str; 6] = ["br", "sub", "sup", "kbd", "mark", "u"];

/// Parses a tag at the beginning of a text. Returns its length and kind, and ignores attributes.
pub(super) fn read(text: &str) -> Option<(usize, Tag)> {
    let rest = text.strip_prefix('<')?;
    let closing = rest.strip_prefix('/');
    let rest = closing.unwrap_or(rest);
    let name_len = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = NAMES.into_iter().find(|it| it.eq_ignore_ascii_case(&rest[..name_len]))?;
    let len = text.len() - rest.len() + name_len + tag_end(&rest[name_len..])?;
    let is_empty = text[..len].ends_with("/>");
    let tag = match (name, closing) {
        ("br", _) => Tag::Break,
        (name, Some(_)) => Tag::Close(name),
        (name, None) => {
            if is_empty {
                Tag::Empty
            } else {
                Tag::Open(name)
            }
        }
    };
    Some((len, tag))
}

/// Returns the end of a tag after its name, including `>`. Quoted attribute values may contain `>`.
fn tag_end(rest: &str) -> Option<usize> {
    let is_named = rest.starts_with(|it: char| it.is_ascii_whitespace() || matches!(it, '>' | '/'));
    let mut quote = None;
    for (at, it) in rest.bytes().enumerate().take(if is_named { MAX_TAG } else { 0 }) {
        match (it, quote) {
            (b'>', None) => return Some(at + 1),
            (b'<', None) => return None,
            (b'"' | b'\'', None) => quote = Some(it),
            (_, Some(open)) if it == open => quote = None,
            (b'\n', _) if rest.as_bytes().get(at + 1) == Some(&b'\n') => return None,
            _ => {}
        }
    }
    None
}

/// Returns the length of a comment at the beginning of a text. A block comment (`is_block`) may contain blank lines
/// and other blocks.
pub(super) fn comment_len(text: &str, is_block: impl FnOnce() -> bool) -> Option<usize> {
    const OPEN: &str = "<!--";
    const CLOSE: &str = "-->";
    let inner = text.strip_prefix(OPEN)?;
    let inner = &inner[..inner.floor_char_boundary(MAX_COMMENT)];
    if let Some(at) = [">", "->"].iter().find(|it| inner.starts_with(**it)) {
        return Some(OPEN.len() + at.len());
    }
    let len = inner.find(CLOSE)?;
    (!inner[..len].split('\n').skip(1).any(begins_block) || is_block()).then_some(OPEN.len() + len + CLOSE.len())
}

/// True if a text may become a comment.
pub(super) fn may_become_comment(text: &str) -> bool {
    text.starts_with("<!--") && text.len() < MAX_COMMENT
}

/// True if a growing text that begins with `<` may become a tag, a comment or an autolink.
pub(super) fn may_become(text: &str) -> bool {
    if may_become_comment(text) {
        return true;
    }
    let inner = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
    let may_begin = inner.is_empty() || inner.starts_with(|it: char| it.is_ascii_alphabetic() || it == '!');
    let mut quote = None;
    let mut has_space = false;
    may_begin
        && text.len() < MAX_TAG
        && inner.bytes().all(|it| {
            match (it, quote) {
                (_, Some(open)) => quote = quote.filter(|_| it != open),
                (b'>' | b'<', None) => return false,
                (b'"' | b'\'', None) => quote = has_space.then_some(it),
                (b' ' | b'\n', None) => has_space = true,
                (_, None) => {
                    return !has_space || it.is_ascii_alphanumeric() || matches!(it, b'=' | b'-' | b'_' | b'/' | b':');
                }
            }
            true
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_list_of_tags_is_read() {
        for (text, expected) in [
            ("<br>x", Some((4, Tag::Break))),
            ("<br/>", Some((5, Tag::Break))),
            ("<BR />", Some((6, Tag::Break))),
            ("</br>", Some((5, Tag::Break))),
            ("<br clear=\"a>l\">", Some((16, Tag::Break))),
            ("<sub>", Some((5, Tag::Open("sub")))),
            ("</SUP >", Some((7, Tag::Close("sup")))),
            ("<Kbd class='x'>", Some((15, Tag::Open("kbd")))),
            ("<mark\nid=1>", Some((11, Tag::Open("mark")))),
            ("<u/>", Some((4, Tag::Empty))),
            ("<ul>", None),
            ("<b>", None),
            ("<sub", None),
            ("<sub <u>", None),
            ("< sub>", None),
            ("<subs>", None),
            ("<u\n\n>", None),
            ("<br.x>", None),
            ("<script>", None),
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn comments_have_an_end() {
        for (text, is_block, expected) in [
            ("<!-- a -->b", false, Some(10)),
            ("<!---->", false, Some(7)),
            ("<!-->", false, Some(5)),
            ("<!--->", false, Some(6)),
            ("<!-- a\nb -->", false, Some(12)),
            ("<!-- a\n\nb -->", false, None),
            ("<!-- a\n\nb -->", true, Some(13)),
            ("<!-- a", true, None),
            ("<! a -->", true, None),
        ] {
            assert_eq!(comment_len(text, || is_block), expected, "{text:?}");
        }
    }

    #[test]
    fn what_may_become_a_tag_is_known() {
        for text in [
            "<",
            "</",
            "<b",
            "<br",
            "<a href=\"x y.z",
            "<!",
            "<!-",
            "<!-- a, b",
            "<https://a.example/?x=*y*",
            "<ada@example",
        ] {
            assert!(may_become(text), "{text:?}");
        }
        for text in ["<b>", "< ", "<3", "<-", "<y and z.", "<=", "<b <c"] {
            assert!(!may_become(text), "{text:?}");
        }
    }
}
