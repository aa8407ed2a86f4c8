//! Markdown as a tree. Pure: text in, blocks out, never HTML.

mod builder;
mod definitions;
mod frame;
mod linked;
mod placing;

use builder::Builder;
use definitions::Definition;
use pulldown_cmark::{Options, Parser};

use super::{
    hide::hide,
    mark::{Mark, Marked},
    target::Deeplink,
};

/// A block.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Block {
    /// Text of its own.
    Paragraph(Vec<Inline>),
    /// Text without a paragraph around it, as in a tight list.
    Plain(Vec<Inline>),
    /// A heading of level 1 to 6.
    Heading(u8, Vec<Inline>),
    /// A code block; the language may be empty.
    Code { language: String, text: String },
    /// A quotation.
    Quote(Vec<Block>),
    /// A list; numbered from `start` if there is one.
    List { start: Option<u64>, items: Vec<ListItem> },
    /// A table; every row has a cell for each column, but for empty ones at the ends of rows of a very large one.
    Table { columns: Vec<Align>, head: Vec<Vec<Inline>>, rows: Vec<Vec<Vec<Inline>>> },
    /// A line across.
    Rule,
    /// What a footnote says.
    Footnote { label: String, blocks: Vec<Block> },
}

/// An item of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListItem {
    /// Whether a task is done; `None` for no task.
    pub is_done: Option<bool>,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// How a column is aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Align {
    Default,
    Left,
    Center,
    Right,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Inline {
    Text(String),
    Code(String),
    /// In LaTeX.
    Formula {
        text: String,
        is_display: bool,
    },
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Strike(Vec<Inline>),
    /// An element of HTML that Markdown has no sign for: `sub`, `sup`, `kbd`, `mark` or `u`.
    Element {
        name: &'static str,
        children: Vec<Inline>,
    },
    /// To a place of an allowed scheme.
    Link {
        href: String,
        children: Vec<Inline>,
    },
    /// Something for the page to do.
    Deeplink {
        link: Deeplink,
        children: Vec<Inline>,
    },
    /// Shown only if its host is allowed, since showing it tells that host of the reader; else a link or, in one, text.
    Image {
        src: String,
        alt: String,
        is_in_link: bool,
    },
    /// To a footnote that is defined; the first one is where the footnote leads back to.
    FootnoteReference {
        label: String,
        is_first: bool,
    },
    /// The sources of what stands before it; never empty.
    Marks(Vec<Mark>),
    Break,
}

/// Reads GitHub-flavoured Markdown and returns the top-level blocks, each with the offset of its first line.
pub fn parse(source: &str) -> Vec<(usize, Block)> {
    read(source, &Reading::default()).parts.into_iter().map(|it| (it.start, it.block)).collect()
}

/// What is known of a text beside its words.
#[derive(Default)]
pub(super) struct Reading<'a> {
    /// True if more may come, so that the end may yet turn out to be something else.
    pub(super) may_grow: bool,
    /// The text before it.
    pub(super) before: &'a str,
    /// The footnotes that were referred to before.
    pub(super) notes: &'a [String],
    /// What is to be marked, in order.
    pub(super) marks: &'a [Marked],
    /// What the page holds of it beside its words, up to here.
    pub(super) cost: usize,
}

/// A top-level block.
pub(super) struct Part {
    /// The offset of its first line.
    pub(super) start: usize,
    pub(super) block: Block,
    /// How many footnotes were referred to up to its end, and how many marks stand there.
    pub(super) n_notes: usize,
    pub(super) n_marks: usize,
    pub(super) cost: usize,
}

/// The top-level blocks of a text.
pub(super) struct Read {
    pub(super) parts: Vec<Part>,
    /// All footnotes that were referred to.
    pub(super) notes: Vec<String>,
    /// The length of the text that is shown; what follows waits for more.
    pub(super) len: usize,
}

/// Reads the top-level blocks of a text, of which more may be known.
pub(super) fn read(source: &str, reading: &Reading<'_>) -> Read {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_FOOTNOTES;
    let hidden = hide(source, reading.may_grow);
    let text = hidden.text.as_str();
    let in_text = |it: &Marked| Marked { offset: hidden.in_text(it.offset), mark: it.mark.clone() };
    let marks: Vec<Marked> =
        reading.marks.iter().filter(|it| !reading.may_grow || it.offset <= hidden.len).map(in_text).collect();
    let events = Parser::new_ext(text, options).into_offset_iter();
    let definitions = Definition::all(events.reference_definitions(), &hidden);
    let mut builder = Builder::new(&hidden, &marks, &definitions, reading);
    let (mut start, mut line, mut looked_at) = (0, 0, 0);
    let mut parts: Vec<Part> = Vec::new();
    for (event, range) in events {
        if builder.is_between_blocks() {
            // The indentation of the first line belongs to the block.
            if let Some(at) = text[looked_at..range.start].rfind('\n') {
                line = looked_at + at + 1;
            }
            looked_at = range.start;
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
    Read { parts, notes, len: hidden.len }
}

#[cfg(test)]
pub(super) mod spec;
#[cfg(test)]
mod tests;
