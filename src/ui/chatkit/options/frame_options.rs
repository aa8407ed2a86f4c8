//! Options of the parts around the conversation.

use super::Handler;
use crate::model::chatkit::UserContent;

/// The header bar above the conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// True to show the header. Default: `true`.
    pub enabled: bool,
    /// True to show the title. Default: `true`.
    pub title_enabled: bool,
    /// Fixed title. Default: the thread's title.
    pub title: Option<String>,
    /// Button before the title.
    pub left_action: Option<HeaderAction>,
    /// Button after the title.
    pub right_action: Option<HeaderAction>,
}

impl Default for Header {
    fn default() -> Self {
        Self { enabled: true, title_enabled: true, title: None, left_action: None, right_action: None }
    }
}

impl Header {
    /// Returns options without a header.
    pub fn none() -> Self {
        Self { enabled: false, ..Self::default() }
    }
}

/// A button in the header.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeaderAction {
    /// Name of a ChatKit icon.
    pub icon: String,
    /// Accessible name (missing in the official client: chatkit-js#114).
    pub label: String,
    /// Called on a click.
    pub on_click: Handler<()>,
}

/// The list of threads, opened from the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// True to let the component show the list. Default: `true`. Disable it in pages with their own
    /// [`ChatHistory`](crate::ui::chatkit::ChatHistory).
    pub enabled: bool,
    /// True to allow deletion of threads. Default: `true`.
    pub show_delete: bool,
    /// True to allow renaming of threads. Default: `true`.
    pub show_rename: bool,
}

impl Default for History {
    fn default() -> Self {
        Self { enabled: true, show_delete: true, show_rename: true }
    }
}

impl History {
    /// Returns options without a list.
    pub fn none() -> Self {
        Self { enabled: false, ..Self::default() }
    }
}

/// Content of a new chat.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StartScreen {
    /// Heading. Default: `What can I help with today?`.
    pub greeting: Option<String>,
    /// Suggested prompts.
    pub prompts: Vec<StartPrompt>,
}

/// A suggested prompt, sent with one click.
#[derive(Clone, Debug, PartialEq)]
pub struct StartPrompt {
    /// Label of the button.
    pub label: String,
    /// Content of the message.
    pub prompt: Vec<UserContent>,
    /// Name of a ChatKit icon.
    pub icon: Option<String>,
}

impl StartPrompt {
    /// Creates a plain-text prompt.
    pub fn new(label: impl Into<String>, prompt: impl Into<String>) -> Self {
        Self { label: label.into(), prompt: vec![UserContent::InputText { text: prompt.into() }], icon: None }
    }
}

/// Actions offered below an answer. Copying is always offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ThreadItemActions {
    /// True to offer feedback buttons. Default: `false`.
    pub feedback: bool,
    /// True to offer a retry. Default: `false`.
    pub retry: bool,
}

/// Behaviour of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadOptions {
    /// True to scroll along with a growing answer while the reader is at its end. Default: `true`, as users expect
    /// (`false` in the official client).
    ///
    /// Otherwise the page scrolls to the end only when a message is sent.
    pub auto_scroll: bool,
}

impl Default for ThreadOptions {
    fn default() -> Self {
        Self { auto_scroll: true }
    }
}

/// The disclaimer below the composer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disclaimer {
    /// Text in Markdown.
    pub text: String,
    /// True for high contrast. Default: `false`.
    pub high_contrast: bool,
}
