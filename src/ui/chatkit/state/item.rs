//! How one item changes.

use crate::model::{Timestamp, chatkit::ThreadItem};

/// Keeps the moment of the first event: servers stamp `added` and `done` apart, and the first orders the transcript.
pub(super) fn with_created_at(mut item: ThreadItem, first_seen: Option<Timestamp>) -> ThreadItem {
    if let Some(moment) = first_seen {
        item.set_created_at(moment);
    }
    item
}
