//! Threads and pages.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ThreadItem;
use crate::model::Timestamp;

/// A thread with a page of its items (empty wherever the protocol sends the thread alone).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// The title in the history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `thr_` and at least 96 random bits.
    pub id: String,
    /// The time of the first message.
    pub created_at: Timestamp,
    /// The status: open, locked or closed.
    #[serde(default)]
    pub status: ThreadStatus,
    /// Integration data; Colloquy's is under the key `colloquy`.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    /// The hosts whose images may be shown; unset for the client's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_image_domains: Option<Vec<String>>,
    /// A page of items; always empty in `thread.updated`.
    #[serde(default)]
    pub items: Page<ThreadItem>,
}

/// The status of a thread.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ThreadStatus {
    /// The thread takes messages.
    #[default]
    Active,
    /// The composer is shown and disabled.
    Locked {
        /// The text that is shown in the composer.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A banner replaces the composer.
    Closed {
        /// The text of the banner.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de>"))]
pub struct Page<T> {
    /// The rows in the requested order.
    pub data: Vec<T>,
    /// True if there are more rows.
    pub has_more: bool,
    /// The cursor of the next page, the id of the last row; unset at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { data: Vec::new(), has_more: false, after: None }
    }
}
