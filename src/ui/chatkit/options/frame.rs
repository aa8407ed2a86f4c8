//! What stands around the conversation.

/// What a new chat shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartScreen {
    /// The heading; `What can I help with today?`.
    pub greeting: Option<String>,
}

/// What can be done with what the assistant said. It can always be copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ThreadItemActions {
    /// Whether it can be judged; false.
    pub feedback: bool,
    /// Whether it can be asked for again; false.
    pub retry: bool,
}
