//! Cache of failed searches for code and formulas in a part of a text, so that none is repeated. Pure.

use super::line_syntax::{begins_block, char_len, count_examined, is_heading, line_at, line_start, run_of};

/// A paragraph, table row or cell, from the first examined offset on.
#[derive(Default)]
pub(super) struct SearchScope {
    start: usize,
    pub(super) end: usize,
    /// For each of [`CLOSES`], the offset after which it does not occur.
    without: [Option<usize>; 3],
    /// End of the block in which code was searched. Headings and list items end it too.
    block_end: usize,
    /// Offset of the last run of backticks of each length in that block.
    last_runs: Vec<usize>,
}

/// CloseReason delimiters of formulas.
const CLOSES: [&str; 3] = ["\\)", "\\]", "$$"];

impl SearchScope {
    pub(super) fn new(start: usize, end: usize) -> Self {
        Self { start, end, ..Self::default() }
    }

    pub(super) fn holds(&self, at: usize) -> bool {
        (self.start..self.end).contains(&at)
    }

    /// Finds the closing delimiter of a formula after an offset.
    pub(super) fn find_close(&mut self, source: &str, from: usize, close: &str) -> Option<usize> {
        let without = &mut self.without[CLOSES.iter().position(|it| *it == close)?];
        if without.is_some_and(|it| it <= from) {
            return None;
        }
        let found = find_unescaped(&source[from..self.end], close).map(|it| from + it);
        if found.is_none() {
            *without = Some(from);
        }
        found
    }

    /// Finds the end of code that begins with `n_ticks` backticks before `from`.
    pub(super) fn find_code_end(&mut self, source: &str, from: usize, n_ticks: usize) -> Option<usize> {
        let bytes = source.as_bytes();
        let runs = |start, end| {
            let mut at = start;
            std::iter::from_fn(move || {
                let n_before = bytes[at..end].iter().position(|it| *it == b'`')?;
                let run = (at + n_before, run_of(bytes, at + n_before));
                count_examined(n_before + run.1);
                at = run.0 + run.1;
                Some(run)
            })
        };
        if self.last_runs.is_empty() || self.block_end < from {
            let is_one_line = is_heading(line_at(source, line_start(source, from)));
            self.block_end = from + line_at(&source[from..self.end], 0).len();
            while self.block_end < self.end && !is_one_line {
                let line = line_at(&source[..self.end], self.block_end);
                if begins_block(line) {
                    break;
                }
                self.block_end += line.len();
            }
            self.last_runs = vec![0];
            for (at, n) in runs(from, self.block_end) {
                self.last_runs.resize(self.last_runs.len().max(n + 1), 0);
                self.last_runs[n] = at;
            }
        }
        self.last_runs.get(n_ticks).filter(|it| **it >= from)?;
        runs(from, self.block_end).find(|it| it.1 == n_ticks).map(|(at, n)| at + n)
    }
}

/// Finds a text that is not escaped by a backslash.
pub(super) fn find_unescaped(text: &str, wanted: &str) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(wanted) {
            break;
        }
        at += if text.as_bytes()[at] == b'\\' { 1 + char_len(text, at + 1) } else { char_len(text, at) };
    }
    count_examined(at);
    (at < text.len()).then_some(at)
}
