//! The page for developers.

/// The page.
pub const TITLE: &str = "ChatKit example";
/// What it is for.
pub const LEDE: &str = "Every option, method and event of the client. Events are listed as they come.";
/// Whoever is not signed in has no token.
pub const SIGN_IN: &str = "Sign in to try it";
/// The name of a list of events.
pub const EVENTS: &str = "Events";
/// The name of the buttons that call methods.
pub const METHODS: &str = "Methods";
/// Lets the client tool fail.
pub const TOOL_FAILS: &str = "The client tool fails";
/// The two chats of the page.
pub const CHATS: [&str; 2] = ["First chat", "Second chat"];
/// The greeting of a new chat.
pub const GREETING: &str = "Try it";
/// A prompt of a new chat.
pub const PROMPT: &str = "Show me a table";
/// The placeholder after `set_options`.
pub const ANOTHER_PLACEHOLDER: &str = "Another one";
