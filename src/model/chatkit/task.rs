//! Steps of work or of thought.

use serde::Serialize;
use serde_json::{Error, Map, Value};

use super::Source;
use crate::model::from_json::{Fields, FromJson, deserialize_from_json, from_json};

/// Steps in a row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Workflow {
    /// What the steps are.
    #[serde(rename = "type")]
    pub kind: WorkflowKind,
    /// The steps.
    pub tasks: Vec<Task>,
    /// What is shown in their stead when they are done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<WorkflowSummary>,
    /// Whether they are shown although there is a summary.
    pub expanded: bool,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

from_json!(struct Workflow { kind as "type"; tasks, summary, expanded; ..extra });

/// What the steps of a workflow are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkflowKind {
    /// Work.
    Custom,
    /// Thought.
    Reasoning,
}

from_json!(word WorkflowKind {
    "custom" => Custom,
    "reasoning" => Reasoning,
});

/// What is shown in the stead of steps that are done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

impl FromJson for WorkflowSummary {
    fn from_json(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "a summary")?;
        match fields.required("duration") {
            Ok(duration) => Ok(Self::Duration { duration }),
            Err(_) => Ok(Self::Custom { title: fields.required("title")?, icon: fields.or_default("icon")? }),
        }
    }
}

deserialize_from_json!(WorkflowSummary);

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
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

from_json!(enum Task {
    "custom" => Custom(_),
    "web_search" => WebSearch(_),
    "thought" => Thought(_),
    "file" => File(_),
    "image" => Image(_),
    _ => Unknown(_),
});

/// How far a step is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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

from_json!(word StatusIndicator {
    "none" => None,
    "loading" => Loading,
    "complete" => Complete,
});

/// Any step.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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

from_json!(struct CustomTask { ; status_indicator, title, icon, content; ..extra });

/// A search of the web.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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

from_json!(struct WebSearchTask { ; status_indicator, title, title_query, queries, sources; ..extra });

/// A thought.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ThoughtTask {
    /// How far it is.
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

from_json!(struct ThoughtTask { content; status_indicator, title; ..extra });

/// Files that are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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

from_json!(struct FileTask { ; status_indicator, title, sources; ..extra });

/// A picture that is made.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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

from_json!(struct ImageTask { ; status_indicator, title; ..extra });
