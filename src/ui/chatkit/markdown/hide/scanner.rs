//! Scanner for pieces to hide.

mod pieces;

use std::ops::Range;

use super::{FIRST, Hidden, HiddenPiece, Meaning};
use crate::ui::chatkit::markdown::{
    growing::{self, Open},
    line_syntax::{Row, char_len, columns_of, count_cells, end_of_cell, end_of_paragraph, fenced, is_blank, line_at},
    search_scope::SearchScope,
};

/// Hides formulas, tags, comments and citation marks from the parser.
///
/// Also hides constructs that the parser misreads: bars in code in tables, cells beyond the last column, fences in
/// Markdown listings, and emphasis beside CJK characters.
///
/// If the text `may_grow`, ambiguous ends are not displayed: unfinished links, lines of markers alone, opening
/// emphasis delimiters.
pub(in crate::ui::chatkit::markdown) fn hide(source: &str, may_grow: bool) -> Hidden<'_> {
    let open = may_grow.then(|| growing::open_at(source));
    let leaf = match open {
        Some(Open::Leaf(start)) => start,
        _ => usize::MAX,
    };
    let hidden = Hidden { text: String::with_capacity(source.len()), ..Hidden::default() };
    let mut walk = Scanner {
        source,
        may_grow,
        may_nest: true,
        leaf,
        at: 0,
        line: 0,
        copied: 0,
        hidden,
        brackets: Vec::new(),
        row: None,
        part: SearchScope::default(),
    };
    let end = walk.run();
    let end = match open {
        Some(open) => growing::shown_len(source, end, open, &walk.last_formula(end)),
        None => end,
    };
    walk.finish(end)
}

struct Scanner<'a> {
    source: &'a str,
    may_grow: bool,
    may_nest: bool,
    /// Offset from which the text may belong to the open paragraph.
    leaf: usize,
    at: usize,
    /// Offset of the beginning of the current line.
    line: usize,
    /// The source up to this offset has been copied.
    copied: usize,
    hidden: Hidden<'a>,
    /// Open brackets of the open paragraph.
    brackets: Vec<usize>,
    row: Option<Row>,
    /// Cache of searches in the current part.
    part: SearchScope,
}

