//! Pages of our own.

/// What stands in the empty composer of our own chat.
pub const PLACEHOLDER: &str = "Write a message";

/// What the demo can be asked with one click: what the buttons say, and what they send.
pub const DEMO_PROMPTS: [(&str, &str); 3] =
    [("What can you do?", "/help"), ("Show me Markdown", "/markdown"), ("Ask me something", "/structured")];

/// Leads past the chats to where messages are written.
pub const SKIP: &str = "Skip to the message field";
/// Opens the list of keyboard shortcuts.
pub const SHORTCUTS: &str = "Keyboard shortcuts";
/// The title of a page that does not exist.
pub const NOT_FOUND: &str = "Page not found";
/// Leads to the account pages.
pub const ACCOUNT: &str = "Your account";
/// Opens the menu of whoever is signed in.
pub const ACCOUNT_MENU: &str = "Account menu";
/// Ends the session.
pub const SIGN_OUT: &str = "Sign out";

/// The name of the link to the account pages, which says whose they are.
pub fn account_of(name: &str, email: &str) -> String {
    format!("{ACCOUNT}: {name} {email}")
}

/// Closes that note for good.
pub const CLOSE_NOTE: &str = "Close this note";
/// What the note begins with that no model is connected.
pub const DEMO: &str = "Demo answers";
/// How it goes on.
pub const DEMO_SET: &str = ": no model is connected. Set ";
/// A setting of the server's.
pub const BASE_URL: &str = "OPENAI_BASE_URL";
/// What stands between the settings.
pub const DEMO_OR: &str = " or ";
/// A setting of the server's.
pub const API_KEY: &str = "OPENAI_API_KEY";
/// How it ends.
pub const DEMO_CONNECT: &str = " to connect one.";
