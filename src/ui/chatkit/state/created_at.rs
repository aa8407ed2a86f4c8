//! Changes to one item.

use crate::model::{Timestamp, chatkit::ThreadItem};

/// Restores the `created_at` of the first event. Servers set different times in `added` and `done`, and the first one
/// orders the transcript.
pub(super) fn with_created_at(mut item: ThreadItem, first_seen: Option<Timestamp>) -> ThreadItem {
    if let Some(moment) = first_seen {
        item.set_created_at(moment);
    }
    item
}
