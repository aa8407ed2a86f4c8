//! The composer.

/// The text area's name.
pub const MESSAGE: &str = "Message";
/// The name of the button that sends.
pub const SEND: &str = "Send message";
/// The name of the button that stops an answer.
pub const STOP: &str = "Stop answering";
/// The name of the button that has a message wait for the end of the answer.
pub const QUEUE: &str = "Queue message";
/// The name of the list of messages that wait.
pub const QUEUED_MESSAGES: &str = "Queued messages";
/// Stands before a message that waits.
pub const QUEUED: &str = "Queued";
/// Stops the answer and sends a message that waits.
pub const SEND_NOW: &str = "Send now";

/// Puts a message that waits back into the composer.
pub const EDIT: &str = "Edit";
/// Takes a message away that waits.
pub const REMOVE: &str = "Remove";

/// The name of the button that puts a message that waits back into the composer.
pub fn edit_queued(text: &str) -> String {
    format!("Edit queued message: {}", beginning(text))
}

/// The name of the button that takes a message away that waits.
pub fn remove_queued(text: &str) -> String {
    format!("Remove queued message: {}", beginning(text))
}

/// Says that messages wait.
pub fn n_queued(n_queued: usize) -> String {
    match n_queued {
        1 => "Message queued. It is sent when the answer has ended.".to_owned(),
        _ => format!("{n_queued} messages queued. They are sent when the answer has ended."),
    }
}

/// As much of a text as fits into a name.
fn beginning(text: &str) -> String {
    const MAX_CHARS: usize = 40;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_CHARS { line } else { line.chars().take(MAX_CHARS).chain(['…']).collect() }
}

/// What stands instead of the composer where no scripts run.
pub const NO_SCRIPT: &str = "Chat needs JavaScript to send messages. You can read your chats without it.";
/// What stands in the composer of a thread that takes no messages for now and says nothing about it.
pub const LOCKED: &str = "This chat is locked.";
/// What stands instead of the composer in a thread that takes no more messages and says nothing about it.
pub const CLOSED: &str = "This chat takes no more messages.";

/// The name of what the next message answers to.
pub const QUOTE: &str = "In reply to";
/// The name of the button that takes that away.
pub const REMOVE_QUOTE: &str = "Remove the quote";

/// The name of the menu of tools.
pub const TOOLS: &str = "Tools";
/// The name of the list of models.
pub const MODEL: &str = "Model";
/// What stands in that list while none is selected.
pub const ANY_MODEL: &str = "Default model";

/// The name of the button that takes a selected tool away.
pub fn remove_tool(label: &str) -> String {
    format!("Don’t use {label}")
}

/// The name of the button that opens the list of what can be mentioned.
pub const MENTION: &str = "Mention something";
/// The name of the list of what can be mentioned.
pub const MENTIONS: &str = "Mentions";
/// The name of the list of commands.
pub const COMMANDS: &str = "Commands";
/// Stands in such a list while it is looked up.
pub const SEARCHING: &str = "Searching…";
/// Stands in such a list when there is nothing in it.
pub const NOTHING_FOUND: &str = "Nothing found";

/// Says how much such a list holds.
pub fn n_choices(n_choices: usize) -> String {
    if n_choices == 1 { "1 suggestion".to_owned() } else { format!("{n_choices} suggestions") }
}

/// The name of the form with the assistant's questions.
pub const QUESTIONS: &str = "Questions";
/// The label of the field for an answer that was not prepared.
pub const OTHER: &str = "Other";
/// Goes to the question before.
pub const BACK: &str = "Back";
/// Goes on without an answer.
pub const SKIP: &str = "Skip";
/// Goes on to the next question.
pub const NEXT: &str = "Next";
/// Sends the answers.
pub const SEND_ANSWERS: &str = "Send";
/// Sends no answers at all.
pub const SKIP_ALL: &str = "Skip all";

/// Says which of the questions is shown.
pub fn position(at: usize, n_questions: usize) -> String {
    format!("{at} of {n_questions}")
}

/// What stands in an empty composer when the page says nothing else.
pub const PLACEHOLDER: &str = "Message the AI";
