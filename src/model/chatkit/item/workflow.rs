//! `workflow` and `task`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{Task, Workflow};
use crate::model::Timestamp;

/// A sequence of work or reasoning steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkflowItem {
    /// `wf_` and at least 96 random bits.
    pub id: String,
    /// The thread's id.
    pub thread_id: String,
    /// The time at which the work began.
    pub created_at: Timestamp,
    /// The steps.
    pub workflow: Workflow,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A single step outside of a workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskItem {
    /// `tsk_` and at least 96 random bits.
    pub id: String,
    /// The thread's id.
    pub thread_id: String,
    /// The time at which the work began.
    pub created_at: Timestamp,
    /// The step.
    pub task: Task,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
