//! Threads and pages.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ThreadItem;
use crate::model::Timestamp;

/// A thread with a page of its items (empty wherever the protocol sends the thread alone).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// What the history shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `thr_` and at least 96 random bits.
    pub id: String,
    /// When the first message was sent.
    pub created_at: Timestamp,
    /// Whether messages may be added.
    #[serde(default)]
    pub status: ThreadStatus,
    /// Integration data; ours is under the key `colloquy`.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    /// The hosts whose images may be shown; unset when nothing is stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_image_domains: Option<Vec<String>>,
    /// A page of items. Never taken from `thread.updated`, where it is always empty.
    #[serde(default)]
    pub items: Page<ThreadItem>,
}

/// Whether messages may be added to a thread.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ThreadStatus {
    /// Open.
    #[default]
    Active,
    /// The composer is shown but disabled.
    Locked {
        /// Shown in the composer's place.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The composer is replaced by a banner.
    Closed {
        /// Shown in the banner.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de>"))]
pub struct Page<T> {
    /// The rows, in the order asked for.
    pub data: Vec<T>,
    /// Whether rows follow.
    pub has_more: bool,
    /// The cursor of the next page: the id of the last row looked at; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { data: Vec::new(), has_more: false, after: None }
    }
}
