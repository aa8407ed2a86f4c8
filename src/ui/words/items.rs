//! Wording of thread items.

use crate::model::chatkit::AnswerEnd;

/// Accessible name of a user message.
pub const YOU: &str = "You";
/// Accessible name of an answer.
pub const ASSISTANT: &str = "Assistant";
/// Notice of an interrupted answer.
pub const INTERRUPTED: &str = "This answer was interrupted.";
/// Notice of a message without an answer.
pub const UNANSWERED: &str = "This message has no answer yet.";
/// Notice of a stopped answer.
pub const STOPPED: &str = "You stopped this answer.";
/// Button that continues an answer, and the message that it sends.
pub const CONTINUE: &str = "Continue";

/// Returns the notice below an incomplete answer.
pub fn ended(end: Option<AnswerEnd>) -> &'static str {
    match end {
        Some(AnswerEnd::Length) => "This answer reached the longest length that the model may give.",
        Some(AnswerEnd::ContentFilter) => "A content filter ended this answer. Ask in other words to go on.",
        Some(AnswerEnd::Error) => "The model server failed while it wrote this answer.",
        Some(AnswerEnd::Other) | None => INTERRUPTED,
    }
}

/// Button that copies an answer.
pub const COPY_ANSWER: &str = "Copy answer";
/// Button that regenerates an answer.
pub const ANSWER_AGAIN: &str = "Answer again";
/// Label of a copy button after success.
pub const COPIED: &str = "Copied";
/// Label of a copy button after failure.
pub const COPY_FAILED: &str = "Not copied";
/// Message after a failed copy, with a workaround.
pub const NOT_COPIED: &str = "This browser does not let the page copy. Select the text and copy it yourself.";

/// Summary of completed reasoning without a duration.
pub const THOUGHT: &str = "Thought";
/// Summary of running reasoning.
pub const THINKING: &str = "Thinking…";
/// Summary of a completed workflow.
pub const STEPS: &str = "Steps";
/// Summary of a running workflow.
pub const WORKING: &str = "Working…";
/// Title of an untitled search.
pub const SEARCH: &str = "Web search";
/// Title of an untitled file step.
pub const FILES: &str = "Files";
/// Title of an untitled image generation.
pub const PICTURE: &str = "Picture";
/// Title of an untitled step.
pub const STEP: &str = "Step";
/// Status of a running step for screen readers.
pub const UNDER_WAY: &str = "under way";
/// Status of a completed step for screen readers.
pub const DONE: &str = "done";
/// Accessible name of a list of search queries.
pub const QUERIES: &str = "Searched for";
/// Accessible name of a list of sources.
pub const SOURCES: &str = "Sources";

/// Summary of reasoning that took `seconds`.
pub fn thought_for(seconds: u64) -> String {
    format!("Thought for {}", span(seconds))
}

/// Summary of a workflow that took `seconds`.
pub fn worked_for(seconds: u64) -> String {
    format!("Worked for {}", span(seconds))
}

fn span(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, rest) => format!("{rest} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, rest) => format!("{minutes} min {rest} s"),
    }
}

/// Summary of a list of sources.
pub fn n_sources(n: usize) -> String {
    format!("{SOURCES} ({n})")
}

/// Alternative text of a generated image.
pub const GENERATED_PICTURE: &str = "Generated picture";
/// Placeholder of an image being generated.
pub const PICTURE_LOADING: &str = "The picture is being made…";
/// Accessible name of the progress of an image.
pub const PICTURE_PROGRESS: &str = "Making the picture";
/// Notice of a missing image.
pub const PICTURE_MISSING: &str = "There is no picture.";
/// Link to an image on another origin.
pub const OPEN_PICTURE: &str = "Open the picture in a new tab";
/// Notice of an image with an unsafe address.
pub const PICTURE_REFUSED: &str = "The picture has an address that cannot be opened.";

/// Button that copies the text of a widget.
pub const COPY_WIDGET: &str = "Copy text";
/// Placeholder of a widget without text.
pub const WIDGET_EMPTY: &str = "A widget without text.";

/// Accessible name of the assistant's questions.
pub const QUESTIONS: &str = "Questions";
/// Placeholder of questions that the composer displays.
pub const QUESTIONS_WAIT: &str = "The assistant has questions.";
/// Placeholder of a skipped answer.
pub const SKIPPED: &str = "Skipped";

/// Button that executes a tool call.
pub const ANSWER_NOW: &str = "Answer now";

/// Description of a tool call.
pub fn tool_call(name: &str) -> String {
    format!("The assistant asked this page for {name}")
}
/// Status of a tool call that the page does not support.
pub const TOOL_UNKNOWN: &str = "this page cannot do that";
/// Button that reports a missing tool to the assistant.
pub const CONTINUE_WITHOUT_TOOL: &str = "Go on without it";
/// Report to the assistant about a missing tool.
pub fn no_tool(name: &str) -> String {
    format!("This page has no tool {name}. Go on without it.")
}
/// Status of a pending tool call.
pub const TOOL_PENDING: &str = "not answered yet";
/// Status of a completed tool call.
pub const TOOL_DONE: &str = "answered";

/// Accessible name of a message's attachments.
pub const ATTACHMENTS: &str = "Attachments";
/// Accessible name of a quoted text.
pub const QUOTE: &str = "Quoted text";
/// Button that rates an answer as good.
pub const GOOD_ANSWER: &str = "Good answer";
/// Button that rates an answer as bad.
pub const BAD_ANSWER: &str = "Bad answer";
/// Accessible name of the version switcher.
pub const VERSIONS: &str = "Versions of this answer";
/// Button that shows the previous version.
pub const PREVIOUS_VERSION: &str = "Previous version";
/// Button that shows the next version.
pub const NEXT_VERSION: &str = "Next version";

/// Number of the displayed version and number of versions.
pub fn version_of(version: u32, versions: u32) -> String {
    format!("{version} / {versions}")
}
