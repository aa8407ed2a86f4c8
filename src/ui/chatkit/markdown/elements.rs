//! Markdown as data elements, for views that are drawn from data. Images become links.

use super::{
    block::{Block, Inline, ListItem, parse},
    direction,
};
use crate::ui::{tree::Element, words::markdown as words};

/// Parses Markdown and converts it to elements.
pub(in crate::ui::chatkit) fn elements(source: &str) -> Vec<Element> {
    parse(source).iter().map(|(_, block)| draw(block)).collect()
}

fn draw(block: &Block) -> Element {
    match block {
        Block::Paragraph(line) => with_line(Element::new("p"), line),
        Block::Plain(line) => with_line(Element::new("span"), line),
        Block::Heading(level, line) => with_line(Element::new(heading(*level)), line),
        Block::Code { text, .. } => Element::of("pre", "code__text")
            .attribute("tabindex", "0")
            .attribute("role", "group")
            .attribute("aria-label", words::CODE)
            .child(Element::new("code").text(text)),
        Block::Quote(blocks) | Block::Footnote { blocks, .. } => {
            Element::new("blockquote").children(blocks.iter().map(draw))
        }
        Block::List { start: None, items } => Element::new("ul").children(items.iter().map(item)),
        Block::List { start: Some(start), items } => {
            Element::new("ol").attribute("start", start.to_string()).children(items.iter().map(item))
        }
        Block::Table { head, rows, .. } => {
            let cells = |tag, cells: &[Vec<Inline>]| {
                Element::new("tr").children(cells.iter().map(|it| with_line(Element::new(tag), it)))
            };
            Element::of("div", "markdown__table")
                .attribute("tabindex", "0")
                .attribute("role", "group")
                .attribute("aria-label", words::TABLE)
                .maybe("dir", direction::of_table(head, rows))
                .child(
                    Element::new("table")
                        .child(Element::new("thead").child(cells("th", head)))
                        .child(Element::new("tbody").children(rows.iter().map(|it| cells("td", it)))),
                )
        }
        Block::Rule => Element::new("hr"),
    }
}

fn heading(level: u8) -> &'static str {
    match level {
        1 => "h3",
        2 => "h4",
        3 => "h5",
        _ => "h6",
    }
}

fn item(item: &ListItem) -> Element {
    let task = item.is_done.map(|is_done| {
        Element::of("input", "markdown__task")
            .attribute("type", "checkbox")
            .flag("checked", is_done)
            .flag("disabled", true)
            .attribute("aria-label", if is_done { words::TASK_DONE } else { words::TASK_OPEN })
    });
    Element::new("li").maybe_child(task).children(item.blocks.iter().map(draw))
}

fn with_line(mut element: Element, line: &[Inline]) -> Element {
    for it in line {
        element = match it {
            Inline::Text(text) => element.text(text),
            Inline::Marks(_) => element,
            Inline::Code(text) | Inline::Formula { text, .. } => element.child(Element::new("code").text(text)),
            Inline::Emphasis(line) => element.child(with_line(Element::new("em"), line)),
            Inline::Strong(line) => element.child(with_line(Element::new("strong"), line)),
            Inline::Strike(line) => element.child(with_line(Element::new("s"), line)),
            Inline::Element { name, children } => element.child(with_line(Element::new(name), children)),
            Inline::Link { href, children } => element.child(with_line(link(href), children)),
            Inline::Deeplink { children, .. } => with_line(element, children),
            Inline::Image { src, alt, is_in_link } => {
                let name = if alt.is_empty() { src } else { alt };
                if *is_in_link { element.text(name) } else { element.child(link(src).text(name)) }
            }
            Inline::FootnoteReference { label, .. } => element.child(Element::new("sup").text(label)),
            Inline::Break => element.child(Element::new("br")),
        };
    }
    element
}

fn link(href: &str) -> Element {
    Element::new("a")
        .attribute("href", href)
        .attribute("target", "_blank")
        .attribute("rel", "noopener noreferrer nofollow")
}
