//! Conformance tests: the examples of CommonMark 0.31 and GitHub's extensions, from the parser's package.
//!
//! Expected output is adapted to the allow-lists (targets of links and images, no titles), and both sides are
//! normalised. Examples listed as different must fail, so that the list stays accurate.

use std::{collections::BTreeMap, fs, path::PathBuf, process::Command};

use super::{Align, Block, Inline, ListItem, parse};
use crate::ui::chatkit::markdown::link_target::Target;

/// Examples that differ, with the reason.
const DIFFERENT: [(&str, &str, &[usize]); 6] = [
    (
        "spec",
        "raw HTML is text",
        &[
            21, 31, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167,
            168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188,
            189, 190, 191, 201, 308, 309, 344, 475, 476, 477, 491, 494, 524, 536, 613, 614, 615, 616, 617, 623, 625,
            626, 627, 628, 629, 630, 631, 642, 643,
        ],
    ),
    ("spec", "bare addresses are links, as GitHub has it", &[346, 602, 608, 611]),
    ("spec", "an address has the escapes of the URL standard", &[20, 526, 538, 603]),
    ("spec", "what stands in `\\[\\]` is a formula", &[12]),
    ("gfm_strikethrough", "a single tilde says about", &[1]),
    ("gfm_table", "the text of cells beyond the last column stays", &[7]),
];

const SUITES: [(&str, usize); 4] = [("spec", 652), ("gfm_table", 9), ("gfm_strikethrough", 3), ("gfm_tasklist", 2)];

/// Returns the sources of all examples.
pub(in crate::ui::chatkit::markdown) fn sources() -> Vec<String> {
    let folder = parser_sources().join("tests/suite");
    let read = |(suite, _)| examples(&fs::read_to_string(folder.join(format!("{suite}.rs"))).unwrap());
    SUITES.into_iter().flat_map(read).map(|it| it.0).collect()
}

#[test]
fn the_examples_of_the_specifications_are_read() {
    let folder = parser_sources().join("tests/suite");
    let mut listed: BTreeMap<(&str, usize), &str> = BTreeMap::new();
    for (suite, reason, numbers) in DIFFERENT {
        listed.extend(numbers.iter().map(|it| ((suite, *it), reason)));
    }
    let mut wrong = Vec::new();
    for (suite, n_examples) in SUITES {
        let examples = examples(&fs::read_to_string(folder.join(format!("{suite}.rs"))).unwrap());
        assert_eq!(examples.len(), n_examples, "{suite}");
        for (number, (source, expected)) in (1..).zip(examples) {
            let blocks: Vec<Block> = parse(&source).into_iter().map(|(_, block)| block).collect();
            let (ours, theirs) = (written(&tokens(&blocks_html(&blocks))), written(&allow_listed(&tokens(&expected))));
            match (ours == theirs, listed.remove(&(suite, number))) {
                (true, Some(reason)) => wrong.push(format!("{suite} {number} passes, but is listed: {reason}")),
                (false, None) => {
                    wrong.push(format!("{suite} {number}: {source:?}\n    ours:   {ours}\n    theirs: {theirs}"))
                }
                _ => {}
            }
        }
    }
    wrong.extend(listed.keys().map(|it| format!("{it:?} is listed, and there is no such example")));
    assert!(wrong.is_empty(), "{} of the examples:\n{}", wrong.len(), wrong.join("\n"));
}

