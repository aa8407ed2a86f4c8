//! Wording of the composer.

/// Accessible name of the text area.
pub const MESSAGE: &str = "Message";
/// Button that sends the message.
pub const SEND: &str = "Send message";
/// Button that stops the answer.
pub const STOP: &str = "Stop answering";
/// Button that queues a message until the answer ends.
pub const QUEUE: &str = "Queue message";
/// Accessible name of the list of queued messages.
pub const QUEUED_MESSAGES: &str = "Queued messages";
/// Label before a queued message.
pub const QUEUED: &str = "Queued";
/// Button that stops the answer and sends a queued message.
pub const SEND_NOW: &str = "Send now";

/// Button that moves a queued message back into the composer.
pub const EDIT: &str = "Edit";
/// Button that removes a queued message.
pub const REMOVE: &str = "Remove";

/// Accessible name of the button that edits a queued message.
pub fn edit_queued(text: &str) -> String {
    format!("Edit queued message: {}", beginning(text))
}

/// Accessible name of the button that removes a queued message.
pub fn remove_queued(text: &str) -> String {
    format!("Remove queued message: {}", beginning(text))
}

/// Announcement of queued messages.
pub fn n_queued(n_queued: usize) -> String {
    match n_queued {
        1 => "Message queued. It is sent when the answer has ended.".to_owned(),
        _ => format!("{n_queued} messages queued. They are sent when the answer has ended."),
    }
}

/// Returns the beginning of a text, short enough for an accessible name.
fn beginning(text: &str) -> String {
    const MAX_CHARS: usize = 40;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_CHARS { line } else { line.chars().take(MAX_CHARS).chain(['…']).collect() }
}

/// Notice that replaces the composer without scripts.
pub const NO_SCRIPT: &str = "Chat needs JavaScript to send messages. You can read your chats without it.";
/// Default placeholder of the composer in a locked thread.
pub const LOCKED: &str = "This chat is locked.";
/// Default notice that replaces the composer in a closed thread.
pub const CLOSED: &str = "This chat takes no more messages.";

/// Accessible name of the quoted text.
pub const QUOTE: &str = "In reply to";
/// Button that removes the quote.
pub const REMOVE_QUOTE: &str = "Remove the quote";

/// Accessible name of the menu of tools.
pub const TOOLS: &str = "Tools";
/// Accessible name of the list of models.
pub const MODEL: &str = "Model";
/// Entry of that list while no model is selected.
pub const ANY_MODEL: &str = "Default model";

/// Button that deselects a tool.
pub fn remove_tool(label: &str) -> String {
    format!("Don’t use {label}")
}

/// Button that opens the list of mentions.
pub const MENTION: &str = "Mention something";
/// Accessible name of the list of mentions.
pub const MENTIONS: &str = "Mentions";
/// Accessible name of the list of commands.
pub const COMMANDS: &str = "Commands";
/// Status of such a list during a search.
pub const SEARCHING: &str = "Searching…";
/// Status of such a list without results.
pub const NOTHING_FOUND: &str = "Nothing found";

/// Announcement of the number of entries of such a list.
pub fn n_choices(n_choices: usize) -> String {
    if n_choices == 1 { "1 suggestion".to_owned() } else { format!("{n_choices} suggestions") }
}

/// Accessible name of the form with the assistant's questions.
pub const QUESTIONS: &str = "Questions";
/// Label of the field for a free-text answer.
pub const OTHER: &str = "Other";
/// Button that goes to the previous question.
pub const BACK: &str = "Back";
/// Button that skips a question.
pub const SKIP: &str = "Skip";
/// Button that goes to the next question.
pub const NEXT: &str = "Next";
/// Button that sends the answers.
pub const SEND_ANSWERS: &str = "Send";
/// Button that skips all questions.
pub const SKIP_ALL: &str = "Skip all";

/// Position of the displayed question.
pub fn position(at: usize, n_questions: usize) -> String {
    format!("{at} of {n_questions}")
}

/// Default placeholder of an empty composer.
pub const PLACEHOLDER: &str = "Message the AI";
