//! Citation marks in a text.

/// A citation mark.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Number of the source in the list of sources.
    pub number: usize,
    /// Title of the source.
    pub title: String,
    /// True for the first mark of its source. The list of sources links back to it.
    pub is_first: bool,
}

/// A mark with its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedMark {
    /// Byte offset before which the mark is placed. Offsets beyond the end mean the end.
    pub offset: usize,
    /// The mark.
    pub mark: Mark,
}
