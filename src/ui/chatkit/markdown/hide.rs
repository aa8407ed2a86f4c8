//! Hides pieces from the Markdown parser that it would interpret differently, and restores them afterwards. Pure.
//!
//! Each piece is replaced by a character of the private use planes 15 and 16 that encodes its number. Private
//! characters of the source are hidden in the same way, so that they cannot be confused. Pieces that turn out to be
//! literal (in code or addresses) are restored as written.

mod scanner;

use std::{borrow::Cow, ops::Range};

use super::html_tag::Tag;
pub(super) use scanner::hide;

const FIRST: u32 = 0xf_0000;
/// Punctuation beside a character that the parser treats as a letter.
const PUNCTUATION: &str = "¡";

/// Meaning of a hidden piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning<'a> {
    Formula {
        text: String,
        is_display: bool,
    },
    /// Literal text.
    Text(&'a str),
    /// Literal text at the end, which may become code.
    Open(&'a str),
    Tag(Tag),
    /// Nothing: a comment, citation marks of a model, or only a letter for the parser.
    Nothing,
}

/// A hidden piece.
#[derive(Debug)]
pub(super) struct HiddenPiece<'a> {
    /// Offsets in the parsed text and in the source.
    at: usize,
    start: usize,
    /// Length in the parsed text, and length of the punctuation before the character in it.
    len: usize,
    n_before: usize,
    written: &'a str,
    pub(super) meaning: Meaning<'a>,
}

impl HiddenPiece<'_> {
    fn end(&self) -> usize {
        self.start + self.written.len()
    }
}

/// A text with hidden pieces.
#[derive(Debug, Default)]
pub(super) struct Hidden<'a> {
    /// The text for the parser.
    pub(super) text: String,
    pub(super) hidden_pieces: Vec<HiddenPiece<'a>>,
    /// Delimiter runs that are not displayed while the paragraph may still close them.
    pub(super) openers: Vec<Range<usize>>,
    /// Length of the displayed source. The rest waits for more input.
    pub(super) len: usize,
}

/// A piece of the displayed text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Open(&'a str),
    Formula { text: &'a str, is_display: bool },
    Tag(Tag, &'a str),
    Nothing,
}

impl Hidden<'_> {
    /// Converts an offset in the source to the parsed text. Offsets in a hidden piece map to its end.
    pub(super) fn in_text(&self, offset: usize) -> usize {
        let next = self.hidden_pieces.partition_point(|it| it.end() <= offset);
        match self.hidden_pieces.get(next).filter(|it| it.start < offset) {
            Some(it) => it.at + it.len,
            None => self.hidden_pieces[..next].last().map_or(offset, |it| it.at + it.len + offset - it.end()),
        }
    }

    /// Converts an offset in the parsed text to the source. Offsets in a hidden piece map to its beginning.
    pub(super) fn in_source(&self, offset: usize) -> usize {
        let next = self.hidden_pieces.partition_point(|it| it.at + it.len <= offset);
        match self.hidden_pieces.get(next).filter(|it| it.at < offset) {
            Some(it) => it.start,
            None => self.hidden_pieces[..next].last().map_or(offset, |it| it.end() + offset - (it.at + it.len)),
        }
    }

    /// Splits a text into literal text and hidden pieces.
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

    /// Restores hidden pieces as written.
    pub(super) fn restored<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains(is_mark) {
            return Cow::Borrowed(text);
        }
        let mut whole = String::new();
        self.each(text, |it| whole.push_str(it.unwrap_or_else(|secret| secret.written)));
        Cow::Owned(whole)
    }

    fn each<'t>(&'t self, text: &'t str, mut take: impl FnMut(Result<&'t str, &'t HiddenPiece<'t>>)) {
        let mut rest = text;
        while let Some((at, mark)) = rest.char_indices().find(|it| is_mark(it.1)) {
            let Some(secret) = self.hidden_pieces.get((u32::from(mark) - FIRST) as usize) else { break };
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

/// True for a character that replaces a hidden piece.
pub(super) fn is_mark(it: char) -> bool {
    u32::from(it) >= FIRST
}

#[cfg(test)]
mod tests;
