//! Texts that make Markdown parsers hang: the examined bytes and the DOM grow at most linearly with the text.

use crate::ui::chatkit::markdown::{
    block::{Block, ParseContext, commonmark_spec::html, parse, read},
    document::Document,
    line_syntax::EXAMINED_BYTES,
};

/// Maximum number of examined bytes per byte of text. Answers take less than 10.
const MAX_EXAMINED_PER_BYTE: usize = 60;

#[track_caller]
fn check(source: &str) {
    for may_grow in [false, true] {
        EXAMINED_BYTES.set(0);
        read(source, &ParseContext { may_grow, ..ParseContext::default() });
        let count_examined = EXAMINED_BYTES.get();
        let start: String = source.chars().take(30).collect();
        assert!(
            count_examined <= MAX_EXAMINED_PER_BYTE * source.len(),
            "{count_examined} of {}: {start:?}",
            source.len()
        );
    }
}

fn repeated(text: &str) -> String {
    const LEN: usize = 8_000;
    text.repeat(LEN / text.len())
}

#[test]
fn what_has_no_end_is_looked_for_once() {
    for text in [
        "\\(",
        "\\[",
        "$$",
        "$x ",
        "$1 ",
        "$$\n",
        "$$x ",
        "\\(x\n",
        "- $$\n",
        "- \\(",
        "1 $$x",
        "`",
        "` ",
        "`a` ",
        "``a` ",
        "`\n",
        "`a\n",
        "- `a\n",
        "# `\n",
        "\\`",
        "\\\n",
        "[",
        "![",
        "[]",
        "[a](",
        "![a](",
        "[a][",
        "]",
        "*",
        "**a ",
        "*a_ ",
        "_*",
        "~ ",
        "~~a ",
        "中**",
        "**「",
        "a:**b ",
        "\u{fe00}**a",
        "<",
        "</",
        "<a ",
        "<br",
        "<u>",
        "<u><kbd>",
        "</u>",
        "<a href=\"",
        "| a ",
        "a|b\n",
        "|---|\n",
        "| a |\n|---|\n",
        ">",
        "> a\n",
        ">\n",
        "- ",
        "- a\n",
        "1. ",
        "- [ ] ",
        "&",
        "&#",
        "https://",
        "https://a.b ",
        "www.",
        "www.a.b ",
        "https://a.b/(",
        "https://a.b/[",
        "https://a.b/,",
        "https://a.b/*",
        "https://例",
        "\n",
        " ",
        " \n",
        "#",
        "# a\n",
        "a\n=\n",
        "-\n",
        "```\n",
        "```a\n",
        "```md\n",
        "```md\n```a\n\n",
        "~~~md\n~~~~a\n",
        "[^1]",
        "[^1]: a\n",
        "[a]: b\n",
        "[a]\n",
        "\u{e200}",
        "\u{e200}cite ",
        "\u{f0000}",
        "    a\n",
        "<div>\n\n",
        "\\",
        "\"",
    ] {
        check(&repeated(text));
    }
}

#[test]
fn what_is_rejected_is_looked_for_once() {
    let nested: String = (0..280).map(|n| format!("{}- a\n", "  ".repeat(n))).collect();
    let ticks: String = (1..280).map(|n| format!("{}a", "`".repeat(n))).collect();
    let table = "|a|b|\n|-|-|\n|";
    let definitions: String = (0..1000).map(|n| format!("[{n}]: https://a.example/{n}\n")).collect();
    let references: String = (0..1000).map(|n| format!("[{n}] ")).collect();
    for text in [
        format!("{}{}", repeated(" "), repeated("$$ ")),
        format!("{table}{}|b|", repeated("\\(a ")),
        format!("{table}{}|", repeated("`a ")),
        format!("{table}{}|", repeated("`a|` ")),
        format!("{table}{}|", repeated("$a|$ ")),
        format!("{table}{ticks}"),
        format!("{table}{}", repeated("|")),
        format!("{}\n{}\n{}", repeated("|a"), repeated("|-"), repeated("|b\n")),
        format!("https://a.{}.b", repeated("a中")),
        format!("https://a.b/{}", repeated("&a;")),
        format!("https://a.b/{}", repeated(")")),
        format!("> {}", repeated("\\(a\n> b\\) ")),
        format!("{}{}", repeated("*a* "), repeated("\n")),
        format!("{}a{}", repeated("["), repeated("](u)")),
        format!("{definitions}\n{references}"),
        nested,
        ticks,
    ] {
        check(&text);
    }
}

#[test]
fn what_is_long_in_the_page_is_counted() {
    for (piece, name, n_shown) in [
        ("[^1]", "FootnoteReference", 5000),
        ("[a](https://a.example/) ", "<a ", 5000),
        ("$x$ ", "<math>", 2500),
        ("- $x$\n", "<math>", 2500),
        ("$x$\n\n", "<math>", 2500),
        ("```\nx\n```\n", "<pre>", 625),
        ("[^1]: a\n\n", "<footnote ", 1250),
    ] {
        let page = html(&format!("{}\n\n[^1]: a", piece.repeat(6000)));
        assert_eq!(page.matches(name).count(), n_shown, "{piece:?}");
        let words: String = page.split('<').flat_map(|it| it.split('>').nth(1)).collect();
        assert!(words.matches(['a', 'x', '1']).count() >= 6000 - n_shown, "nothing is lost: {piece:?}");
    }
}

#[test]
fn what_streams_is_counted_as_a_whole() {
    let source = "$x$\n\n".repeat(3000);
    let mut document = Document::default();
    for end in (0..=source.len()).step_by(500) {
        document = Document::read(Some(&document), source[..end].to_owned(), Vec::new(), false);
    }
    let n = document.settled.iter().filter(|it| format!("{:?}", it.block).contains("Formula")).count();
    assert_eq!(n, 2500);
}

#[test]
fn rows_of_a_large_table_are_not_filled_up() {
    let source = format!("{}\n{}\n{}", "|a".repeat(500), "|-".repeat(500), "|b|c\n".repeat(500));
    let Some((_, Block::Table { rows, .. })) = parse(&source).pop() else { panic!("no table") };
    assert_eq!(rows.iter().map(Vec::len).filter(|it| *it == 500).count(), 21, "the first ones are");
    assert_eq!(rows.last().unwrap().len(), 2);
}
