//! Syntax highlighting by the Sublime Text grammars that bat maintains (crate `two-face`).
//!
//! Parsing a line cannot be interrupted and uses backtracking regexes. Lines are therefore bounded (`line_bounds`), and
//! [`highlight`] asks for permission between steps.

use std::{
    collections::HashSet,
    sync::{LazyLock, Mutex, PoisonError},
};

use syntect::{
    parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet},
    util::LinesWithEndings,
};

use super::line_bounds;
use crate::model::typeset::{CodeKind, CodeSpan};

/// The maximum nesting. Deeper code stays plain, since each change would require a walk through all scopes.
const MAX_SCOPES: usize = 512;
/// Scopes at which the search for a code_kind ends: outer scopes belong to a surrounding language.
const BOUNDARIES: [&str; 2] = ["meta.interpolation", "source"];

static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);
static MEANINGS: LazyLock<Vec<(Scope, CodeKind)>> =
    LazyLock::new(|| SCOPES.iter().filter_map(|(name, kind)| Some((Scope::new(name).ok()?, *kind))).collect());
static EDGES: LazyLock<Vec<Scope>> =
    LazyLock::new(|| BOUNDARIES.iter().filter_map(|name| Scope::new(name).ok()).collect());

/// Meanings of scopes; the first match counts.
const SCOPES: [(&str, CodeKind); 33] = [
    ("comment", CodeKind::Comment),
    ("meta.diff.header", CodeKind::Comment),
    ("meta.diff.range", CodeKind::Keyword),
    ("markup.inserted", CodeKind::Inserted),
    ("markup.deleted", CodeKind::Deleted),
    ("markup.heading", CodeKind::Heading),
    ("markup.raw", CodeKind::String),
    ("string", CodeKind::String),
    ("constant.other.placeholder", CodeKind::Constant),
    ("constant", CodeKind::Constant),
    ("keyword.operator.word", CodeKind::Keyword),
    ("keyword.operator.logical.python", CodeKind::Keyword),
    ("keyword.operator", CodeKind::Plain),
    ("keyword", CodeKind::Keyword),
    ("storage.type.numeric", CodeKind::Constant),
    ("storage", CodeKind::Keyword),
    ("variable.language", CodeKind::Keyword),
    ("variable.function", CodeKind::Function),
    ("variable.annotation", CodeKind::Attribute),
    ("variable.parameter", CodeKind::Plain),
    ("variable", CodeKind::Plain),
    ("support.function", CodeKind::Function),
    ("support.macro", CodeKind::Function),
    ("support.type.property-name", CodeKind::Attribute),
    ("support.type", CodeKind::Type),
    ("support.class", CodeKind::Type),
    ("support.constant", CodeKind::Constant),
    ("entity.name.function", CodeKind::Function),
    ("entity.name.macro", CodeKind::Function),
    ("entity.other.attribute-name", CodeKind::Attribute),
    ("entity.name.tag.yaml", CodeKind::Attribute),
    ("entity.name", CodeKind::Type),
    ("entity.other.inherited-class", CodeKind::Type),
];

/// A supported language.
#[derive(Clone, Copy)]
pub struct Grammar(&'static SyntaxReference);

impl Grammar {
    /// Loads all grammars in advance, so that no request pays for it.
    pub(super) fn load() {
        LazyLock::force(&GRAMMARS);
    }

    /// Finds a language by any of its names.
    pub fn find(language: &str) -> Option<Self> {
        let grammar = GRAMMARS.find_syntax_by_token(name_of(language))?;
        (grammar.name != "Plain Text").then_some(Self(grammar))
    }

    /// Returns all languages.
    pub fn all() -> impl Iterator<Item = Self> {
        GRAMMARS.syntaxes().iter().map(Self).filter(|it| it.name() != "Plain Text")
    }

    /// Returns the language's name.
    pub fn name(self) -> &'static str {
        &self.0.name
    }

    /// True on the first call per language in this process: its regexes are compiled on first use.
    pub(super) fn is_first_use(self) -> bool {
        static USED: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
        USED.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().insert(self.name())
    }
}

/// Highlights code. Returns `None` if it is stopped or nests too deeply.
pub fn highlight(grammar: Grammar, text: &str, may_continue: &dyn Fn() -> bool) -> Option<Vec<CodeSpan>> {
    highlight_within(MAX_SCOPES, grammar, text, may_continue)
}

fn highlight_within(
    max_scopes: usize,
    grammar: Grammar,
    text: &str,
    may_continue: &dyn Fn() -> bool,
) -> Option<Vec<CodeSpan>> {
    let (mut state, mut stack) = (ParseState::new(grammar.0), ScopeStack::new());
    let mut spans = Vec::new();
    for line in LinesWithEndings::from(text) {
        if !may_continue() {
            return None;
        }
        let Some(parsed) = line_bounds::parsed(line, grammar.0.scope, &stack) else {
            push(&mut spans, CodeKind::Plain, line);
            continue;
        };
        let mut done = 0;
        for (at, change) in state.parse_line(parsed, &GRAMMARS).ok()? {
            if stack.len() > max_scopes || !may_continue() {
                return None;
            }
            push(&mut spans, code_kind(&stack), line.get(done..at)?);
            stack.apply(&change).ok()?;
            done = at;
        }
        push(&mut spans, code_kind(&stack), line.get(done..)?);
    }
    Some(spans)
}

/// Maps names that models use to those of the grammars.
fn name_of(language: &str) -> &str {
    match language.to_ascii_lowercase().as_str() {
        "shell" | "console" | "shell-session" | "shellsession" | "zsh" => "bash",
        "jsonc" | "json5" | "jsonl" => "json",
        "node" | "jsx" | "mjs" => "js",
        "golang" => "go",
        "docker" => "dockerfile",
        "c++" => "cpp",
        "csharp" => "cs",
        "kt" => "kotlin",
        "vue3" => "vue",
        _ => language,
    }
}

