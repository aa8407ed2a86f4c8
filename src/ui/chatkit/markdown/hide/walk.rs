//! Walks through a text and finds what is to be hidden.

use std::ops::Range;

use super::{FIRST, Hidden, Meaning, PUNCTUATION, Secret};
use crate::ui::chatkit::markdown::{
    emphasis::Run,
    formula::{formula_at, may_begin},
    growing::{self, Open},
    lines::{
        Row, char_len, columns_of, count_cells, end_of_paragraph, fenced, is_blank, is_container, line_at, line_before,
        run_of, without_item, without_quote,
    },
    tag,
};

/// Hides formulas, tags, comments and citation marks, and what the parser reads wrong: bars in code in tables, cells
/// beyond the last column, fences in listings of Markdown, and emphasis beside CJK characters.
///
/// Where the text `may_grow`, what may yet turn out to be something else is not shown: an unfinished link, a line of
/// nothing but marks, the mark that opens emphasis.
pub(in crate::ui::chatkit::markdown) fn hide(source: &str, may_grow: bool) -> Hidden<'_> {
    let open = may_grow.then(|| growing::open_at(source));
    let leaf = match open {
        Some(Open::Leaf(start)) => start,
        _ => usize::MAX,
    };
    let hidden = Hidden { text: String::with_capacity(source.len()), ..Hidden::default() };
    let mut walk =
        Walk { source, may_grow, may_nest: true, leaf, at: 0, copied: 0, hidden, brackets: Vec::new(), row: None };
    let end = walk.run();
    let end = match open {
        Some(open) => growing::shown_len(source, end, open, walk.formula_end()),
        None => end,
    };
    walk.finish(end)
}

struct Walk<'a> {
    source: &'a str,
    may_grow: bool,
    may_nest: bool,
    /// The offset from which the text may be part of the paragraph that is not complete.
    leaf: usize,
    at: usize,
    /// The source up to here is in the text.
    copied: usize,
    hidden: Hidden<'a>,
    /// Those that are open, in the paragraph that is not complete.
    brackets: Vec<usize>,
    row: Option<Row>,
}

