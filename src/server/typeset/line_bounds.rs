//! Bounds of the lines that are parsed.
//!
//! Sublime's grammars were written for an editor: on some lines their regexes take quadratic time or worse. `make
//! grammars` measures every language with hostile lines. Each language's bound is a length that was measured to be
//! fast. Longer lines are data rather than code and stay plain.

use std::sync::LazyLock;

use syntect::parsing::{Scope, ScopeStack};

/// The maximum line length in a language that was not measured, in bytes.
const MAX_BYTES: usize = 300;
/// The maximum run of blanks: regexes that begin with `\s*` try each of them from every earlier one.
const MAX_BLANKS: usize = 200;

/// The maximum line length, in bytes, that takes at most a quarter of a second, by the scope of its language. The first
/// match counts.
const MEASURED: [(&str, usize); 45] = [
    ("embedding.php", 1_000),
    ("source.Kotlin", 1_000),
    ("source.c", 2_000),
    ("source.c++", 400),
    ("source.clojure", 2_000),
    ("source.cs", 500),
    ("source.css", 1_000),
    ("source.d", 200),
    ("source.dart", 2_000),
    ("source.diff", 2_000),
    ("source.dockerfile", 2_000),
    ("source.elixir", 1_000),
    ("source.erlang", 700),
    ("source.fsharp", 1_400),
    ("source.go", 1_000),
    ("source.graphql", 2_000),
    ("source.groovy", 700),
    ("source.haskell", 700),
    ("source.java", 1_400),
    ("source.json", 2_000),
    ("source.julia", 1_000),
    ("source.lisp", 100),
    ("source.lua", 500),
    ("source.matlab", 500),
    ("source.nix", 700),
    ("source.objc", 1_000),
    ("source.ocaml", 200),
    ("source.perl", 1_400),
    ("source.php", 2_000),
    ("source.r", 400),
    ("source.ruby", 1_400),
    ("source.rust", 700),
    // A chain such as `a-a-a-` causes a million backtracking steps from each position.
    ("source.sass", 80),
    ("source.scss", 80),
    ("source.shell", 700),
    ("source.sql", 1_000),
    ("source.swift", 2_000),
    ("source.toml", 2_000),
    ("source.yaml", 500),
    ("source.zig", 2_000),
    ("text.html.basic", 700),
    ("text.html.vue", 1_000),
    ("text.log", 1_000),
    ("text.tex", 2_000),
    ("text.xml", 2_000),
];

static BOUNDS: LazyLock<Vec<(Scope, usize)>> =
    LazyLock::new(|| MEASURED.iter().filter_map(|(name, max)| Some((Scope::new(name).ok()?, *max))).collect());

/// Returns the part of a line to parse; `None` if the line stays plain.
pub(super) fn parsed<'a>(line: &'a str, root: Scope, stack: &ScopeStack) -> Option<&'a str> {
    if line.trim().is_empty() {
        return Some(if line.ends_with('\n') { "\n" } else { "" });
    }
    let is_short = line.len() <= max_bytes(root, stack);
    (is_short && !has_long_gap(line)).then_some(line)
}

/// Returns the shortest bound of the languages active at the beginning of a line.
fn max_bytes(root: Scope, stack: &ScopeStack) -> usize {
    let embedded = stack.as_slice().iter().filter_map(|scope| bound(*scope));
    embedded.fold(bound(root).unwrap_or(MAX_BYTES), usize::min)
}

fn bound(scope: Scope) -> Option<usize> {
    BOUNDS.iter().find(|(language, _)| language.is_prefix_of(scope)).map(|(_, max)| *max)
}

fn has_long_gap(line: &str) -> bool {
    let mut n_blanks = 0;
    line.bytes().any(|byte| {
        n_blanks = if matches!(byte, b' ' | b'\t') { n_blanks + 1 } else { 0 };
        n_blanks > MAX_BLANKS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: &str, line: &str, expected: Option<&str>) {
        assert_eq!(parsed(line, Scope::new(language).unwrap(), &ScopeStack::new()), expected, "{language}: {line:?}");
    }

    #[test]
    fn long_gaps_are_not_parsed() {
        let check = |line: &str, expected: Option<&str>| check("source.json", line, expected);
        check("{ }\n", Some("{ }\n"));
        check("\n", Some("\n"));
        check(&format!("{}\n", " ".repeat(9_000)), Some("\n"));
        check(" \t", Some(""));
        let aligned = format!("a{}b", " ".repeat(MAX_BLANKS));
        check(&aligned, Some(&aligned));
        check(&format!("a{}b", "\t".repeat(MAX_BLANKS + 1)), None);
    }

    #[test]
    fn a_line_may_be_as_long_as_was_measured() {
        let bounds = [("source.json", 2_000), ("source.json.more", 2_000), ("source.c", 2_000), ("source.c++", 400)];
        for (language, max) in bounds.into_iter().chain([("source.cs", 500), ("source.unheard-of", MAX_BYTES)]) {
            let longest = "a".repeat(max);
            check(language, &longest, Some(&longest));
            check(language, &format!("{longest}a"), None);
        }
        assert_eq!(BOUNDS.len(), MEASURED.len(), "all of them are scopes");
    }

    #[test]
    fn a_language_within_another_has_its_own_bound() {
        let mut stack = ScopeStack::new();
        stack.push(Scope::new("text.html.markdown").unwrap());
        stack.push(Scope::new("source.scss.embedded").unwrap());
        let html = Scope::new("text.html.basic").unwrap();
        let text = "a".repeat(100);
        assert_eq!(parsed(&text, html, &ScopeStack::new()), Some(text.as_str()));
        assert_eq!(parsed(&text, html, &stack), None);
    }
}
