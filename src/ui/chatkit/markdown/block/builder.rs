//! Construction of blocks from parser events.

mod place_marks;
mod references;

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::{
    Block, Inline, ListItem, ParseContext,
    definitions::LinkDefinition,
    open_block::{Frame, Openness, align_of, holds_blocks, is_blank, is_literal, language_of, level_of},
};
use crate::ui::chatkit::markdown::{
    citation_mark::{Mark, PlacedMark},
    hide::{Hidden, Piece, is_mark},
    html_tag,
};

/// Maximum nesting depth. Deeper blocks are flattened, because they would exhaust the stack of the renderer.
pub(super) const MAX_DEPTH: usize = 24;

/// Maximum rendering cost of a text, in units of about 100 bytes of DOM. Formulas, links, code blocks and footnotes
/// take far more space there than in the source. Elements beyond the limit are rendered as text.
const MAX_COST: usize = 5000;

/// Number of cells above which a table omits empty cells at the ends of rows.
const MAX_CELLS: usize = 10_000;

/// Builds blocks from parser events and tracks open elements.
pub(super) struct Builder<'a> {
    hidden: &'a Hidden<'a>,
    /// Offset of the end of the text if more may follow.
    open_end: Option<usize>,
    marks: &'a [PlacedMark],
    definitions: &'a [LinkDefinition],
    /// True if a link uses one of the definitions.
    pub(super) has_reference: bool,
    /// Number of marks placed so far.
    n_marks: usize,
    stack: Vec<Frame<'a>>,
    done: Vec<Block>,
    n_flattened: usize,
    /// Accumulated rendering cost.
    pub(super) cost: usize,
    /// Footnotes referenced so far.
    footnotes: Vec<String>,
}

impl<'a> Builder<'a> {
    /// Creates a builder. `marks` are ordered by their offset in the parsed text.
    pub(super) fn new(
        hidden: &'a Hidden<'a>,
        marks: &'a [PlacedMark],
        definitions: &'a [LinkDefinition],
        reading: &ParseContext<'a>,
    ) -> Self {
        Self {
            hidden,
            open_end: reading.may_grow.then(|| hidden.text.trim_end().len()),
            marks,
            definitions,
            has_reference: false,
            n_marks: 0,
            stack: Vec::new(),
            done: Vec::new(),
            n_flattened: 0,
            cost: reading.cost,
            footnotes: reading.notes.to_vec(),
        }
    }

    /// Returns the number of footnotes referenced so far.
    pub(super) fn n_notes(&self) -> usize {
        self.footnotes.len()
    }

    /// Returns the number of marks placed so far.
    pub(super) fn n_marks(&self) -> usize {
        self.n_marks
    }

    /// Returns the referenced footnotes and the marks that could not be placed.
    pub(super) fn finish(self) -> (Vec<String>, Vec<Mark>) {
        (self.footnotes, self.marks[self.n_marks..].iter().map(|it| it.mark.clone()).collect())
    }

    /// True if no element is open.
    pub(super) fn is_between_blocks(&self) -> bool {
        self.stack.is_empty()
    }

    /// Takes the completed blocks.
    pub(super) fn take_done(&mut self) -> impl Iterator<Item = Block> {
        self.done.drain(..)
    }

