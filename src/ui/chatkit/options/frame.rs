//! What stands around the conversation.

use super::Handler;
use crate::model::chatkit::UserContent;

/// The bar above the conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Whether there is one; true.
    pub enabled: bool,
    /// Whether it has a title; true.
    pub title_enabled: bool,
    /// The title; otherwise the thread's.
    pub title: Option<String>,
    /// A button before the title.
    pub left_action: Option<HeaderAction>,
    /// A button after it.
    pub right_action: Option<HeaderAction>,
}

impl Default for Header {
    fn default() -> Self {
        Self { enabled: true, title_enabled: true, title: None, left_action: None, right_action: None }
    }
}

impl Header {
    /// No header.
    pub fn none() -> Self {
        Self { enabled: false, ..Self::default() }
    }
}

/// A button in the header.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeaderAction {
    /// The name of an icon of the protocol's.
    pub icon: String,
    /// Its name for those who do not see it (the official client has none: chatkit-js#114).
    pub label: String,
    /// What it does.
    pub on_click: Handler<()>,
}

/// The list of threads, opened from the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Whether the component shows it; true. Turn it off where the page has a
    /// [`ChatHistory`](crate::ui::chatkit::ChatHistory).
    pub enabled: bool,
    /// Whether threads can be deleted there; true.
    pub show_delete: bool,
    /// Whether threads can be renamed there; true.
    pub show_rename: bool,
}

impl Default for History {
    fn default() -> Self {
        Self { enabled: true, show_delete: true, show_rename: true }
    }
}

impl History {
    /// No list.
    pub fn none() -> Self {
        Self { enabled: false, ..Self::default() }
    }
}

/// What a new chat shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StartScreen {
    /// The heading; `What can I help with today?`.
    pub greeting: Option<String>,
    /// What can be asked with one click.
    pub prompts: Vec<StartPrompt>,
}

/// What can be asked with one click.
#[derive(Clone, Debug, PartialEq)]
pub struct StartPrompt {
    /// What the button says.
    pub label: String,
    /// What is sent.
    pub prompt: Vec<UserContent>,
    /// The name of an icon of the protocol's.
    pub icon: Option<String>,
}

impl StartPrompt {
    /// A prompt of plain text.
    pub fn new(label: impl Into<String>, prompt: impl Into<String>) -> Self {
        Self { label: label.into(), prompt: vec![UserContent::InputText { text: prompt.into() }], icon: None }
    }
}

/// What can be done with what the assistant said. It can always be copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ThreadItemActions {
    /// Whether it can be judged; false.
    pub feedback: bool,
    /// Whether it can be asked for again; false.
    pub retry: bool,
}

/// How the conversation behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadOptions {
    /// Whether the page follows an answer that grows, for a reader who is at its end; true (the official client's
    /// default is false, and what people expect is this). Otherwise it goes to the end when a message is sent, and
    /// then stands still.
    pub auto_scroll: bool,
}

impl Default for ThreadOptions {
    fn default() -> Self {
        Self { auto_scroll: true }
    }
}

/// A sentence below the composer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disclaimer {
    /// Markdown.
    pub text: String,
    /// Whether it stands out; false.
    pub high_contrast: bool,
}
