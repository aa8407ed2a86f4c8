//! Delimiter runs of `*` and `~` that open and close emphasis although CommonMark's flanking rule forbids both. Pure.

use super::cjk::is_unspaced;

/// A delimiter run and its surroundings.
pub(super) struct Run {
    delimiter: u8,
    len: usize,
    before: Option<char>,
    after: Option<char>,
}

impl Run {
    /// Reads the run of `len` bytes at an offset.
    pub(super) fn new(source: &str, at: usize, len: usize) -> Self {
        let mut before = source[..at].chars();
        // Variation selectors belong to the character before them.
        let before = before.rfind(|it| !('\u{fe00}'..='\u{fe0e}').contains(it));
        let after = source[at + len..].chars().next();
        Self { delimiter: source.as_bytes()[at], len, before, after }
    }

    /// True if the run opens and closes although the parser disagrees. This holds beside characters of CJK (per the
    /// amendment commonmark-spec#650) and other scripts without spaces, and after the punctuation in `**Note:**text`.
    pub(super) fn opens_and_closes(&self) -> bool {
        let (Some(before), Some(after)) = (self.before, self.after) else { return false };
        let may_be = self.delimiter == b'*' || self.delimiter == b'~' && self.len == 2;
        let ends_phrase = ":.,;!?)]\"”’…%`#+".contains(before);
        may_be
            && !before.is_whitespace()
            && !after.is_whitespace()
            && (is_unspaced(before)
                || is_unspaced(after)
                || self.delimiter == b'*' && ends_phrase && after.is_alphanumeric())
    }

    /// True for a tilde that means "about" or a range. A single tilde strikes nothing out.
    pub(super) fn is_approximation(&self) -> bool {
        let is_word = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
        self.delimiter == b'~' && self.len == 1 && !(is_word(self.before) && is_word(self.after))
    }

    /// Returns true for each side, left and right, on which the parser sees a letter.
    pub(super) fn letters(&self) -> (bool, bool) {
        let is_letter = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
        (is_letter(self.before), is_letter(self.after))
    }

    /// True if the run may open emphasis and is not an operator as in `2*3`.
    pub(super) fn opens(&self) -> bool {
        let is_word = |it: char| it.is_ascii_alphanumeric() || self.delimiter == b'_' && it.is_alphanumeric();
        let is_sign = self.before.is_some_and(is_word) && !(self.len > 1 && self.opens_and_closes());
        self.after.is_some_and(|it| !it.is_whitespace()) && !is_sign && (self.delimiter != b'~' || self.len == 2)
    }
}
