//! A part of a text in which code and formulas are looked for, so that nothing is looked for in vain twice. Pure.

use super::lines::{begins_block, char_len, is_heading, line_at, line_start, looked_at, run_of};

/// A paragraph, or a row or a cell of a table, from where it was first looked at.
#[derive(Default)]
pub(super) struct Part {
    start: usize,
    pub(super) end: usize,
    /// From where on it has none of [`CLOSES`].
    without: [Option<usize>; 3],
    /// Where the block ends in which code was looked for: a heading or another item of a list ends it, too.
    block_end: usize,
    /// Where the last run of backticks of each length begins in that block.
    last_runs: Vec<usize>,
}

/// What ends formulas.
const CLOSES: [&str; 3] = ["\\)", "\\]", "$$"];

impl Part {
    pub(super) fn new(start: usize, end: usize) -> Self {
        Self { start, end, ..Self::default() }
    }

    pub(super) fn holds(&self, at: usize) -> bool {
        (self.start..self.end).contains(&at)
    }

    /// Finds the end of a formula, from an offset on.
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

    /// Finds the end of code that begins with so many backticks, from behind them.
    pub(super) fn find_code_end(&mut self, source: &str, from: usize, n_ticks: usize) -> Option<usize> {
        let bytes = source.as_bytes();
        let runs = |start, end| {
            let mut at = start;
            std::iter::from_fn(move || {
                let n_before = bytes[at..end].iter().position(|it| *it == b'`')?;
                let run = (at + n_before, run_of(bytes, at + n_before));
                looked_at(n_before + run.1);
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

/// Finds what no backslash stands before.
pub(super) fn find_unescaped(text: &str, wanted: &str) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(wanted) {
            break;
        }
        at += if text.as_bytes()[at] == b'\\' { 1 + char_len(text, at + 1) } else { char_len(text, at) };
    }
    looked_at(at);
    (at < text.len()).then_some(at)
}
