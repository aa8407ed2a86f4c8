use super::{builder::MAX_DEPTH, *};

fn blocks(source: &str) -> Vec<Block> {
    parse(source).into_iter().map(|(_, block)| block).collect()
}

fn text(text: &str) -> Inline {
    Inline::Text(text.to_owned())
}

fn link(href: &str, name: &str) -> Inline {
    Inline::Link { href: href.to_owned(), children: vec![text(name)] }
}

#[track_caller]
fn check(source: &str, expected: &[Block]) {
    assert_eq!(blocks(source), expected, "{source:?}");
}

#[track_caller]
fn check_line(source: &str, expected: &[Inline]) {
    check(source, &[Block::Paragraph(expected.to_vec())]);
}

#[test]
fn lines_are_marked_up() {
    check_line(
        "*a* **b** ~~c~~ `d`\ne",
        &[
            Inline::Emphasis(vec![text("a")]),
            text(" "),
            Inline::Strong(vec![text("b")]),
            text(" "),
            Inline::Strike(vec![text("c")]),
            text(" "),
            Inline::Code("d".into()),
            text("\ne"),
        ],
    );
    check_line("a  \nb", &[text("a"), Inline::Break, text("b")]);
    check_line("a & b &amp; &lt;", &[text("a & b & <")]);
}

#[test]
fn links_lead_to_allowed_places_only() {
    check_line("[a](https://example.com/x)", &[link("https://example.com/x", "a")]);
    check_line("<https://example.com>", &[link("https://example.com/", "https://example.com")]);
    check_line("[a](mailto:ada@example.com)", &[link("mailto:ada@example.com", "a")]);
    check_line("[a](HTTPS://example.com)", &[link("https://example.com/", "a")]);
    for dest in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#10;script:alert(1)",
        "&#1;javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "/sign-out",
        "//evil.example",
        "#top",
        "",
    ] {
        check_line(&format!("[a]({dest})"), &[text("a")]);
    }
}

#[test]
fn images_keep_their_names() {
    let image = |src: &str, alt: &str, is_in_link| Inline::Image { src: src.into(), alt: alt.into(), is_in_link };
    check_line("![a *cat*](https://a.example/p.png?x)", &[image("https://a.example/p.png?x", "a cat", false)]);
    check_line("![](https://a.example/p.png)", &[image("https://a.example/p.png", "", false)]);
    check_line("![a](http://a.example/p.png)", &[link("http://a.example/p.png", "a")]);
    check_line("![](http://a.example/p)", &[link("http://a.example/p", "http://a.example/p")]);
    check_line("![x](data:image/png;base64,AA)", &[text("x")]);
    check_line(
        "[![a](https://b.example/p.png)](https://c.example)",
        &[Inline::Link {
            href: "https://c.example/".into(),
            children: vec![image("https://b.example/p.png", "a", true)],
        }],
    );
}

#[test]
fn bare_addresses_are_links() {
    check_line(
        "see **www.a.example/x_y**, https://b.example.",
        &[
            text("see "),
            Inline::Strong(vec![link("http://www.a.example/x_y", "www.a.example/x_y")]),
            text(", "),
            link("https://b.example/", "https://b.example"),
            text("."),
        ],
    );
    let item =
        ListItem { is_done: None, blocks: vec![Block::Plain(vec![link("http://www.a.example/", "www.a.example")])] };
    check("- www.a.example", &[Block::List { start: None, items: vec![item] }]);
    check_line("`https://a.example`", &[Inline::Code("https://a.example".into())]);
    check_line("[*www.a.example*](/x)", &[Inline::Emphasis(vec![text("www.a.example")])]);
    check("    www.a.example", &[Block::Code { language: String::new(), text: "www.a.example".into() }]);
}

#[test]
fn deeplinks_are_for_the_page() {
    let deeplink = Deeplink { name: "open".into(), data: vec![("id".into(), "4 2".into())] };
    check_line(
        "[a **b**](chatkit-link://open?id=4%202)",
        &[Inline::Deeplink { link: deeplink, children: vec![text("a "), Inline::Strong(vec![text("b")])] }],
    );
    check_line("[a](chatkit-link://)", &[text("a")]);
}

