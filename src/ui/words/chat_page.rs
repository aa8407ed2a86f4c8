//! Wording of the chat page.

/// Placeholder of the composer.
pub const PLACEHOLDER: &str = "Write a message";

/// Suggested prompts of the demo: labels and messages.
pub const DEMO_PROMPTS: [(&str, &str); 3] =
    [("What can you do?", "/help"), ("Show me Markdown", "/markdown"), ("Ask me something", "/structured")];

/// Link that skips to the composer.
pub const SKIP: &str = "Skip to the message field";
/// Button that opens the list of shortcuts.
pub const SHORTCUTS: &str = "Keyboard shortcuts";
/// Title of the 404 page.
pub const NOT_FOUND: &str = "Page not found";
/// Link to the account pages.
pub const ACCOUNT: &str = "Your account";
/// Button that opens the account menu.
pub const ACCOUNT_MENU: &str = "Account menu";
/// Button that ends the session.
pub const SIGN_OUT: &str = "Sign out";

/// Accessible name of the link to the account pages.
pub fn account_of(name: &str, email: &str) -> String {
    format!("{ACCOUNT}: {name} {email}")
}

/// Button that closes the demo note.
pub const CLOSE_NOTE: &str = "Close this note";
/// Beginning of the demo note.
pub const DEMO: &str = "Demo answers";
/// Text of the demo note before the first setting.
pub const DEMO_SET: &str = ": no model is connected. Set ";
/// Name of a server setting.
pub const BASE_URL: &str = "OPENAI_BASE_URL";
/// Text between the settings.
pub const DEMO_OR: &str = " or ";
/// Name of a server setting.
pub const API_KEY: &str = "OPENAI_API_KEY";
/// End of the demo note.
pub const DEMO_CONNECT: &str = " to connect one.";