impl<'a> Walk<'a> {
    /// Walks to the end, or to where the text waits for more.
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
                // The first bytes of private characters.
                Some(0xee) => self.take_citation(),
                Some(0xf3 | 0xf4) => self.skip_to(self.at + char_len(self.source, self.at)),
                _ => {
                    self.at += 1;
                    true
                }
            };
            if !is_complete {
                return self.at;
            }
        }
        let is_short = |it: &&usize| {
            let rest = &self.source[**it..];
            rest.len() < growing::MAX_NAME && !rest.contains('\n')
        };
        self.brackets.iter().find(is_short).map_or(self.source.len(), |it| self.before_image(*it))
    }

    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn is_open(&self) -> bool {
        self.at >= self.leaf
    }

    /// The offset in the text of an offset that is not copied yet.
    fn in_text(&self, at: usize) -> usize {
        self.hidden.text.len() + at - self.copied
    }

    /// The offset behind the last formula, or whatever else is hidden as a whole.
    fn formula_end(&self) -> usize {
        self.hidden.secrets.iter().rev().find(|it| !it.written.is_empty()).map_or(0, Secret::end)
    }

    fn hide(&mut self, start: usize, end: usize, meaning: Meaning<'a>) {
        self.hide_beside(start..end, meaning, "", "");
    }

    fn hide_beside(&mut self, range: Range<usize>, meaning: Meaning<'a>, before: &str, after: &str) {
        let number = u32::try_from(self.hidden.secrets.len()).ok();
        let Some(mark) = number.and_then(|it| char::from_u32(FIRST + it)) else { return };
        let text = &mut self.hidden.text;
        text.push_str(&self.source[self.copied..range.start]);
        let at = text.len();
        text.push_str(before);
        text.push(mark);
        text.push_str(after);
        let (start, len, n_before) = (range.start, text.len() - at, before.len());
        self.hidden.secrets.push(Secret { at, start, len, n_before, written: &self.source[range.clone()], meaning });
        self.copied = range.end;
    }

    fn hide_text(&mut self, start: usize, end: usize) {
        self.hide(start, end, Meaning::Text(&self.source[start..end]));
    }

    /// Goes to where the next piece begins, hides it, and goes behind it.
    fn take(&mut self, end: usize, meaning: Meaning<'a>) -> bool {
        self.hide(self.at, end, meaning);
        self.at = end;
        true
    }

    /// Goes to an offset past what is code; private characters in it are hidden, and bars in code in a table.
    fn skip_to(&mut self, end: usize) -> bool {
        let has_bars = self.row.is_some();
        let start = self.at;
        for (at, it) in self.source[start..end].char_indices().map(|(at, it)| (start + at, it)) {
            if super::is_mark(it) || has_bars && it == '|' && !self.source[..at].ends_with('\\') {
                self.hide_text(at, at + it.len_utf8());
            }
        }
        self.at = end;
        true
    }

    /// Goes past fenced code and the line below the head of a table, and looks for tables.
    fn begin_line(&mut self) -> bool {
        let (start, line) = (self.at, line_at(self.source, self.at));
        if let Some(code) = fenced(self.rest(), self.may_grow, self.may_nest) {
            self.row = None;
            // One such search through the whole text is enough.
            self.may_nest &= !code.has_no_end;
            for (at, len) in code.inner {
                self.skip_to(start + at);
                self.hide_text(start + at, start + at + len);
                self.at = start + at + len;
            }
            return self.skip_to(start + code.len);
        }
        let next = line_at(self.source, start + line.len());
        let (n_columns, is_head) = match &self.row {
            _ if is_blank(line) => (None, false),
            Some(row) if row.is_head => {
                self.row = Some(Row { is_head: false, ..*row });
                self.at += line.len();
                return true;
            }
            Some(row) => (Some(row.n_columns), false),
            None => (columns_of(next), true),
        };
        self.row =
            n_columns.map(|n_columns| Row { n_columns, is_head, has_excess: count_cells(line) > n_columns, n_bars: 0 });
        false
    }

    /// True if a piece may hold bars: in a row that has enough cells already, they part cells.
    fn may_hold(&self, text: &str) -> bool {
        self.row.as_ref().is_none_or(|it| it.has_excess || !text.contains('|'))
    }

    fn take_formula(&mut self) -> bool {
        let (at, source) = (self.at, self.source);
        let formula = formula_at(source, at, self.may_grow).filter(|it| self.may_hold(&source[at..it.end]));
        if let Some(it) = formula {
            return self.take(it.end, Meaning::Formula { text: it.text, is_display: it.is_display });
        }
        if source.as_bytes()[at] == b'$' {
            if self.is_open() && may_begin(source, at) {
                return self.take(source.len(), Meaning::Text(self.rest()));
            }
            self.at += run_of(source.as_bytes(), at);
            return true;
        }
        let escaped = char_len(source, at + 1);
        if escaped == 0 && self.is_open() {
            return false;
        }
        self.at += 1;
        self.skip_to(self.at + escaped)
    }

    fn take_code(&mut self) -> bool {
        let (source, bytes) = (self.source, self.source.as_bytes());
        let n_ticks = run_of(bytes, self.at);
        let from = self.at + n_ticks;
        let rest = &source[from..];
        let len = if self.row.is_some() { line_at(rest, 0).len() } else { end_of_paragraph(rest) };
        let mut end = from;
        while end < from + len {
            let n = if bytes[end] == b'`' { run_of(bytes, end) } else { 0 };
            // The last run may grow.
            if n == n_ticks && (end + n < source.len() || !self.is_open()) {
                let end = end + n;
                return self.skip_to(if self.may_hold(&source[from..end]) { end } else { from });
            }
            end += n.max(1);
        }
        // Behind a word it may be no code: an address ends at it.
        let is_in_word = source[..self.at].ends_with(|it: char| it.is_ascii_alphanumeric() || matches!(it, '/' | '.'));
        match self.is_open() {
            true if rest.is_empty() => false,
            true if is_in_word => self.take(source.len(), Meaning::Text(self.rest())),
            true => self.take(source.len(), Meaning::Text(rest.trim_end_matches('`'))),
            false => self.skip_to(from),
        }
    }

    /// Has the parser see a letter beside a run that opens and closes; a run of `_` there still has punctuation beside it.
    fn take_run(&mut self) -> bool {
        let start = self.at;
        let len = run_of(self.source.as_bytes(), start);
        let end = start + len;
        let run = Run::new(self.source, start, len);
        let (is_after_letter, is_before_letter) = if run.is_both() { run.letters() } else { (true, true) };
        if !is_after_letter {
            self.hide_beside(
                start..start,
                Meaning::Nothing,
                if self.source[..start].ends_with('_') { PUNCTUATION } else { "" },
                "",
            );
        }
        if self.is_open() && run.opens() {
            self.hidden.openers.push(self.in_text(start)..self.in_text(end));
        }
        if !is_before_letter {
            self.hide_beside(
                end..end,
                Meaning::Nothing,
                "",
                if self.source[end..].starts_with('_') { PUNCTUATION } else { "" },
            );
        }
        self.at = end;
        true
    }

    fn take_tag(&mut self) -> bool {
        let is_block = || is_container(line_before(self.source, self.at));
        if let Some(len) = tag::comment_len(self.rest(), is_block) {
            return self.take(self.at + len, Meaning::Nothing);
        }
        if let Some((len, tag)) = tag::read(self.rest()) {
            return self.take(self.at + len, Meaning::Tag(tag));
        }
        if self.is_open() && tag::may_become(self.rest()) {
            return false;
        }
        self.at += 1;
        true
    }

    /// Bars that would begin a cell beyond the last column are text.
    fn take_bar(&mut self) -> bool {
        let (start, source) = (self.at, self.source);
        self.at += 1;
        if let Some(row) = self.row.as_mut().filter(|it| it.has_excess && !it.is_head) {
            let is_first = || without_item(without_quote(line_before(source, start))).is_empty();
            let rest = source[start + 1..].trim_start_matches([' ', '\t', '\r']);
            let is_last = rest.is_empty() || rest.starts_with('\n');
            if !is_last && !source[..start].ends_with('\\') && (row.n_bars > 0 || !is_first()) {
                row.n_bars += 1;
                if row.n_bars >= row.n_columns {
                    self.hide_text(start, start + 1);
                }
            }
        }
        true
    }

    /// Citations as some models write them: U+E200, words, U+E201, and U+E202 between them.
    fn take_citation(&mut self) -> bool {
        const MAX_LEN: usize = 300;
        let rest = self.rest();
        let len = char_len(rest, 0);
        if rest.starts_with('\u{e200}') {
            let line = rest[..rest.floor_char_boundary(MAX_LEN)].lines().next().unwrap_or_default();
            match line.find('\u{e201}') {
                Some(end) => return self.take(self.at + end + len, Meaning::Nothing),
                None if self.is_open() && line.len() == rest.len() => return false,
                None => {}
            }
        }
        if rest.starts_with(|it| ('\u{e200}'..='\u{e206}').contains(&it)) {
            return self.take(self.at + len, Meaning::Nothing);
        }
        self.at += len;
        true
    }

    fn take_bracket(&mut self) -> bool {
        if self.is_open() {
            self.brackets.push(self.at);
        }
        self.at += 1;
        true
    }

    /// Waits for the end of a link.
    fn close_bracket(&mut self) -> bool {
        self.at += 1;
        if let Some(open) = self.brackets.pop()
            && growing::is_unfinished(self.source, open, self.at)
        {
            self.at = self.before_image(self.brackets.first().copied().unwrap_or(open));
            return false;
        }
        true
    }

    fn before_image(&self, bracket: usize) -> usize {
        bracket - usize::from(self.source[..bracket].ends_with('!'))
    }

    /// Takes the text up to an offset; what was found behind it is forgotten.
    fn finish(mut self, end: usize) -> Hidden<'a> {
        while let Some(last) = self.hidden.secrets.pop_if(|it| it.start >= end || it.end() > end) {
            self.hidden.text.truncate(last.at);
            self.copied = last.start;
        }
        let too_much = self.copied.saturating_sub(end);
        self.hidden.text.truncate(self.hidden.text.len() - too_much);
        self.hidden.text.push_str(&self.source[self.copied.min(end)..end]);
        self.hidden.len = end;
        self.hidden
    }
}
