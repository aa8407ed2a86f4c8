//! Code with colours, by the grammars of Sublime Text that bat keeps (crate `two-face`).

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use syntect::{
    parsing::{ParseState, Scope, ScopeStack, SyntaxSet},
    util::LinesWithEndings,
};

use crate::model::typeset::{CodeKind, CodeSpan};

/// How long a listing may take, with the grammar that is read for the first one of its language.
const MAX_TIME: Duration = Duration::from_secs(5);
/// Longer lines are data rather than code, and some grammars go over them again and again.
const MAX_LINE_BYTES: usize = 2_000;
/// Where the search for a meaning ends: what stands further out surrounds another language.
const BOUNDARIES: [&str; 2] = ["meta.interpolation", "source"];

static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);
static MEANINGS: LazyLock<Vec<(Scope, CodeKind)>> =
    LazyLock::new(|| SCOPES.iter().filter_map(|(name, kind)| Some((Scope::new(name).ok()?, *kind))).collect());
static EDGES: LazyLock<Vec<Scope>> =
    LazyLock::new(|| BOUNDARIES.iter().filter_map(|name| Scope::new(name).ok()).collect());

/// What scopes mean; the first that fits counts.
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

/// Colours code; `None` for a language that nobody knows, and for what takes too long.
pub(super) fn colored(language: &str, text: &str) -> Option<Vec<CodeSpan>> {
    LazyLock::force(&GRAMMARS);
    colored_by(Instant::now() + MAX_TIME, language, text)
}

fn colored_by(end: Instant, language: &str, text: &str) -> Option<Vec<CodeSpan>> {
    let grammar = GRAMMARS.find_syntax_by_token(name_of(language))?;
    if grammar.name == "Plain Text" {
        return None;
    }
    let (mut state, mut stack) = (ParseState::new(grammar), ScopeStack::new());
    let mut spans = Vec::new();
    for line in LinesWithEndings::from(text) {
        if Instant::now() > end {
            return None;
        }
        if line.len() > MAX_LINE_BYTES {
            push(&mut spans, CodeKind::Plain, line);
            continue;
        }
        let mut done = 0;
        for (at, change) in state.parse_line(line, &GRAMMARS).ok()? {
            push(&mut spans, meaning(&stack), line.get(done..at)?);
            stack.apply(&change).ok()?;
            done = at;
        }
        push(&mut spans, meaning(&stack), line.get(done..)?);
    }
    Some(spans)
}

/// Names that models use and the grammars do not.
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

fn meaning(stack: &ScopeStack) -> CodeKind {
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

/// Adds a piece; spaces have no colour of their own.
fn push(spans: &mut Vec<CodeSpan>, kind: CodeKind, text: &str) {
    match spans.last_mut() {
        _ if text.is_empty() => {}
        Some(CodeSpan(last, so_far)) if *last == kind || text.trim().is_empty() => so_far.push_str(text),
        _ => spans.push(CodeSpan(kind, text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Machines that test have other things to do.
    fn colored_sometime(language: &str, text: &str) -> Option<Vec<CodeSpan>> {
        colored_by(Instant::now() + Duration::from_secs(600), language, text)
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
            assert_eq!(colored(other, "a"), None, "{other}");
        }
    }

    #[test]
    fn no_code_takes_long() {
        let hostile = ["((((".repeat(20_000), "a\n".repeat(50_000), "\"\\".repeat(900), "<!--".repeat(400)];
        for language in ["js", "markdown", "html"] {
            for text in &hostile {
                let begin = Instant::now();
                colored(language, text);
                assert!(begin.elapsed() < Duration::from_secs(30), "{language} {:?}", &text[..4]);
            }
        }
    }
}
