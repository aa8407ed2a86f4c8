//! Line-level syntax of Markdown: container prefixes, fenced code, table rows. Pure.

/// Counts the bytes examined by searches, as a measure of their cost in tests.
#[inline]
pub(super) fn count_examined(_n_bytes: usize) {
    #[cfg(test)]
    EXAMINED_BYTES.set(EXAMINED_BYTES.get() + _n_bytes);
}

#[cfg(test)]
thread_local! {
    pub(super) static EXAMINED_BYTES: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Returns the line that begins at an offset, including its line end.
pub(super) fn line_at(source: &str, at: usize) -> &str {
    let rest = &source[at..];
    let len = rest.find('\n').map_or(rest.len(), |it| it + 1);
    count_examined(len);
    &rest[..len]
}

/// Returns the offset of the beginning of a line.
pub(super) fn line_start(source: &str, at: usize) -> usize {
    let start = source[..at].rfind('\n').map_or(0, |it| it + 1);
    count_examined(at - start);
    start
}

/// True for characters of container prefixes: spaces, block quotes and list markers.
pub(super) fn is_prefix(it: char) -> bool {
    it.is_ascii_digit() || matches!(it, ' ' | '\t' | '>' | '-' | '*' | '+' | '.' | ')')
}

pub(super) fn is_container(before: &str) -> bool {
    const MAX_LEN: usize = 200;
    let is_short = before.len() <= MAX_LEN;
    count_examined(if is_short { before.len() } else { 0 });
    is_short && before.chars().all(is_prefix)
}

/// True if a line is blank, inside or outside a block quote.
pub(super) fn is_blank(line: &str) -> bool {
    without_quote(line).is_empty()
}

fn is_quote(it: char) -> bool {
    it.is_whitespace() || it == '>'
}

/// Returns a line without block quote markers and surrounding spaces.
pub(super) fn without_quote(line: &str) -> &str {
    line.trim_start_matches(is_quote).trim_end()
}

/// Returns a line without its list marker.
pub(super) fn without_item(line: &str) -> &str {
    let number = line.trim_start_matches(|it: char| it.is_ascii_digit());
    let rest = match number.len() < line.len() {
        true => number.strip_prefix(['.', ')']),
        false => line.strip_prefix(['-', '*', '+']),
    };
    rest.filter(|it| it.starts_with([' ', '\t'])).map_or(line, str::trim_start)
}

/// Returns the number of columns if the line is the delimiter row of a table.
pub(super) fn columns_of(line: &str) -> Option<usize> {
    let row = without_quote(line);
    let is_row = row.contains('|') && row.bytes().all(|it| matches!(it, b'|' | b':' | b'-' | b' ' | b'\t'));
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = row.strip_suffix('|').unwrap_or(row);
    let is_cell = |it: &str| {
        let dashes = it.trim();
        let dashes = dashes.strip_prefix(':').unwrap_or(dashes);
        let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
        !dashes.is_empty() && dashes.bytes().all(|it| it == b'-')
    };
    (is_row && row.split('|').all(is_cell)).then(|| row.split('|').count())
}

/// A row of a table.
pub(super) struct Row {
    pub(super) n_columns: usize,
    pub(super) is_head: bool,
    /// True if the row has more cells than columns by the rules of the specification.
    pub(super) has_excess: bool,
    /// Number of cell separators so far.
    pub(super) n_bars: usize,
    /// Offset after which all cells are empty.
    pub(super) text_end: usize,
}

/// Counts the cells of a row by the rules of the specification, which ignore code and formulas.
pub(super) fn count_cells(line: &str) -> usize {
    let row = without_item(without_quote(line));
    let row = row.strip_prefix('|').unwrap_or(row).as_bytes();
    let is_bar = |at: &usize| row[*at] == b'|' && (*at == 0 || row[*at - 1] != b'\\');
    let n_bars = (0..row.len()).filter(is_bar).count();
    let is_closed = !row.is_empty() && is_bar(&(row.len() - 1));
    n_bars + usize::from(!is_closed)
}

/// Returns the length of the cell at the beginning of a text.
pub(super) fn end_of_cell(text: &str) -> usize {
    let is_bar = |(at, _): &(usize, &str)| !text[..*at].ends_with('\\');
    let len = text.match_indices('|').find(is_bar).map_or(text.len(), |it| it.0);
    count_examined(len);
    len
}

/// Returns the character and length of a line's fence, and its info string.
fn fence_of(line: &str) -> Option<(char, usize, &str)> {
    let inner = line.trim_start_matches(is_prefix);
    let fence = inner.chars().next().filter(|it| matches!(it, '`' | '~'))?;
    let info = inner.trim_start_matches(fence);
    let n_fence = inner.len() - info.len();
    let has_ticks = fence == '`' && info.contains('`');
    (n_fence >= 3 && !has_ticks).then(|| (fence, n_fence, info.trim()))
}

/// True if a line interrupts a paragraph.
pub(super) fn begins_block(line: &str) -> bool {
    let text = without_quote(line);
    let is_rule = text.bytes().all(|it| b"-=*_ \t".contains(&it));
    is_rule || is_heading(line) || without_item(text).len() < text.len() || fence_of(line).is_some()
}

pub(super) fn is_heading(line: &str) -> bool {
    let text = without_quote(line);
    let words = text.trim_start_matches('#');
    words.len() < text.len() && (words.is_empty() || words.starts_with([' ', '\t']))
}

/// Fenced code.
pub(super) struct Fenced {
    /// Length including all lines.
    pub(super) len: usize,
    pub(super) is_closed: bool,
    /// True if nested fences were not recognised because the listing would not end.
    pub(super) has_no_end: bool,
    /// Offsets and lengths of inner fences that close nested code instead of the listing.
    pub(super) inner: Vec<(usize, usize)>,
}

/// Parses fenced code that begins in the first line of a text.
///
/// A Markdown listing contains nested fenced code with an info string, even if its fences are not shorter than the
/// listing's own. Nesting is ignored if the listing would then have no end, unless the text `may_grow` and still
/// bring it. Without `may_nest`, no listing nests.
pub(super) fn fenced(text: &str, may_grow: bool, may_nest: bool) -> Option<Fenced> {
    let (_, _, info) = fence_of(line_at(text, 0))?;
    let language = info.split(|it: char| it.is_whitespace() || it == '{').next().unwrap_or_default();
    let is_document = ["markdown", "md", "mdx"].iter().any(|it| language.eq_ignore_ascii_case(it));
    let nested = (is_document && may_nest).then(|| fenced_up_to(text, true));
    let has_no_end = nested.as_ref().is_some_and(|it| !it.is_closed && !may_grow);
    let code = nested.filter(|_| !has_no_end).unwrap_or_else(|| fenced_up_to(text, false));
    Some(Fenced { has_no_end, ..code })
}

fn fenced_up_to(text: &str, has_inner: bool) -> Fenced {
    let first = line_at(text, 0);
    let opening = fence_of(first).map(|it| (it.0, it.1));
    let mut fenced = Fenced { len: first.len(), is_closed: false, has_no_end: false, inner: Vec::new() };
    let mut depth = 0;
    while fenced.len < text.len() {
        let line = line_at(text, fenced.len);
        let is_long = |it: &(char, usize, &str)| opening.is_some_and(|(fence, n)| it.0 == fence && it.1 >= n);
        match fence_of(line).filter(is_long) {
            Some((_, _, "")) if depth == 0 => {
                fenced.len += line.len();
                fenced.is_closed = true;
                break;
            }
            Some((fence, n_fence, "")) => {
                depth -= 1;
                fenced.inner.push((fenced.len + line.find(fence).unwrap_or(0), n_fence));
            }
            Some(_) if has_inner => depth += 1,
            _ => {}
        }
        fenced.len += line.len();
    }
    fenced
}

/// Returns the length of the text up to the blank line or fence that ends its paragraph.
pub(super) fn end_of_paragraph(text: &str) -> usize {
    let mut at = 0;
    while let Some(line_end) = text[at..].find('\n') {
        let next = at + line_end + 1;
        let line = line_at(text, next);
        count_examined(line_end);
        if line.ends_with('\n') && is_blank(line) || fence_of(line).is_some() {
            return at + line_end;
        }
        at = next;
    }
    text.len()
}

/// Returns the length of the character at an offset.
pub(super) fn char_len(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

/// Returns the length of the run of equal bytes at an offset.
pub(super) fn run_of(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|it| **it == bytes[at]).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted() {
        for (line, expected) in [
            ("|---|---|", Some(2)),
            ("---|:-:", Some(2)),
            ("> | :-- | --: | - |", Some(3)),
            ("|-|", Some(1)),
            ("|---|--- x", None),
            ("|---||", None),
            ("---", None),
            ("| a |", None),
            ("|:|-|", None),
        ] {
            assert_eq!(columns_of(line), expected, "{line:?}");
        }
        for (line, expected) in [
            ("| a | b |", 2),
            ("a | b", 2),
            ("a", 1),
            ("- | a | b |", 2),
            ("1 | 2 | 3", 3),
            ("| a \\| b | c |", 2),
            ("> | a |", 1),
            ("| `x | y` | z", 3),
        ] {
            assert_eq!(count_cells(line), expected, "{line:?}");
        }
    }

    #[test]
    fn fences_end_where_the_listing_does() {
        let len = |text: &str| fenced(text, false, true).map(|it| (it.len, it.is_closed, it.inner.len()));
        assert_eq!(len("```\na\n```\nb"), Some((10, true, 0)));
        assert_eq!(len("```\na\n"), Some((6, false, 0)));
        assert_eq!(len("```md\n```sh\na\n```\n```\nb"), Some((22, true, 1)));
        assert_eq!(len("```md\n```sh\na\n```\nb"), Some((18, true, 0)), "without an end of its own");
        assert_eq!(len("```rust\n```sh\na\n```\n```\n"), Some((20, true, 0)));
        assert_eq!(len("text"), None);
        assert!(!fenced("```md\n```sh\na\n```\nb", true, true).unwrap().is_closed, "the end may come");
    }
}
