//! Marks in a text that name its sources.

/// A mark.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// The source's number in the list of sources.
    pub number: usize,
    /// The source's title.
    pub title: String,
    /// Whether it is the first one of its source, where the list leads back to.
    pub is_first: bool,
}

/// A mark and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The byte before which it stands; behind the end, the end.
    pub offset: usize,
    /// The mark.
    pub mark: Mark,
}
