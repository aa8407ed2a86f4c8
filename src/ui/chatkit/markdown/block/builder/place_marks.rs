//! Placement of citation marks in lines.

use std::ops::Range;

use pulldown_cmark::Tag;

use super::Builder;
use crate::ui::chatkit::markdown::block::{Inline, mark_position::place, open_block::Frame};

impl Builder<'_> {
    /// True if the open element accepts marks. Marks follow links and never occur in code.
    pub(super) fn takes_marks(&self) -> bool {
        let is_line = |it: &Frame<'_>| match it.tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::TableCell => true,
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => true,
            Tag::Item => !it.inlines.is_empty(),
            _ => false,
        };
        let is_name = |it: &Frame<'_>| matches!(it.tag, Tag::Link { .. } | Tag::Image { .. });
        self.n_marks < self.marks.len() && self.stack.last().is_some_and(is_line) && !self.stack.iter().any(is_name)
    }

    /// Places all marks up to an offset here, if possible.
    pub(super) fn push_marks(&mut self, offset: usize) {
        let n_due = self.marks[self.n_marks..].iter().take_while(|it| it.offset <= offset).count();
        if n_due > 0 && self.takes_marks() {
            let due = &self.marks[self.n_marks..self.n_marks + n_due];
            self.n_marks += n_due;
            self.push_inline(Inline::Marks(due.iter().map(|it| it.mark.clone()).collect()));
        }
    }

    /// Adds text with the marks inside it.
    pub(super) fn push_marked(&mut self, text: &str, range: &Range<usize>) {
        self.push_marks(range.start);
        let mut done = 0;
        while let Some(next) = self.marks.get(self.n_marks).filter(|it| it.offset < range.end) {
            let at = place(text, next.offset - range.start).max(done);
            if at == text.len() {
                break;
            }
            self.push_pieces(&text[done..at]);
            self.push_marks(range.start + at);
            done = at;
        }
        self.push_pieces(&text[done..]);
        if done < text.len() || !text.is_empty() {
            // Marks inside the last word.
            self.push_marks(range.end - 1);
        }
    }
}