    /// Handles the next event.
    pub(super) fn take(&mut self, event: Event<'a>, range: Range<usize>) {
        match &event {
            Event::Text(text) if self.is_opener(text, range.start) => return,
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => self.push_marks(range.end - 1),
            Event::End(_) => self.push_marks(range.end),
            Event::Text(text) if text.len() == range.len() && self.takes_marks() => {
                return self.push_marked(text, &range);
            }
            _ => self.push_marks(range.start),
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(&range),
            Event::Text(text @ CowStr::Borrowed(_)) => self.push_pieces(&text),
            // Hidden characters never come from entities.
            Event::Text(text) => self.push_text(&text),
            // Raw HTML is rendered as text.
            Event::Html(text) | Event::InlineHtml(text) => self.push_text(&self.hidden.restored(&text)),
            Event::Code(text) => {
                self.push_inline(Inline::Code(self.hidden.restored(&text).into_owned()));
            }
            Event::SoftBreak if self.stack.last().is_some_and(Frame::begins_line) => {}
            Event::SoftBreak => self.push_text("\n"),
            Event::HardBreak => self.push_inline(Inline::Break),
            Event::Rule => self.push_block(Block::Rule),
            Event::TaskListMarker(is_done) => {
                if let Some(frame) = self.stack.iter_mut().rfind(|frame| matches!(frame.tag, Tag::Item)) {
                    frame.is_done = Some(is_done);
                }
            }
            Event::FootnoteReference(label) => self.push_reference(&label),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.push_text(&text),
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        // Tables are never flattened, because rows and cells depend on each other.
        let is_table = matches!(tag, Tag::TableHead | Tag::TableRow | Tag::TableCell);
        if self.n_flattened > 0 || (self.stack.len() >= MAX_DEPTH && !is_table) {
            self.n_flattened += 1;
        } else {
            self.stack.push(Frame::new(tag));
        }
    }

    /// True for an emphasis delimiter that may still be closed.
    fn is_opener(&self, text: &str, at: usize) -> bool {
        let is_mark = text.bytes().all(|it| matches!(it, b'*' | b'_' | b'~'));
        let next = self.hidden.openers.partition_point(|it| it.end <= at);
        is_mark && self.hidden.openers.get(next).is_some_and(|it| it.contains(&at))
    }

    fn openness(&self, end: usize) -> Openness {
        match self.open_end.is_some_and(|it| it <= end) {
            true if self.hidden.text.ends_with(char::is_whitespace) => Openness::Open,
            true => Openness::InWord,
            false => Openness::Closed,
        }
    }

    fn end(&mut self, range: &Range<usize>) {
        if self.n_flattened > 0 {
            self.n_flattened -= 1;
            return;
        }
        let openness = self.openness(range.end);
        let Some(mut frame) = self.stack.pop() else { return };
        if !holds_blocks(&frame.tag) {
            frame.end_tags(openness);
        }
        if !self.is_in_link() && !is_literal(&frame.tag) {
            frame.inlines = frame.linked(openness);
        }
        let is_hidden = is_blank(&frame.inlines) && self.hidden.text[range.start..].starts_with(is_mark);
        match std::mem::replace(&mut frame.tag, Tag::Paragraph) {
            // A heading of comments alone.
            Tag::Heading { .. } if is_hidden => self.push_block(Block::Rule),
            Tag::Heading { level, .. } => self.push_block(Block::Heading(level_of(level), frame.inlines)),
            Tag::CodeBlock(kind) => {
                let language = self.hidden.restored(&language_of(&kind)).into_owned();
                let text = frame.text();
                match self.fits_budget(8) {
                    true => self.push_block(Block::Code { language, text }),
                    false => self.push_block(Block::Paragraph(vec![Inline::Code(text)])),
                }
            }
            Tag::HtmlBlock => self.push_block(Block::Paragraph(vec![Inline::Text(frame.text().trim_end().to_owned())])),
            Tag::BlockQuote(_) => {
                frame.flush(openness);
                self.push_block(Block::Quote(frame.blocks));
            }
            Tag::FootnoteDefinition(label) => {
                frame.flush(openness);
                let label = self.hidden.restored(&label).to_lowercase();
                match self.fits_budget(4) {
                    true => self.push_block(Block::Footnote { label, blocks: frame.blocks }),
                    false => frame.blocks.into_iter().for_each(|block| self.push_block(block)),
                }
            }
            Tag::List(start) => self.push_block(Block::List { start, items: frame.items }),
            Tag::Item => {
                frame.flush(openness);
                if frame.blocks.is_empty() {
                    frame.blocks.extend(LinkDefinition::within(self.definitions, range.start, range.end));
                }
                self.push_item(ListItem { is_done: frame.is_done, blocks: frame.blocks });
            }
            Tag::Table(columns) => {
                let columns = columns.into_iter().map(align_of).collect();
                self.push_block(Block::Table { columns, head: frame.head, rows: frame.rows });
            }
            Tag::TableHead => self.with_parent(|parent| parent.head = frame.cells),
            Tag::TableRow => self.with_parent(|parent| {
                let is_large = parent.rows.len() * frame.cells.len() > MAX_CELLS;
                while is_large && frame.cells.pop_if(|it| it.is_empty()).is_some() {}
                parent.rows.push(frame.cells);
            }),
            Tag::TableCell => self.with_parent(|parent| parent.cells.push(frame.inlines)),
            Tag::Emphasis => self.push_inline(Inline::Emphasis(frame.inlines)),
            Tag::Strong => self.push_inline(Inline::Strong(frame.inlines)),
            Tag::Strikethrough => self.push_inline(Inline::Strike(frame.inlines)),
            Tag::Link { link_type: LinkType::Email, dest_url, .. } => {
                self.push_link(&format!("mailto:{dest_url}"), frame.inlines);
            }
            Tag::Link { link_type, dest_url, .. } => {
                self.has_reference |= !matches!(link_type, LinkType::Inline | LinkType::Autolink);
                self.push_link(&dest_url, frame.inlines);
            }
            Tag::Image { dest_url, .. } => self.push_image(&dest_url, frame.inlines),
            Tag::Paragraph if is_hidden => {}
            _ if frame.blocks.is_empty() => self.push_block(Block::Paragraph(frame.inlines)),
            // An element flattened into a paragraph.
            _ => {
                frame.flush(openness);
                frame.blocks.into_iter().for_each(|block| self.push_block(block));
            }
        }
    }

    fn fits_budget(&mut self, cost: usize) -> bool {
        self.cost += cost;
        self.cost <= MAX_COST
    }

    fn push_pieces(&mut self, text: &str) {
        let hidden = self.hidden;
        if self.stack.last().is_some_and(|it| matches!(it.tag, Tag::CodeBlock(_) | Tag::HtmlBlock)) {
            return self.push_text(&hidden.restored(text));
        }
        for piece in hidden.pieces(text) {
            match piece {
                Piece::Text(text) => self.push_text(text),
                Piece::Open(text) => self.with_parent(|frame| frame.push_open(text)),
                Piece::Formula { text, is_display } => {
                    let text = text.to_owned();
                    let is_formula = self.fits_budget(2);
                    self.push_inline(if is_formula {
                        Inline::Formula { text, is_display }
                    } else {
                        Inline::Code(text)
                    });
                }
                Piece::Tag(tag, written) => self.push_tag(tag, written),
                Piece::Nothing => {}
            }
        }
    }

    fn push_tag(&mut self, tag: html_tag::Tag, written: &str) {
        let is_in_link = self.is_in_link();
        let depth = self.stack.iter().map(|it| 1 + it.tags.len()).sum::<usize>();
        let Some(frame) = self.stack.last_mut() else { return };
        match tag {
            html_tag::Tag::Open(_) if depth >= MAX_DEPTH => frame.push_text(written),
            html_tag::Tag::Break => frame.push_break(),
            html_tag::Tag::Open(name) => {
                frame.tags.push((frame.inlines.len(), name));
                frame.inlines.push(Inline::Text(written.to_owned()));
            }
            html_tag::Tag::Close(name) => frame.close_tag(name, written, is_in_link),
            html_tag::Tag::Empty => {}
        }
    }

    fn push_text(&mut self, text: &str) {
        match self.stack.last_mut() {
            Some(frame) => frame.push_text(text),
            None => self.done.push(Block::Paragraph(vec![Inline::Text(text.to_owned())])),
        }
    }

    fn push_inline(&mut self, inline: Inline) {
        match (self.stack.last_mut(), inline) {
            (_, Inline::Text(text)) => self.push_text(&text),
            (Some(frame), inline) => frame.inlines.push(inline),
            (None, inline) => self.done.push(Block::Paragraph(vec![inline])),
        }
    }

    fn push_block(&mut self, block: Block) {
        match self.stack.last_mut() {
            Some(frame) => frame.push_block(block),
            None => self.done.push(block),
        }
    }

    fn push_item(&mut self, item: ListItem) {
        self.with_parent(|parent| match parent.tag {
            Tag::List(_) => parent.items.push(item),
            _ => item.blocks.into_iter().for_each(|block| parent.push_block(block)),
        });
    }

    fn with_parent(&mut self, change: impl FnOnce(&mut Frame<'a>)) {
        if let Some(parent) = self.stack.last_mut() {
            change(parent);
        }
    }
}