#[test]
fn footnotes_are_told_apart_and_referred_to() {
    let reference = |label: &str, is_first| Inline::FootnoteReference { label: label.into(), is_first };
    let note = |label: &str, blocks: &[Block]| Block::Footnote { label: label.into(), blocks: blocks.to_vec() };
    let paragraph = |it: &str| Block::Paragraph(vec![text(it)]);
    check(
        "a[^1] b[^N] c[^1]\n\n[^1]: one\n\n    more\n\n[^n]: two",
        &[
            Block::Paragraph(vec![
                text("a"),
                reference("1", true),
                text(" b"),
                reference("n", true),
                text(" c"),
                reference("1", false),
            ]),
            note("1", &[paragraph("one"), paragraph("more")]),
            note("n", &[paragraph("two")]),
        ],
    );
    check_line("a[^1]", &[text("a[^1]")]);
}

#[test]
fn raw_html_is_text() {
    check_line("a <b onclick=x>b</b>", &[text("a <b onclick=x>b</b>")]);
    check("<script>\nalert(1)\n</script>\n", &[Block::Paragraph(vec![text("<script>\nalert(1)\n</script>")])]);
    check_line("<img src=x onerror=alert(1)>", &[text("<img src=x onerror=alert(1)>")]);
}

#[test]
fn blocks_are_told_apart() {
    check("### a", &[Block::Heading(3, vec![text("a")])]);
    check("---", &[Block::Rule]);
    check("> a", &[Block::Quote(vec![Block::Paragraph(vec![text("a")])])]);
    check(
        "```rust ignore\nlet a = 1;\n\nb\n```",
        &[Block::Code { language: "rust".into(), text: "let a = 1;\n\nb\n".into() }],
    );
    check("```\nnot closed", &[Block::Code { language: String::new(), text: "not closed".into() }]);
    check("    a\n", &[Block::Code { language: String::new(), text: "a\n".into() }]);
}

#[test]
fn lists_are_tight_or_loose_and_hold_tasks() {
    let item = |blocks: Vec<Block>| ListItem { is_done: None, blocks };
    let plain = |it: &str| Block::Plain(vec![text(it)]);
    check("3. a\n4. b", &[Block::List { start: Some(3), items: vec![item(vec![plain("a")]), item(vec![plain("b")])] }]);
    let loose = |it: &str| item(vec![Block::Paragraph(vec![text(it)])]);
    check("- a\n\n- b", &[Block::List { start: None, items: vec![loose("a"), loose("b")] }]);
    let inner = Block::List { start: None, items: vec![item(vec![plain("b")])] };
    check("- a\n  - b", &[Block::List { start: None, items: vec![item(vec![plain("a"), inner])] }]);
    let task = |is_done, it: &str| ListItem { is_done: Some(is_done), blocks: vec![plain(it)] };
    check("- [x] a\n- [ ] b", &[Block::List { start: None, items: vec![task(true, "a"), task(false, "b")] }]);
}

#[test]
fn tables_have_columns() {
    check(
        "| a | b |\n|:-:|--:|\n| 1 | **2** |\n| 3 |",
        &[Block::Table {
            columns: vec![Align::Center, Align::Right],
            head: vec![vec![text("a")], vec![text("b")]],
            rows: vec![vec![vec![text("1")], vec![Inline::Strong(vec![text("2")])]], vec![vec![text("3")], vec![]]],
        }],
    );
}

#[test]
fn offsets_are_those_of_first_lines() {
    let source = "a\n\n    code\n\n- b\n\n  c\n\nd";
    let starts: Vec<usize> = parse(source).into_iter().map(|(start, _)| start).collect();
    assert_eq!(starts, [0, 3, 13, 23]);
}

#[test]
fn depth_is_bounded() {
    fn depth(block: &Block) -> usize {
        1 + match block {
            Block::Quote(blocks) => blocks.iter().map(depth).max().unwrap_or(0),
            Block::List { items, .. } => items.iter().flat_map(|it| &it.blocks).map(depth).max().unwrap_or(0),
            _ => 0,
        }
    }
    let quotes = format!("{}deep", ">".repeat(20_000));
    let list: String = (0..200).map(|n| format!("{}- {n}\n", "  ".repeat(n))).collect();
    let emphasis = format!("{}deep{}", "*a ".repeat(2_000), " b*".repeat(2_000));
    for source in [quotes, list, emphasis] {
        assert!(blocks(&source).iter().all(|block| depth(block) <= MAX_DEPTH + 1));
    }
}
