//! Steps of work or of thought.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Source;

/// Steps in a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    /// What the steps are.
    #[serde(rename = "type")]
    pub kind: WorkflowKind,
    /// The steps.
    #[serde(default)]
    pub tasks: Vec<Task>,
    /// What is shown in their stead when they are done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<WorkflowSummary>,
    /// Whether they are shown although there is a summary.
    #[serde(default)]
    pub expanded: bool,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What the steps of a workflow are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkflowKind {
    /// Work.
    Custom,
    /// Thought.
    Reasoning,
}

/// What is shown in the stead of steps that are done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WorkflowSummary {
    /// How long they took.
    Duration {
        /// In seconds.
        duration: u64,
    },
    /// A few words.
    Custom {
        /// The words.
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
    /// Anything.
    Custom(CustomTask),
    /// A search of the web.
    WebSearch(WebSearchTask),
    /// A thought.
    Thought(ThoughtTask),
    /// Files that are read.
    File(FileTask),
    /// A picture that is made.
    Image(ImageTask),
    /// A step of a kind that this version does not know: kept and passed on as it is.
    #[serde(untagged)]
    Unknown(Value),
}

/// How far a step is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusIndicator {
    /// Not shown.
    #[default]
    None,
    /// Under way.
    Loading,
    /// Done.
    Complete,
}

/// Any step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomTask {
    /// How far it is.
    pub status_indicator: StatusIndicator,
    /// A few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The name of an icon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// More words, Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A search of the web.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebSearchTask {
    /// How far it is.
    pub status_indicator: StatusIndicator,
    /// A few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What is searched for, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_query: Option<String>,
    /// What is searched for.
    pub queries: Vec<String>,
    /// What was found.
    pub sources: Vec<Source>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A thought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ThoughtTask {
    /// How far it is.
    #[serde(default)]
    pub status_indicator: StatusIndicator,
    /// A few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The thought, Markdown.
    pub content: String,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Files that are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileTask {
    /// How far it is.
    pub status_indicator: StatusIndicator,
    /// A few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The files.
    pub sources: Vec<Source>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A picture that is made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageTask {
    /// How far it is.
    pub status_indicator: StatusIndicator,
    /// A few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