impl<'a> Scanner<'a> {
    /// Scans to the end, or to the position where the text waits for more input.
    fn run(&mut self) -> usize {
        let bytes = self.source.as_bytes();
        while self.at < bytes.len() {
            if (self.at == 0 || bytes[self.at - 1] == b'\n') && self.begin_line() {
                continue;
            }
            let is_complete = match bytes.get(self.at) {
                Some(b'\\' | b'$') => self.take_formula(),
                Some(b'`') => self.take_code(),
                Some(b'*' | b'_' | b'~') => self.take_run(),
                Some(b'<') => self.take_tag(),
                Some(b'|') => self.take_bar(),
                Some(b'[') => self.take_bracket(),
                Some(b']') => self.close_bracket(),
                // Lead bytes of private characters.
                Some(0xee) => self.take_citation(),
                Some(0xf3 | 0xf4) => self.skip_to(self.at + char_len(self.source, self.at)),
                it => {
                    self.at += 1;
                    if it == Some(&b'\n') {
                        self.line = self.at;
                    }
                    true
                }
            };
            if !is_complete {
                break;
            }
        }
        let is_short = |it: &&usize| {
            let rest = &self.source[**it..];
            rest.len() < growing::MAX_NAME && !rest.contains('\n')
        };
        self.brackets.iter().find(is_short).map_or(self.at, |it| self.before_image(*it).min(self.at))
    }

    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    /// Returns the line up to the current position.
    fn before(&self) -> &'a str {
        &self.source[self.line..self.at]
    }

    fn is_open(&self) -> bool {
        self.at >= self.leaf
    }

    fn go_to(&mut self, end: usize) {
        if let Some(at) = self.source[self.at..end].rfind('\n') {
            self.line = self.at + at + 1;
        }
        self.at = end;
    }

    /// Enters the part at the current position. In tables, cells end a part.
    fn enter_part(&mut self) {
        if self.part.holds(self.at) {
            return;
        }
        let rest = self.rest();
        let len = match &self.row {
            None => end_of_paragraph(rest),
            Some(row) if row.has_excess => line_at(rest, 0).len(),
            Some(_) => end_of_cell(line_at(rest, 0)),
        };
        self.part = SearchScope::new(self.at, self.at + len);
    }

    /// Converts an offset that is not copied yet to the parsed text.
    fn in_text(&self, at: usize) -> usize {
        self.hidden.text.len() + at - self.copied
    }

    /// Returns the range of the last formula or other hidden piece up to an offset.
    fn last_formula(&self, end: usize) -> Range<usize> {
        let last = self.hidden.hidden_pieces.iter().rev().find(|it| !it.written.is_empty() && it.end() <= end);
        last.map_or(0..0, |it| it.start..it.end())
    }

    fn hide(&mut self, start: usize, end: usize, meaning: Meaning<'a>) {
        self.hide_beside(start..end, meaning, "", "");
    }

    fn hide_beside(&mut self, range: Range<usize>, meaning: Meaning<'a>, before: &str, after: &str) {
        let number = u32::try_from(self.hidden.hidden_pieces.len()).ok();
        let Some(mark) = number.and_then(|it| char::from_u32(FIRST + it)) else { return };
        let text = &mut self.hidden.text;
        text.push_str(&self.source[self.copied..range.start]);
        let at = text.len();
        text.push_str(before);
        text.push(mark);
        text.push_str(after);
        let (start, len, n_before) = (range.start, text.len() - at, before.len());
        self.hidden.hidden_pieces.push(HiddenPiece {
            at,
            start,
            len,
            n_before,
            written: &self.source[range.clone()],
            meaning,
        });
        self.copied = range.end;
    }

    fn hide_text(&mut self, start: usize, end: usize) {
        self.hide(start, end, Meaning::Text(&self.source[start..end]));
    }

    /// Hides the piece from the current position to `end` and moves behind it.
    fn take(&mut self, end: usize, meaning: Meaning<'a>) -> bool {
        self.hide(self.at, end, meaning);
        self.go_to(end);
        true
    }

    /// Skips code up to `end`. Private characters in it are hidden, and bars if it is in a table.
    fn skip_to(&mut self, end: usize) -> bool {
        let has_bars = self.row.is_some();
        let start = self.at;
        for (at, it) in self.source[start..end].char_indices().map(|(at, it)| (start + at, it)) {
            if super::is_mark(it) || has_bars && it == '|' && !self.source[..at].ends_with('\\') {
                self.hide_text(at, at + it.len_utf8());
            }
        }
        self.go_to(end);
        true
    }

    /// Handles the beginning of a line: skips fenced code and delimiter rows of tables, and detects tables.
    fn begin_line(&mut self) -> bool {
        let (start, line) = (self.at, line_at(self.source, self.at));
        if let Some(code) = fenced(self.rest(), self.may_grow, self.may_nest) {
            self.row = None;
            // One such search through the whole text is enough.
            self.may_nest &= !code.has_no_end;
            for (at, len) in code.inner {
                self.skip_to(start + at);
                self.take(start + at + len, Meaning::Text(&self.rest()[..len]));
            }
            return self.skip_to(start + code.len);
        }
        let next = line_at(self.source, start + line.len());
        let (n_columns, is_head) = match &self.row {
            _ if is_blank(line) => (None, false),
            Some(row) if row.is_head => {
                self.row = Some(Row { is_head: false, ..*row });
                self.go_to(start + line.len());
                return true;
            }
            Some(row) => (Some(row.n_columns), false),
            None => (columns_of(next), true),
        };
        let text_end = start + line.trim_end_matches([' ', '\t', '\r', '\n', '|']).len();
        self.row = n_columns.map(|n_columns| {
            // The number of cells of a growing row is not known yet.
            let is_open = self.may_grow && !line.ends_with('\n');
            let has_excess = is_open || count_cells(line) > n_columns;
            Row { n_columns, is_head, has_excess, n_bars: 0, text_end }
        });
        if self.row.is_some() {
            self.part = SearchScope::default();
        }
        false
    }

    /// Ends at an offset. Pieces found after it are dropped.
    fn finish(mut self, end: usize) -> Hidden<'a> {
        while let Some(last) = self.hidden.hidden_pieces.pop_if(|it| it.start >= end || it.end() > end) {
            self.hidden.text.truncate(last.at);
            self.copied = last.start;
        }
        let too_much = self.copied.saturating_sub(end);
        self.hidden.text.truncate(self.hidden.text.len() - too_much);
        self.copied -= too_much;
        // The displayed rest of a dropped piece may contain private characters.
        (self.at, self.row) = (self.copied, None);
        self.skip_to(end);
        self.hidden.text.push_str(&self.source[self.copied..end]);
        self.hidden.len = end;
        self.hidden
    }
}
