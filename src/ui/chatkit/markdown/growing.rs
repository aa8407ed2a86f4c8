//! Ambiguity at the end of a growing text. Pure.

use std::ops::Range;

use super::line_syntax::{
    columns_of, fenced, is_blank, is_container, is_heading, line_at, line_start, without_item, without_quote,
};

/// Maximum length in bytes of bracketed text that waits for its closing bracket.
pub(super) const MAX_NAME: usize = 120;
const MAX_LINK: usize = 2000;

/// The open part at the end of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// A paragraph, heading, item or row that begins at this offset, or nothing yet.
    Leaf(usize),
    /// Fenced code that begins at this offset.
    Code(usize),
}

/// Finds the open part at the end of a text.
pub(super) fn open_at(source: &str) -> Open {
    let (mut at, mut leaf, mut n_quotes) = (0, 0, 0);
    while at < source.len() {
        if let Some(code) = fenced(&source[at..], true, true) {
            if !code.is_closed {
                return Open::Code(at);
            }
            at += code.len;
            leaf = at;
            continue;
        }
        let line = line_at(source, at);
        let text = without_quote(line);
        let n = line.len() - line.trim_start_matches(|it: char| it.is_whitespace() || it == '>').len();
        let n = line[..n].matches('>').count();
        let begins = text.starts_with(['#', '|']) || without_item(text).len() < text.len();
        if (is_blank(line) || is_heading(line)) && line.ends_with('\n') {
            leaf = at + line.len();
        } else if begins || n != n_quotes {
            leaf = at;
        }
        n_quotes = n;
        at += line.len();
    }
    Open::Leaf(leaf)
}

/// Returns the length of the text to display up to `end`. `formula` is the range of the last formula or other hidden
/// piece.
pub(super) fn shown_len(source: &str, end: usize, open: Open, formula: &Range<usize>) -> usize {
    let start = line_start(source, end);
    let line = &source[start..end];
    let leaf = match open {
        Open::Code(at) => {
            let text = line.trim_start_matches([' ', '\t', '>']);
            let is_fence = text.trim_end().bytes().all(|it| matches!(it, b'`' | b'~'));
            return if is_fence || at == start { start } else { end };
        }
        Open::Leaf(leaf) => leaf,
    };
    if formula.end > start && formula.start < start {
        return end;
    }
    if let Some(head) = head_start(source, start, line) {
        return head;
    }
    if formula.end == end {
        return end;
    }
    let entity = before_entity(line).map(|it| start + it).filter(|it| formula.end <= *it);
    let end = entity.unwrap_or(end);
    let line = &source[start..end];
    if is_marks(line) {
        return start;
    }
    let text = source[..end].trim_end_matches(['*', '_', '~']).len();
    let is_escaped = source[..text].ends_with('\\') && text < end;
    (text + usize::from(is_escaped)).max(leaf).max(formula.end)
}

/// Returns the length of the line before a possible entity.
fn before_entity(line: &str) -> Option<usize> {
    const MAX_LEN: usize = 32;
    let at = line.rfind('&').filter(|at| line.len() - at <= MAX_LEN)?;
    line[at + 1..].bytes().all(|it| it.is_ascii_alphanumeric() || it == b'#').then_some(at)
}

/// True for a line of markers that may still become anything: an item, a rule or a heading.
fn is_marks(line: &str) -> bool {
    let line = line.trim_end();
    let line = ["[ ]", "[x]", "[X]"].iter().find_map(|it| line.strip_suffix(it)).unwrap_or(line);
    line.bytes().all(|it| it.is_ascii_digit() || b" \t-=*_+#>|:~`.)".contains(&it))
}

/// Finds the row that may become the head of a table. It begins with a bar.
fn head_start(source: &str, start: usize, line: &str) -> Option<usize> {
    let is_row = |line: &str| without_item(without_quote(line)).starts_with('|');
    let is_in_table = |start: usize| {
        let lines = source[..start].lines().rev().take_while(|it| !is_blank(it));
        lines.into_iter().any(|it| columns_of(it).is_some())
    };
    let before = line_start(source, start.saturating_sub(1));
    let is_below_head = start > 0
        && is_row(&source[before..start])
        && without_quote(line).bytes().all(|it| b"|:- \t".contains(&it))
        && columns_of(&source[before..start]).is_none();
    if is_below_head && !is_in_table(before) {
        return Some(before);
    }
    (is_row(line) && !is_in_table(start)).then_some(start)
}

/// True if the text after the closing bracket at `at` may still complete a link or a definition.
pub(super) fn is_unfinished(source: &str, open: usize, at: usize) -> bool {
    let rest = &source[at..];
    if source.len() - open > MAX_LINK {
        return false;
    }
    let is_definition = || is_container(&source[line_start(source, open)..open]) && !source[open..].starts_with("[^");
    match rest.as_bytes().first() {
        None => true,
        Some(b'(') => !has_end(&rest[1..]),
        Some(b'[') => !rest.contains(']') && !rest.contains('\n') && rest.len() < MAX_NAME,
        Some(b':') => is_definition() && is_unfinished_definition(&rest[1..]),
        _ => false,
    }
}

/// True if the address after `:`, or the title after the address, is incomplete.
fn is_unfinished_definition(rest: &str) -> bool {
    let dest = rest.trim_start();
    let Some(len) = dest.find(char::is_whitespace) else { return true };
    let title = dest[len..].trim_start();
    let is_open = title.starts_with(['"', '\'', '(']) && !title[1..].contains(['"', '\'', ')']);
    is_open || !rest.contains('\n')
}

/// True if address and title after `(` are complete, or cannot be completed.
fn has_end(rest: &str) -> bool {
    let (mut depth, mut quote, mut has_space) = (0, None, false);
    let mut before = ' ';
    for it in rest.chars() {
        match (it, quote) {
            (_, Some(open)) => quote = quote.filter(|_| it != open || before == '\\'),
            ('\\', None) | (_, None) if before == '\\' => {}
            (')', None) if depth == 0 => return true,
            ('(', None) => depth += 1,
            (')', None) => depth -= 1,
            ('<', None) if before == ' ' && !has_space => quote = Some('>'),
            ('"' | '\'', None) if before.is_whitespace() && has_space => quote = Some(it),
            (it, None) if it.is_whitespace() => has_space |= before != ' ',
            // Addresses contain no spaces.
            (_, None) if has_space && before.is_whitespace() => return true,
            _ => {}
        }
        before = if before == '\\' && it == '\\' { ' ' } else { it };
    }
    false
}