/// Returns the folder of the parser's package in Cargo's registry. Its tests contain the examples.
fn parser_sources() -> PathBuf {
    let about = Command::new("rustc").arg("-vV").output().expect("rustc says what it is");
    let about = String::from_utf8(about.stdout).unwrap();
    let host = about.lines().find_map(|it| it.strip_prefix("host: ")).unwrap();
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo tells where packages are");
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).expect("cargo's metadata");
    let packages = metadata["packages"].as_array().unwrap();
    let parser = packages.iter().find(|it| it["name"] == "pulldown-cmark").expect("the parser is a dependency");
    PathBuf::from(parser["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned()
}

/// Parses the pairs of raw strings between `r##"` and `"##`.
fn examples(file: &str) -> Vec<(String, String)> {
    let texts: Vec<&str> = file.split("r##\"").skip(1).map(|it| it.split("\"##;").next().unwrap()).collect();
    texts.chunks(2).map(|it| (it[0].to_owned(), it[1].to_owned())).collect()
}

/// Renders a text as HTML in the notation of the specifications.
pub(in crate::ui::chatkit::markdown) fn html(source: &str) -> String {
    let blocks: Vec<Block> = parse(source).into_iter().map(|(_, block)| block).collect();
    blocks_html(&blocks)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

pub(in crate::ui::chatkit::markdown) fn blocks_html(blocks: &[Block]) -> String {
    blocks.iter().map(block_html).collect()
}

fn block_html(block: &Block) -> String {
    match block {
        Block::Paragraph(line) => format!("<p>{}</p>", line_html(line)),
        Block::Plain(line) => line_html(line),
        Block::Heading(level, line) => format!("<h{level}>{}</h{level}>", line_html(line)),
        Block::Code { language, text } if language.is_empty() => format!("<pre><code>{}</code></pre>", escaped(text)),
        Block::Code { language, text } => {
            format!("<pre><code class=\"language-{}\">{}</code></pre>", escaped(language), escaped(text))
        }
        Block::Quote(blocks) => format!("<blockquote>{}</blockquote>", blocks_html(blocks)),
        Block::List { start: None, items } => format!("<ul>{}</ul>", items_html(items)),
        Block::List { start: Some(1), items } => format!("<ol>{}</ol>", items_html(items)),
        Block::List { start: Some(start), items } => format!("<ol start=\"{start}\">{}</ol>", items_html(items)),
        Block::Table { columns, head, rows } => {
            let head = row_html("th", columns, head);
            let rows: String = rows.iter().map(|it| row_html("td", columns, it)).collect();
            format!("<table><thead>{head}</thead><tbody>{rows}</tbody></table>")
        }
        Block::Rule => "<hr />".to_owned(),
        Block::Footnote { label, blocks } => format!("<footnote {label}>{}</footnote>", blocks_html(blocks)),
    }
}

fn items_html(items: &[ListItem]) -> String {
    let item = |it: &ListItem| {
        let task = match it.is_done {
            Some(true) => "<input disabled=\"\" type=\"checkbox\" checked=\"\"/> ",
            Some(false) => "<input disabled=\"\" type=\"checkbox\"/> ",
            None => "",
        };
        format!("<li>{task}{}</li>", blocks_html(&it.blocks))
    };
    items.iter().map(item).collect()
}

fn row_html(name: &str, columns: &[Align], cells: &[Vec<Inline>]) -> String {
    let cell = |(align, line): (&Align, &Vec<Inline>)| {
        let align = match align {
            Align::Default => "",
            Align::Left => " style=\"text-align: left\"",
            Align::Center => " style=\"text-align: center\"",
            Align::Right => " style=\"text-align: right\"",
        };
        format!("<{name}{align}>{}</{name}>", line_html(line))
    };
    format!("<tr>{}</tr>", columns.iter().zip(cells).map(cell).collect::<String>())
}

fn line_html(line: &[Inline]) -> String {
    let piece = |it: &Inline| match it {
        Inline::Text(text) => escaped(text),
        Inline::Code(text) => format!("<code>{}</code>", escaped(text)),
        Inline::Formula { text, .. } => format!("<math>{}</math>", escaped(text)),
        Inline::Emphasis(line) => format!("<em>{}</em>", line_html(line)),
        Inline::Strong(line) => format!("<strong>{}</strong>", line_html(line)),
        Inline::Strike(line) => format!("<del>{}</del>", line_html(line)),
        Inline::Element { name, children } => format!("<{name}>{}</{name}>", line_html(children)),
        Inline::Link { href, children } => format!("<a href=\"{}\">{}</a>", escaped(href), line_html(children)),
        Inline::Image { src, alt, .. } => format!("<img src=\"{}\" alt=\"{}\" />", escaped(src), escaped(alt)),
        Inline::Break => "<br />\n".to_owned(),
        Inline::Deeplink { .. } | Inline::FootnoteReference { .. } | Inline::Marks(_) => format!("<{it:?}>"),
    };
    line.iter().map(piece).collect()
}

/// An HTML token.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Tag(String),
    /// Text without entities.
    Text(String),
}

fn tokens(html: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let end = match rest.strip_prefix('<') {
            Some(tag) => tag.find('>').map_or(rest.len(), |at| at + 2),
            None => rest.find('<').unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(end);
        rest = after;
        tokens.push(if token.starts_with('<') { Token::Tag(token.to_owned()) } else { Token::Text(unescaped(token)) });
    }
    tokens
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split_once('"').map(|(value, _)| unescaped(value))
}

/// Applies the allow-lists to links and images.
fn allow_listed(tokens: &[Token]) -> Vec<Token> {
    let mut ours = Vec::new();
    let mut kept = Vec::new();
    let link = |href: &str| match Target::read(href) {
        Some(Target::Web(href)) => Some(format!("<a href=\"{}\">", escaped(&href))),
        _ => None,
    };
    for token in tokens {
        match token {
            Token::Tag(tag) if tag.starts_with("<a ") => {
                let tag = link(&attribute(tag, "href").unwrap_or_default());
                kept.push(tag.is_some());
                ours.extend(tag.map(Token::Tag));
            }
            Token::Tag(tag) if tag == "</a>" => ours.extend(kept.pop().unwrap_or(true).then(|| token.clone())),
            Token::Tag(tag) if tag.starts_with("<img ") => {
                let (src, alt) = (attribute(tag, "src").unwrap_or_default(), attribute(tag, "alt").unwrap_or_default());
                match Target::read(&src) {
                    Some(Target::Web(src)) if src.starts_with("https:") => {
                        let tag = format!("<img src=\"{}\" alt=\"{}\" />", escaped(&src), escaped(&alt));
                        ours.push(Token::Tag(tag));
                    }
                    _ => ours.push(Token::Text(if alt.is_empty() { src } else { alt })),
                }
            }
            other => ours.push(other.clone()),
        }
    }
    ours
}

/// Writes the tokens without insignificant spaces.
fn written(tokens: &[Token]) -> String {
    const BLOCKS: [&str; 22] = [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "hr",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "br",
        "",
        "input",
    ];
    let is_block = |at: Option<&Token>| match at {
        Some(Token::Tag(tag)) => {
            let name = tag.trim_start_matches(['<', '/']).split(|it: char| !it.is_ascii_alphanumeric()).next();
            BLOCKS.contains(&name.unwrap_or_default())
        }
        Some(Token::Text(_)) => false,
        None => true,
    };
    let mut html = String::new();
    let mut in_pre = false;
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            Token::Tag(tag) => {
                in_pre = if tag == "<pre>" { true } else { in_pre && tag != "</pre>" };
                html.push_str(&tag.replace(" />", ">").replace("/>", ">"));
                at += 1;
            }
            Token::Text(_) => {
                let run = tokens[at..].iter().map_while(|it| match it {
                    Token::Text(text) => Some(text.as_str()),
                    Token::Tag(_) => None,
                });
                let end = at + run.clone().count();
                let text: String = run.collect();
                if in_pre {
                    html.push_str(&escaped(&text));
                } else {
                    let (is_first, is_last) = (at == 0 || is_block(tokens.get(at - 1)), is_block(tokens.get(end)));
                    let is_space = |it: char| matches!(it, ' ' | '\n' | '\t');
                    let words = text.split(is_space).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
                    let before = if !is_first && text.starts_with(is_space) { " " } else { "" };
                    let after = if !is_last && text.ends_with(is_space) && !words.is_empty() { " " } else { "" };
                    html.push_str(&format!("{before}{}{after}", escaped(&words)));
                }
                at = end;
            }
        }
    }
    html
}
