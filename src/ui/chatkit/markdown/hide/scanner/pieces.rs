//! Detection of the pieces to hide.

use super::Scanner;
use crate::ui::chatkit::markdown::{
    emphasis::Run,
    formula::{formula_at, may_begin},
    growing,
    hide::{Meaning, PUNCTUATION},
    html_tag,
    line_syntax::{char_len, is_container, run_of, without_item, without_quote},
};

impl Scanner<'_> {
    pub(super) fn take_formula(&mut self) -> bool {
        self.enter_part();
        let (at, source, before) = (self.at, self.source, self.before());
        let is_dollar = source.as_bytes()[at] == b'$';
        let formula = formula_at(source, at, &mut self.part, before, self.may_grow);
        // The character after a dollar decides whether it closes the formula.
        let is_open = self.is_open();
        let is_rest_empty = |at| source[at..].trim_start().is_empty();
        let is_unsure = |end| is_open && is_dollar && end == source.len() && !source[at..].starts_with("$$");
        if let Some(it) = formula.filter(|it| !is_unsure(it.end)) {
            return self.take(it.end, Meaning::Formula { text: it.text, is_display: it.is_display });
        }
        if is_dollar {
            if is_open && may_begin(source, at) {
                return self.take(source.len(), Meaning::Text(self.rest()));
            }
            self.at += run_of(source.as_bytes(), at);
            let may_open = is_open && !source[..at].ends_with(|it: char| it.is_ascii_alphanumeric());
            return !(may_open && is_rest_empty(self.at)) || self.wait_at(at);
        }
        let escaped = char_len(source, at + 1);
        let may_begin = matches!(source.as_bytes().get(at + 1), None | Some(b'(' | b'[' | b'\n'));
        if is_open && may_begin && is_rest_empty(at + 1 + escaped) {
            return false;
        }
        self.at += 1;
        self.skip_to(self.at + escaped)
    }

    pub(super) fn take_code(&mut self) -> bool {
        self.enter_part();
        let source = self.source;
        let n_ticks = run_of(source.as_bytes(), self.at);
        let from = self.at + n_ticks;
        let rest = &source[from..];
        let is_open = self.is_open() && self.part.end == source.len();
        // The last run of backticks may grow.
        let end = self.part.find_code_end(source, from, n_ticks).filter(|it| !is_open || *it < source.len());
        if let Some(end) = end {
            return self.skip_to(end);
        }
        // After a word, a backtick may end an address instead of starting code.
        let is_in_word = source[..self.at].ends_with(|it: char| it.is_ascii_alphanumeric() || matches!(it, '/' | '.'));
        match is_open {
            true if rest.is_empty() => false,
            true if is_in_word => self.take(source.len(), Meaning::Open(self.rest())),
            true => self.take(source.len(), Meaning::Open(rest.trim_end_matches('`'))),
            false => self.skip_to(from),
        }
    }

    /// Hides a letter beside a run that opens and closes. Runs of `_` keep their punctuation.
    pub(super) fn take_run(&mut self) -> bool {
        let start = self.at;
        let len = run_of(self.source.as_bytes(), start);
        let end = start + len;
        let run = Run::new(self.source, start, len);
        if run.is_approximation() && !(self.is_open() && end == self.source.len()) {
            return self.take(end, Meaning::Text("~"));
        }
        let (is_after_letter, is_before_letter) = if run.opens_and_closes() { run.letters() } else { (true, true) };
        if !is_after_letter {
            self.hide_beside(
                start..start,
                Meaning::Nothing,
                if self.source[..start].ends_with('_') { PUNCTUATION } else { "" },
                "",
            );
        }
        if self.is_open() && run.opens() && !is_in_address(self.source, start) {
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

    pub(super) fn take_tag(&mut self) -> bool {
        if let Some(len) = html_tag::comment_len(self.rest(), || is_container(self.before())) {
            return self.take(self.at + len, Meaning::Nothing);
        }
        if let Some((len, tag)) = html_tag::read(self.rest()) {
            return self.take(self.at + len, Meaning::Tag(tag));
        }
        let is_comment = || html_tag::may_become_comment(self.rest()) && self.may_grow && is_container(self.before());
        if self.is_open() && html_tag::may_become(self.rest()) || is_comment() {
            return false;
        }
        self.at += 1;
        true
    }

    /// Hides bars that would begin a cell beyond the last column.
    pub(super) fn take_bar(&mut self) -> bool {
        let (start, source, before) = (self.at, self.source, self.before());
        self.at += 1;
        if let Some(row) = self.row.as_mut().filter(|it| it.has_excess && !it.is_head) {
            let is_first = || without_item(without_quote(before)).is_empty();
            if start < row.text_end && !source[..start].ends_with('\\') && (row.n_bars > 0 || !is_first()) {
                row.n_bars += 1;
                if row.n_bars >= row.n_columns {
                    self.hide_text(start, start + 1);
                }
            }
        }
        true
    }

    /// Hides citations of some models: U+E200, words separated by U+E202, U+E201.
    pub(super) fn take_citation(&mut self) -> bool {
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

    pub(super) fn take_bracket(&mut self) -> bool {
        if self.is_open() {
            self.brackets.push(self.at);
        }
        self.at += 1;
        true
    }

    /// Waits for the end of a link.
    pub(super) fn close_bracket(&mut self) -> bool {
        self.at += 1;
        if let Some(open) = self.brackets.pop()
            && growing::is_unfinished(self.source, open, self.at)
        {
            return self.wait_at(self.before_image(self.brackets.first().copied().unwrap_or(open)));
        }
        true
    }

    fn wait_at(&mut self, at: usize) -> bool {
        self.at = at;
        false
    }

    pub(super) fn before_image(&self, bracket: usize) -> usize {
        bracket - usize::from(self.source[..bracket].ends_with('!'))
    }
}

/// True inside a word that contains an address.
fn is_in_address(source: &str, at: usize) -> bool {
    const MAX_LEN: usize = 500;
    let before = &source[source.floor_char_boundary(at.saturating_sub(MAX_LEN))..at];
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    word.contains("://") || word.contains("www.")
}
