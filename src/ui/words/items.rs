//! The items of a thread.

use crate::model::chatkit::AnswerEnd;

/// The name of what the user said.
pub const YOU: &str = "You";
/// The name of what the assistant said.
pub const ASSISTANT: &str = "Assistant";
/// An answer that ended before it was complete.
pub const INTERRUPTED: &str = "This answer was interrupted.";
/// A message without an answer.
pub const UNANSWERED: &str = "This message has no answer yet.";
/// An answer that its user stopped.
pub const STOPPED: &str = "You stopped this answer.";
/// Has the model go on; the message that it is sent, too.
pub const CONTINUE: &str = "Continue";

/// The sentence below an answer that ended before it was complete.
pub fn ended(end: Option<AnswerEnd>) -> &'static str {
    match end {
        Some(AnswerEnd::Length) => "This answer reached the longest length that the model may give.",
        Some(AnswerEnd::ContentFilter) => "A content filter ended this answer. Ask in other words to go on.",
        Some(AnswerEnd::Error) => "The model server failed while it wrote this answer.",
        Some(AnswerEnd::Other) | None => INTERRUPTED,
    }
}

/// Copies an answer.
pub const COPY_ANSWER: &str = "Copy answer";
/// Has a message answered again.
pub const ANSWER_AGAIN: &str = "Answer again";
/// What a button that copies says when it has.
pub const COPIED: &str = "Copied";
/// What a button that copies says when it could not.
pub const COPY_FAILED: &str = "Not copied";
/// The same, as a sentence that says what helps.
pub const NOT_COPIED: &str = "This browser does not let the page copy. Select the text and copy it yourself.";

/// The summary of thoughts without a duration.
pub const THOUGHT: &str = "Thought";
/// The summary of thoughts under way.
pub const THINKING: &str = "Thinking…";
/// The summary of work that is done.
pub const STEPS: &str = "Steps";
/// The summary of work under way.
pub const WORKING: &str = "Working…";
/// A search without a title.
pub const SEARCH: &str = "Web search";
/// Files without a title.
pub const FILES: &str = "Files";
/// A picture that is made, without a title.
pub const PICTURE: &str = "Picture";
/// A step without a title.
pub const STEP: &str = "Step";
/// How far a step is, for those who do not see its mark.
pub const UNDER_WAY: &str = "under way";
/// How far a step is, for those who do not see its mark.
pub const DONE: &str = "done";
/// The name of a list of what was searched for.
pub const QUERIES: &str = "Searched for";
/// The name of a list of sources.
pub const SOURCES: &str = "Sources";

/// The summary of thoughts that took `seconds`.
pub fn thought_for(seconds: u64) -> String {
    format!("Thought for {}", span(seconds))
}

/// The summary of work that took `seconds`.
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

/// The summary of a list of sources.
pub fn n_sources(n: usize) -> String {
    format!("{SOURCES} ({n})")
}

/// What a picture is called, whose content nobody described.
pub const GENERATED_PICTURE: &str = "Generated picture";
/// A picture on its way.
pub const PICTURE_COMES: &str = "The picture is being made…";
/// How much of a picture is done.
pub const PICTURE_PROGRESS: &str = "Making the picture";
/// A picture that never came.
pub const PICTURE_MISSING: &str = "There is no picture.";
/// The link to a picture that is kept elsewhere.
pub const OPEN_PICTURE: &str = "Open the picture in a new tab";
/// A picture whose address is not safe to follow.
pub const PICTURE_REFUSED: &str = "The picture has an address that cannot be opened.";

/// Copies what a widget says.
pub const COPY_WIDGET: &str = "Copy text";
/// A widget without any text.
pub const WIDGET_EMPTY: &str = "A widget without text.";

/// The name of questions of the assistant's.
pub const QUESTIONS: &str = "Questions";
/// In the stead of questions that the composer asks.
pub const QUESTIONS_WAIT: &str = "The assistant has questions.";
/// In the stead of an answer that was not given.
pub const SKIPPED: &str = "Skipped";

/// Calls the tool that the assistant asked for.
pub const ANSWER_NOW: &str = "Answer now";

/// What the assistant asked the page for.
pub fn tool_call(name: &str) -> String {
    format!("The assistant asked this page for {name}")
}
/// A tool call that this page cannot do.
pub const TOOL_UNKNOWN: &str = "this page cannot do that";
/// Tells the assistant that the tool is not there.
pub const GO_ON_WITHOUT: &str = "Go on without it";
/// What the assistant is told of a tool that the page does not have.
pub fn no_tool(name: &str) -> String {
    format!("This page has no tool {name}. Go on without it.")
}
/// A tool call without an answer.
pub const TOOL_PENDING: &str = "not answered yet";
/// A tool call with its answer.
pub const TOOL_DONE: &str = "answered";

/// The name of the list of files that go along with a message.
pub const ATTACHMENTS: &str = "Attachments";
/// The name of the text that a message answers to.
pub const QUOTE: &str = "Quoted text";
/// Says that an answer is good.
pub const GOOD_ANSWER: &str = "Good answer";
/// Says that an answer is bad.
pub const BAD_ANSWER: &str = "Bad answer";
/// The name of the buttons that change between answers to the same message.
pub const VERSIONS: &str = "Versions of this answer";
/// Shows the answer that was given before.
pub const PREVIOUS_VERSION: &str = "Previous version";
/// Shows the answer that was given afterwards.
pub const NEXT_VERSION: &str = "Next version";

/// Which answer of how many is shown.
pub fn version_of(version: u32, versions: u32) -> String {
    format!("{version} / {versions}")
}
