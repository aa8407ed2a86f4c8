//! Runs of `*` and `~` that open and close emphasis where CommonMark's flanking rule would have neither. Pure.

use super::cjk::is_unspaced;

/// The surroundings of a run of delimiters.
pub(super) struct Run {
    delimiter: u8,
    len: usize,
    before: Option<char>,
    after: Option<char>,
}

impl Run {
    /// Reads the run that begins at an offset and has so many bytes.
    pub(super) fn new(source: &str, at: usize, len: usize) -> Self {
        let mut before = source[..at].chars();
        // A selector of variants belongs to what stands before it.
        let before = before.rfind(|it| !('\u{fe00}'..='\u{fe0e}').contains(it));
        let after = source[at + len..].chars().next();
        Self { delimiter: source.as_bytes()[at], len, before, after }
    }

    /// True if it opens and closes, though the parser would say otherwise: beside a CJK character (the amendment of
    /// commonmark-spec#650 then has it flank on both sides) or one of another script without spaces, and behind the punctuation in `**Note:**text`.
    pub(super) fn is_both(&self) -> bool {
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

    /// True for "about" and for ranges: a single tilde strikes nothing out.
    pub(super) fn is_about(&self) -> bool {
        let is_word = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
        self.delimiter == b'~' && self.len == 1 && !(is_word(self.before) && is_word(self.after))
    }

    /// True if the parser sees a letter on its left, and on its right.
    pub(super) fn letters(&self) -> (bool, bool) {
        let is_letter = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
        (is_letter(self.before), is_letter(self.after))
    }

    /// True if it may open emphasis, and hardly is anything else, as the sign in `2*3` is.
    pub(super) fn opens(&self) -> bool {
        let is_word = |it: char| it.is_ascii_alphanumeric() || self.delimiter == b'_' && it.is_alphanumeric();
        let is_sign = self.before.is_some_and(is_word) && !(self.len > 1 && self.is_both());
        self.after.is_some_and(|it| !it.is_whitespace()) && !is_sign && (self.delimiter != b'~' || self.len == 2)
    }
}
