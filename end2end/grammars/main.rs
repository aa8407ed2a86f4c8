//! Measures the worst parsing time of a line of code, for each highlighted language: `make grammars`, or `cargo run
//! --release --features ssr --example grammars -- [language]`.
//!
//! Parsing a line cannot be interrupted. Every line that `server::typeset` accepts must therefore be fast, whatever it
//! contains. The lines here repeat pieces that make regexes backtrack. The program fails if a line takes too long; the
//! language then needs a shorter bound in `src/server/typeset/line_bounds.rs`.

use std::{
    cmp::Reverse,
    env,
    process::ExitCode,
    time::{Duration, Instant},
};

use colloquy::server::typeset::{Grammar, highlight};

/// The maximum time of a line.
const MAX_TIME: Duration = Duration::from_millis(250);
/// Lengths of lines, in bytes. Lengths beyond the bound of a language cost nothing.
const LENGTHS: [usize; 10] = [150, 200, 250, 300, 400, 500, 700, 1_000, 1_400, 2_000];
/// Time for the first pass over one language; its slowest lines are then tried at every length.
const FIRST_LOOK: Duration = Duration::from_secs(4);
/// Number of lines that are tried at every length.
const N_SLOWEST: usize = 60;

/// Beginnings of lines. A part before a line break becomes the line above.
const BEGINNINGS: [&str; 41] = [
    "",
    "{",
    "(",
    "[",
    "\"",
    "'",
    "`",
    "<",
    "<a ",
    "a {",
    "a: ",
    "a = ",
    "function f(",
    "/*",
    "#",
    "# ",
    "//",
    "$",
    "def f(",
    "type A<",
    "| a |",
    "- ",
    "@a ",
    "select ",
    "<?php $a = ",
    "class A ",
    "let a = ",
    "<script>",
    "<style>a{",
    "$(",
    "if ",
    "a(",
    "import ",
    "var a: ",
    "a\n",
    "{\n",
    "(\n",
    "a {\n",
    "<a\n",
    "\"\n",
    "/*\n",
];
/// Repeated pieces.
const PIECES: [&str; 92] = [
    " ", "\t", "-", "=", "(", "[", "{", "<", ">", "\"", "'", "`", "\\", "\"\\", "a", "a ", "aa ", "((", "{{", "{(",
    "a(", "a[", "a{", "<a", "<a ", "</", "<!--", "/*", "//", "/", "*", "**", "_", "#", "$", "${", "$(", "@", ":", "::",
    ";", ",", ".", "..", "a.", "a:", "a::", "a,", "a=", "a-", "a_", "0", "1 ", "0x", "1.", "1e", "!", "?", "&", "|",
    "~", "^", "%", "%%", "<<", "->", "=>", "é", "\"a\" ", "a<", "a<b,", "a|", " (", " [", "- ", "> ", "\\\\", "\\a",
    "'a", "-a ", "A", "Aa ", "a\t", "a->", "a*", "a&", "*a ", "a b, ", "a: b, ", "[]", "()", "[a](",
];
/// Ends of lines.
const ENDS: [&str; 3] = ["", "x", "!"];

#[derive(Clone, Copy)]
struct Line {
    beginning: &'static str,
    piece: &'static str,
    end: &'static str,
}

impl Line {
    fn all() -> impl Iterator<Item = Self> {
        let pieces =
            |beginning| PIECES.iter().flat_map(move |piece| ENDS.iter().map(move |end| (beginning, piece, end)));
        BEGINNINGS.iter().flat_map(pieces).map(|(beginning, piece, end)| Self { beginning, piece, end })
    }

    fn text(self, n_bytes: usize) -> String {
        let (above, beginning) = self.beginning.rsplit_once('\n').unwrap_or(("", self.beginning));
        // Longer gaps are not parsed.
        let gap = format!("{}x", self.piece.repeat(200));
        let piece = if self.piece.trim().is_empty() { gap.as_str() } else { self.piece };
        let n_pieces = n_bytes.saturating_sub(beginning.len() + self.end.len()) / piece.len();
        format!("{above}\n{beginning}{}{}\n", piece.repeat(n_pieces), self.end)
    }

    fn cost(self, grammar: Grammar, n_bytes: usize) -> Duration {
        let text = self.text(n_bytes);
        let once = || {
            let began = Instant::now();
            highlight(grammar, &text, &|| true);
            began.elapsed()
        };
        // Repeats the measurement, since the machine may be busy.
        let cost = once();
        if cost < MAX_TIME / 2 { cost } else { (0..2).map(|_| once()).fold(cost, Duration::min) }
    }
}

fn main() -> ExitCode {
    let only = env::args().nth(1);
    let mut is_slow = false;
    for grammar in Grammar::all().filter(|it| only.as_deref().is_none_or(|name| it.name() == name)) {
        let (cost, line, n_bytes) = slowest(grammar);
        is_slow |= cost > MAX_TIME;
        let Line { beginning, piece, end } = line;
        let ms = cost.as_secs_f64() * 1e3;
        println!("{ms:7.1} ms  {:30} {beginning:?} {piece:?}… {end:?} in {n_bytes} bytes", grammar.name());
    }
    if is_slow { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn slowest(grammar: Grammar) -> (Duration, Line, usize) {
    let began = Instant::now();
    let looked_at = Line::all().take_while(|_| began.elapsed() < FIRST_LOOK);
    let mut lines: Vec<_> = looked_at.map(|line| (line.cost(grammar, LENGTHS[0]), line)).collect();
    lines.sort_by_key(|(cost, _)| Reverse(*cost));
    let tried = lines.iter().take(N_SLOWEST).flat_map(|(_, line)| LENGTHS.iter().map(move |n| (*line, *n)));
    let costs = tried.map(|(line, n_bytes)| (line.cost(grammar, n_bytes), line, n_bytes));
    costs.max_by_key(|(cost, ..)| *cost).expect("BUG: there are lines")
}
