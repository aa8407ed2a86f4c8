//! `workflow` and `task`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{Task, Workflow};
use crate::model::Timestamp;

/// Steps of work or of thought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkflowItem {
    /// `wf_` and at least 96 random bits.
    pub id: String,
    /// The thread it stands in.
    pub thread_id: String,
    /// When the work began.
    pub created_at: Timestamp,
    /// The steps.
    pub workflow: Workflow,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// One step of work alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskItem {
    /// `tsk_` and at least 96 random bits.
    pub id: String,
    /// The thread it stands in.
    pub thread_id: String,
    /// When the work began.
    pub created_at: Timestamp,
    /// The step.
    pub task: Task,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
