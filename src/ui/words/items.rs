//! The items of a thread.

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
