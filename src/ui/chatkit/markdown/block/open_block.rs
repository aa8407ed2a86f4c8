//! Open blocks and inline elements.

use pulldown_cmark::{Alignment, CodeBlockKind, HeadingLevel, Tag};

use super::{Align, Block, Inline, ListItem, autolinks::with_links};

/// An open block or inline element.
pub(super) struct Frame<'a> {
    pub(super) tag: Tag<'a>,
    pub(super) blocks: Vec<Block>,
    pub(super) inlines: Vec<Inline>,
    /// Unclosed tags: index in the line and source text.
    pub(super) tags: Vec<(usize, &'static str)>,
    pub(super) items: Vec<ListItem>,
    pub(super) cells: Vec<Vec<Inline>>,
    pub(super) head: Vec<Vec<Inline>>,
    pub(super) rows: Vec<Vec<Vec<Inline>>>,
    pub(super) is_done: Option<bool>,
    /// Index in the line after which the rest may become code.
    open: Option<usize>,
}

/// State of the end of a block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Openness {
    Closed,
    /// More text may follow.
    Open,
    /// More text may follow, even within the last word.
    InWord,
}

impl<'a> Frame<'a> {
    pub(super) fn new(tag: Tag<'a>) -> Self {
        Self {
            tag,
            blocks: Vec::new(),
            inlines: Vec::new(),
            tags: Vec::new(),
            items: Vec::new(),
            cells: Vec::new(),
            head: Vec::new(),
            rows: Vec::new(),
            is_done: None,
            open: None,
        }
    }

    pub(super) fn push_block(&mut self, block: Block) {
        self.flush(Openness::Closed);
        self.blocks.push(block);
    }

    pub(super) fn flush(&mut self, openness: Openness) {
        self.end_tags(openness);
        let line = self.linked(openness);
        if !is_blank(&line) {
            self.blocks.push(Block::Plain(line));
        }
    }

    /// Returns the line with bare addresses as links, except after an unclosed code delimiter.
    pub(super) fn linked(&mut self, openness: Openness) -> Vec<Inline> {
        let n_sure = self.open.take().unwrap_or(self.inlines.len());
        let open = self.inlines.split_off(n_sure.min(self.inlines.len()));
        let is_in_word = openness == Openness::InWord && open.is_empty();
        let mut line = with_links(std::mem::take(&mut self.inlines), is_in_word);
        line.extend(open);
        line
    }

    pub(super) fn push_open(&mut self, text: &str) {
        self.open = Some(self.inlines.len());
        self.inlines.push(Inline::Text(text.to_owned()));
    }

    /// Renders unclosed tags as text. While more text may follow, they are not displayed.
    pub(super) fn end_tags(&mut self, openness: Openness) {
        let tags = std::mem::take(&mut self.tags);
        if tags.is_empty() {
            return;
        }
        let is_shown = |at| openness == Openness::Closed || tags.binary_search_by_key(&at, |it| it.0).is_err();
        let line = std::mem::take(&mut self.inlines).into_iter().enumerate();
        self.inlines = joined(line.filter(|it| is_shown(it.0)).map(|it| it.1));
    }

    pub(super) fn push_text(&mut self, text: &str) {
        let is_behind_tag = self.tags.last().is_some_and(|it| it.0 + 1 == self.inlines.len());
        match self.inlines.last_mut() {
            Some(Inline::Text(last)) if !is_behind_tag => last.push_str(text),
            _ => self.inlines.push(Inline::Text(text.to_owned())),
        }
    }

    /// True after `<br>` and after a comment on its own line, where the line end adds nothing.
    pub(super) fn begins_line(&self) -> bool {
        match self.inlines.last() {
            Some(Inline::Text(text)) => text.ends_with('\n'),
            last => matches!(last, None | Some(Inline::Break)),
        }
    }

    /// Adds a line break and removes a soft break before it.
    pub(super) fn push_break(&mut self) {
        if let Some(Inline::Text(last)) = self.inlines.last_mut()
            && last.ends_with('\n')
        {
            last.pop();
        }
        self.inlines.push(Inline::Break);
    }

    pub(super) fn close_tag(&mut self, name: &'static str, written: &str, is_in_link: bool) {
        let Some(open) = self.tags.iter().rposition(|it| it.1 == name) else { return self.push_text(written) };
        let (at, _) = self.tags[open];
        let rest = self.inlines.split_off(at + 1);
        self.inlines.truncate(at);
        self.tags.truncate(open);
        let rest = joined(rest);
        let children = if is_in_link { rest } else { with_links(rest, false) };
        self.inlines.push(Inline::Element { name, children });
    }

    pub(super) fn text(&self) -> String {
        plain_text(&self.inlines)
    }
}

/// True for a line of spaces, as between comments.
pub(super) fn is_blank(line: &[Inline]) -> bool {
    line.iter().all(|it| matches!(it, Inline::Text(text) if text.trim().is_empty()))
}

/// Merges adjacent texts.
pub(super) fn joined(line: impl IntoIterator<Item = Inline>) -> Vec<Inline> {
    let mut joined: Vec<Inline> = Vec::new();
    for inline in line {
        match (joined.last_mut(), inline) {
            (Some(Inline::Text(last)), Inline::Text(text)) => last.push_str(&text),
            (_, inline) => joined.push(inline),
        }
    }
    joined
}

pub(super) fn plain_text(line: &[Inline]) -> String {
    let text_of = |inline: &Inline| match inline {
        Inline::Text(text) | Inline::Code(text) | Inline::Formula { text, .. } => text.clone(),
        Inline::Emphasis(line) | Inline::Strong(line) | Inline::Strike(line) => plain_text(line),
        Inline::Link { children, .. } | Inline::Deeplink { children, .. } | Inline::Element { children, .. } => {
            plain_text(children)
        }
        Inline::Image { alt, .. } => alt.clone(),
        Inline::FootnoteReference { label, .. } => format!("[^{label}]"),
        Inline::Marks(_) => String::new(),
        Inline::Break => "\n".to_owned(),
    };
    line.iter().map(text_of).collect()
}

/// True for tags with literal text, and for tags that link their lines when they are flushed.
pub(super) fn is_literal(tag: &Tag<'_>) -> bool {
    holds_blocks(tag) || matches!(tag, Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Link { .. } | Tag::Image { .. })
}

pub(super) fn holds_blocks(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Item | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_))
}

pub(super) fn level_of(level: HeadingLevel) -> u8 {
    level as u8
}

pub(super) fn language_of(kind: &CodeBlockKind<'_>) -> String {
    match kind {
        CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_owned(),
        CodeBlockKind::Indented => String::new(),
    }
}

pub(super) fn align_of(alignment: Alignment) -> Align {
    match alignment {
        Alignment::None => Align::Default,
        Alignment::Left => Align::Left,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::Right,
    }
}