fn code_kind(stack: &ScopeStack) -> CodeKind {
    for scope in stack.as_slice().iter().rev() {
        if let Some((_, kind)) = MEANINGS.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)) {
            return *kind;
        }
        if EDGES.iter().any(|edge| edge.is_prefix_of(*scope)) {
            break;
        }
    }
    CodeKind::Plain
}

/// Appends a piece. Whitespace joins the previous span.
fn push(spans: &mut Vec<CodeSpan>, kind: CodeKind, text: &str) {
    match spans.last_mut() {
        _ if text.is_empty() => {}
        Some(CodeSpan(last, so_far)) if *last == kind || text.trim().is_empty() => so_far.push_str(text),
        _ => spans.push(CodeSpan(kind, text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn colored_sometime(language: &str, text: &str) -> Option<Vec<CodeSpan>> {
        highlight(Grammar::find(language)?, text, &|| true)
    }

    #[track_caller]
    fn check(language: &str, text: &str, expected: &[(CodeKind, &str)]) {
        let spans = colored_sometime(language, text).expect(language);
        let whole: String = spans.iter().map(|it| it.1.as_str()).collect();
        assert_eq!(whole, text, "nothing is lost");
        for (kind, piece) in expected {
            let is_there = spans.iter().any(|it| it.0 == *kind && it.1.trim() == *piece);
            assert!(is_there, "{language}: {kind:?} {piece:?} in {spans:?}");
        }
    }

    #[test]
    fn code_has_its_meanings() {
        use CodeKind::{Attribute, Comment, Constant, Deleted, Function, Inserted, Keyword, String, Type};
        check(
            "rust",
            "// é\nfn main() {\n    let a = \"x\";\n    f(1)\n}\n",
            &[
                (Comment, "// é"),
                (Keyword, "fn"),
                (Function, "main"),
                (Keyword, "let"),
                (String, "\"x\""),
                (Constant, "1"),
            ],
        );
        check(
            "python",
            "def f(a):\n    return None  # no\n",
            &[(Keyword, "def"), (Keyword, "return"), (Constant, "None")],
        );
        check("ts", "class A { b: string = `x${c}` }", &[(Keyword, "class"), (Type, "A")]);
        check("html", "<a href=\"x\">y</a>", &[(Type, "a"), (Attribute, "href"), (String, "\"x\"")]);
        check("diff", "-a\n+b\n", &[(Deleted, "-a"), (Inserted, "+b")]);
        check("sql", "select 1 from a;", &[(Keyword, "select"), (Constant, "1")]);
        check("css", "a { color: red }", &[(Attribute, "color")]);
    }

    #[test]
    fn languages_have_the_names_that_models_use() {
        for language in [
            "bash",
            "sh",
            "shell",
            "zsh",
            "console",
            "c",
            "c++",
            "cpp",
            "c#",
            "csharp",
            "css",
            "dart",
            "diff",
            "docker",
            "dockerfile",
            "go",
            "golang",
            "graphql",
            "haskell",
            "html",
            "java",
            "javascript",
            "js",
            "json",
            "jsonc",
            "jsx",
            "kotlin",
            "latex",
            "lua",
            "makefile",
            "markdown",
            "md",
            "nix",
            "perl",
            "php",
            "python",
            "py",
            "r",
            "ruby",
            "rust",
            "rs",
            "scala",
            "scss",
            "sql",
            "svelte",
            "swift",
            "toml",
            "ts",
            "tsx",
            "typescript",
            "vue",
            "xml",
            "yaml",
            "yml",
            "zig",
            "Python",
            "JSON",
        ] {
            assert!(colored_sometime(language, "a").is_some(), "{language}");
        }
        for other in ["", "text", "txt", "plaintext", "klingon"] {
            assert_eq!(colored_sometime(other, "a"), None, "{other}");
        }
    }

    #[test]
    fn it_asks_before_each_line_and_each_change_and_then_stops() {
        let grammar = Grammar::find("rust").unwrap();
        let check = |text: &str, n_steps: usize, is_done: bool| {
            let n_left = Cell::new(n_steps);
            let may_continue = || n_left.replace(n_left.get().saturating_sub(1)) > 0;
            assert_eq!(highlight(grammar, text, &may_continue).is_some(), is_done, "{text:?} in {n_steps} steps");
        };
        check("a\na\na\n", 2, false);
        check("a\na\na\n", 100, true);
        check(&"fn ".repeat(100), 50, false);
        check("fn a() {}", 0, false);
    }

    #[test]
    fn code_that_nests_too_deep_stays_plain() {
        let grammar = Grammar::find("rust").unwrap();
        let nests_within =
            |max_scopes| highlight_within(max_scopes, grammar, "fn a() { b(\"c\") }", &|| true).is_some();
        assert!(nests_within(MAX_SCOPES) && !nests_within(1));
    }

    #[test]
    fn lines_that_are_not_parsed_keep_their_text() {
        let blanks = " ".repeat(1_990);
        for text in [format!("{blanks}\n").repeat(20), format!("fn a\n{blanks}x\nfn b"), "(".repeat(20_000)] {
            let spans = colored_sometime("css", &text).unwrap();
            assert_eq!(spans.iter().map(|it| it.1.as_str()).collect::<String>(), text);
        }
        let after = colored_sometime("rust", &format!("fn a() {{}}\n{blanks}\nfn b() {{}}")).unwrap();
        assert!(after.iter().any(|it| it.0 == CodeKind::Function && it.1 == "b"), "{after:?}");
    }
}
