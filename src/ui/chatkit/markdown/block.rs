//! Markdown as a tree of blocks. Pure: parses text, never produces HTML.

mod autolinks;
mod builder;
mod definitions;
mod mark_position;
mod open_block;

use builder::Builder;
use definitions::LinkDefinition;
use pulldown_cmark::{Options, Parser};

use super::{
    citation_mark::{Mark, PlacedMark},
    hide::hide,
    link_target::Deeplink,
};

/// A block element.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// Text without a paragraph around it, as in a tight list.
    Plain(Vec<Inline>),
    /// A heading of level 1 to 6.
    Heading(u8, Vec<Inline>),
    /// A code block. The language may be empty.
    Code { language: String, text: String },
    /// A block quote.
    Quote(Vec<Block>),
    /// A list, numbered from `start` if set.
    List { start: Option<u64>, items: Vec<ListItem> },
    /// A table. Every row has a cell per column, except that very large tables omit empty cells at row ends.
    Table { columns: Vec<Align>, head: Vec<Vec<Inline>>, rows: Vec<Vec<Vec<Inline>>> },
    /// A thematic break.
    Rule,
    /// A footnote definition.
    Footnote { label: String, blocks: Vec<Block> },
}

/// A list item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListItem {
    /// State of a task item. `None` for other items.
    pub is_done: Option<bool>,
    /// Content of the item.
    pub blocks: Vec<Block>,
}

/// Alignment of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Align {
    Default,
    Left,
    Center,
    Right,
}

/// An inline element.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Inline {
    Text(String),
    Code(String),
    /// A LaTeX formula.
    Formula {
        text: String,
        is_display: bool,
    },
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Strike(Vec<Inline>),
    /// An HTML element without Markdown syntax: `sub`, `sup`, `kbd`, `mark` or `u`.
    Element {
        name: &'static str,
        children: Vec<Inline>,
    },
    /// A link with an allowed scheme.
    Link {
        href: String,
        children: Vec<Inline>,
    },
    /// A link that the page handles.
    Deeplink {
        link: Deeplink,
        children: Vec<Inline>,
    },
    /// An image. It is loaded from allowed hosts only, because loading reveals the reader to the host. Otherwise it
    /// becomes a link, or text inside a link.
    Image {
        src: String,
        alt: String,
        is_in_link: bool,
    },
    /// A reference to a defined footnote. The footnote links back to the first one.
    FootnoteReference {
        label: String,
        is_first: bool,
    },
    /// Citation marks of the preceding text, never empty.
    Marks(Vec<Mark>),
    Break,
}

/// Parses GitHub-flavoured Markdown. Returns the top-level blocks, each with the offset of its first line.
pub fn parse(source: &str) -> Vec<(usize, Block)> {
    read(source, &ParseContext::default()).parts.into_iter().map(|it| (it.start, it.block)).collect()
}

/// Parse context of a text.
#[derive(Default)]
pub(super) struct ParseContext<'a> {
    /// True while more text may follow, so that the end may still change its meaning.
    pub(super) may_grow: bool,
    /// The text before it.
    pub(super) before: &'a str,
    /// Footnotes referenced before.
    pub(super) notes: &'a [String],
    /// Citation marks in order.
    pub(super) marks: &'a [PlacedMark],
    /// Accumulated rendering cost before this text.
    pub(super) cost: usize,
}

/// A top-level block.
pub(super) struct Part {
    /// Offset of its first line.
    pub(super) start: usize,
    pub(super) block: Block,
    /// Number of footnotes referenced, and of marks placed, up to its end.
    pub(super) n_notes: usize,
    pub(super) n_marks: usize,
    pub(super) cost: usize,
}

/// Result of parsing a text.
pub(super) struct ParseResult {
    pub(super) parts: Vec<Part>,
    /// All referenced footnotes.
    pub(super) notes: Vec<String>,
    /// Length of the displayed text. The rest waits for more input.
    pub(super) len: usize,
}

/// Parses the top-level blocks of a text in the given context.
pub(super) fn read(source: &str, reading: &ParseContext<'_>) -> ParseResult {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_FOOTNOTES;
    let hidden = hide(source, reading.may_grow);
    let text = hidden.text.as_str();
    let in_text = |it: &PlacedMark| PlacedMark { offset: hidden.in_text(it.offset), mark: it.mark.clone() };
    let marks: Vec<PlacedMark> =
        reading.marks.iter().filter(|it| !reading.may_grow || it.offset <= hidden.len).map(in_text).collect();
    let events = Parser::new_ext(text, options).into_offset_iter();
    let definitions = LinkDefinition::all(events.reference_definitions(), &hidden);
    let mut builder = Builder::new(&hidden, &marks, &definitions, reading);
    let (mut start, mut line, mut count_examined) = (0, 0, 0);
    let mut parts: Vec<Part> = Vec::new();
    for (event, range) in events {
        if builder.is_between_blocks() {
            // The indentation of the first line belongs to the block.
            if let Some(at) = text[count_examined..range.start].rfind('\n') {
                line = count_examined + at + 1;
            }
            count_examined = range.start;
            start = hidden.in_source(line);
        }
        builder.take(event, range);
        if builder.is_between_blocks() {
            let (n_notes, n_marks, cost) = (builder.n_notes(), builder.n_marks(), builder.cost);
            parts.extend(builder.take_done().map(|block| Part { start, block, n_notes, n_marks, cost }));
        }
    }
    definitions::list(&mut parts, &definitions, &hidden, reading, builder.has_reference);
    let (notes, rest) = builder.finish();
    if !rest.is_empty() {
        let n_marks = marks.len();
        match parts.last_mut() {
            Some(Part { block: Block::Paragraph(line), n_marks: n, .. }) => {
                line.push(Inline::Marks(rest));
                *n = n_marks;
            }
            _ => {
                let block = Block::Paragraph(vec![Inline::Marks(rest)]);
                parts.push(Part { start: hidden.len, block, n_notes: notes.len(), n_marks, cost: 0 });
            }
        }
    }
    ParseResult { parts, notes, len: hidden.len }
}

#[cfg(test)]
pub(super) mod commonmark_spec;
#[cfg(test)]
mod tests;
