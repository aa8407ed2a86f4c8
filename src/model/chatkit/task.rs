//! Work and reasoning steps.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Source;

/// A sequence of steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    /// The kind of the steps.
    #[serde(rename = "type")]
    pub kind: WorkflowKind,
    /// The steps.
    #[serde(default)]
    pub tasks: Vec<Task>,
    /// The summary that is shown when the steps are complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<WorkflowSummary>,
    /// True if the steps are shown although there is a summary.
    #[serde(default)]
    pub expanded: bool,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The kind of a workflow's steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkflowKind {
    /// Steps of work.
    Custom,
    /// Steps of reasoning.
    Reasoning,
}

/// The summary of complete steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WorkflowSummary {
    /// The duration of the steps.
    Duration {
        /// The duration in seconds.
        duration: u64,
    },
    /// A short text.
    Custom {
        /// The text.
        title: String,
        /// The name of an icon.
        #[serde(skip_serializing_if = "Option::is_none")]
        icon: Option<String>,
    },
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Task {
    /// A step of any other kind.
    Custom(CustomTask),
    /// A web search.
    WebSearch(WebSearchTask),
    /// A reasoning step.
    Thought(ThoughtTask),
    /// A step that reads files.
    File(FileTask),
    /// A step that generates an image.
    Image(ImageTask),
    /// A step of an unknown kind, stored and sent unchanged.
    #[serde(untagged)]
    Unknown(Value),
}

/// The status of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusIndicator {
    /// No indicator.
    #[default]
    None,
    /// In progress.
    Loading,
    /// Complete.
    Complete,
}

/// A step of any other kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomTask {
    /// The status.
    pub status_indicator: StatusIndicator,
    /// A short text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The name of an icon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// A longer text in Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A web search.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebSearchTask {
    /// The status.
    pub status_indicator: StatusIndicator,
    /// A short text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The displayed query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_query: Option<String>,
    /// The queries.
    pub queries: Vec<String>,
    /// The results.
    pub sources: Vec<Source>,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A reasoning step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ThoughtTask {
    /// The status.
    #[serde(default)]
    pub status_indicator: StatusIndicator,
    /// A short text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The reasoning in Markdown.
    pub content: String,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A step that reads files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileTask {
    /// The status.
    pub status_indicator: StatusIndicator,
    /// A short text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The files.
    pub sources: Vec<Source>,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A step that generates an image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageTask {
    /// The status.
    pub status_indicator: StatusIndicator,
    /// A short text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
