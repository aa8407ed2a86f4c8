//! Hides from the Markdown parser what it would read in another way than we do, and tells it apart again. Pure.
//!
//! A character of the private planes 15 and 16 stands for each such piece and tells its number. Those that a text has
//! of its own are hidden in the same way, so that no two can be confused. Wherever a piece turns out to stand after all
//! (in code, in an address), it is put back as it was written.

mod walk;

use std::{borrow::Cow, ops::Range};

use super::tag::Tag;
pub(super) use walk::hide;

const FIRST: u32 = 0xf_0000;
/// Punctuation beside a character that the parser takes for a letter.
const PUNCTUATION: &str = "¡";

/// The meaning of a hidden piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning<'a> {
    Formula {
        text: String,
        is_display: bool,
    },
    /// Text as it is.
    Text(&'a str),
    /// The same at the end, which may turn out to be code.
    Open(&'a str),
    Tag(Tag),
    /// Nothing: a comment, marks that a model left, or only a letter that the parser is to see.
    Nothing,
}

/// A hidden piece.
#[derive(Debug)]
pub(super) struct Secret<'a> {
    /// Its offset in the text that is parsed, and in the source.
    at: usize,
    start: usize,
    /// Its length in the text that is parsed, and of the punctuation in it before the character.
    len: usize,
    n_before: usize,
    written: &'a str,
    pub(super) meaning: Meaning<'a>,
}

impl Secret<'_> {
    fn end(&self) -> usize {
        self.start + self.written.len()
    }
}

/// A text of which pieces are hidden.
#[derive(Debug, Default)]
pub(super) struct Hidden<'a> {
    /// The text for the parser.
    pub(super) text: String,
    pub(super) secrets: Vec<Secret<'a>>,
    /// Runs of delimiters in the text that are not shown as long as the paragraph may still close them.
    pub(super) openers: Vec<Range<usize>>,
    /// The length of the source that is shown; what follows waits for more.
    pub(super) len: usize,
}

/// A piece of a text that is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Open(&'a str),
    Formula { text: &'a str, is_display: bool },
    Tag(Tag, &'a str),
    Nothing,
}

impl Hidden<'_> {
    /// Returns the offset in the text of an offset in the source; behind a hidden piece for one in it.
    pub(super) fn in_text(&self, offset: usize) -> usize {
        let next = self.secrets.partition_point(|it| it.end() <= offset);
        match self.secrets.get(next).filter(|it| it.start < offset) {
            Some(it) => it.at + it.len,
            None => self.secrets[..next].last().map_or(offset, |it| it.at + it.len + offset - it.end()),
        }
    }

    /// Returns the offset in the source of an offset in the text; the beginning of a hidden piece for one in it.
    pub(super) fn in_source(&self, offset: usize) -> usize {
        let next = self.secrets.partition_point(|it| it.at + it.len <= offset);
        match self.secrets.get(next).filter(|it| it.at < offset) {
            Some(it) => it.start,
            None => self.secrets[..next].last().map_or(offset, |it| it.end() + offset - (it.at + it.len)),
        }
    }

    /// Tells text and hidden pieces apart again.
    pub(super) fn pieces<'t>(&'t self, text: &'t str) -> Vec<Piece<'t>> {
        let mut pieces = Vec::new();
        self.each(text, |it| {
            pieces.push(match it {
                Ok(text) => Piece::Text(text),
                Err(secret) => match &secret.meaning {
                    Meaning::Formula { text, is_display } => Piece::Formula { text, is_display: *is_display },
                    Meaning::Text(text) => Piece::Text(text),
                    Meaning::Open(text) => Piece::Open(text),
                    Meaning::Tag(tag) => Piece::Tag(*tag, secret.written),
                    Meaning::Nothing => Piece::Nothing,
                },
            });
        });
        pieces
    }

    /// Puts hidden pieces back where they mean nothing.
    pub(super) fn restored<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains(is_mark) {
            return Cow::Borrowed(text);
        }
        let mut whole = String::new();
        self.each(text, |it| whole.push_str(it.unwrap_or_else(|secret| secret.written)));
        Cow::Owned(whole)
    }

    fn each<'t>(&'t self, text: &'t str, mut take: impl FnMut(Result<&'t str, &'t Secret<'t>>)) {
        let mut rest = text;
        while let Some((at, mark)) = rest.char_indices().find(|it| is_mark(it.1)) {
            let Some(secret) = self.secrets.get((u32::from(mark) - FIRST) as usize) else { break };
            if at > secret.n_before {
                take(Ok(&rest[..at - secret.n_before]));
            }
            take(Err(secret));
            rest = rest.get(at + secret.len - secret.n_before..).unwrap_or_default();
        }
        if !rest.is_empty() {
            take(Ok(rest));
        }
    }
}

/// True for what stands for a hidden piece, in the text for the parser.
pub(super) fn is_mark(it: char) -> bool {
    u32::from(it) >= FIRST
}

#[cfg(test)]
mod tests;
