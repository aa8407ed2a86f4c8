//! The events of a user's feed: changes that are not part of the streams that a tab reads itself. Colloquy's addition.

use serde::{Deserialize, Serialize};

use super::{ErrorEvent, Thread};

/// One event of `GET /chatkit/feed`: `data: <this, on one line>\n\n`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum FeedEvent {
    /// The client's state may be out of date and must be fetched again. Sent first, and after events were lost.
    #[serde(rename = "colloquy.reset")]
    Reset,
    /// A thread was created.
    #[serde(rename = "thread.created")]
    ThreadCreated {
        /// The thread, without items.
        thread: Thread,
    },
    /// A thread's title or status changed.
    #[serde(rename = "thread.updated")]
    ThreadUpdated {
        /// The thread, without items.
        thread: Thread,
    },
    /// A thread was deleted.
    #[serde(rename = "colloquy.thread.deleted")]
    ThreadDeleted {
        /// The thread's id.
        thread_id: String,
    },
    /// Items of a thread changed without a run; the client fetches them again.
    #[serde(rename = "colloquy.items.changed")]
    ItemsChanged {
        /// The thread's id.
        thread_id: String,
    },
    /// A run began; `GET /chatkit/runs/{run_id}` streams its answer.
    #[serde(rename = "colloquy.run.began")]
    RunBegan {
        /// The thread's id.
        thread_id: String,
        /// The run's id.
        run_id: String,
    },
    /// A run ended, with any status, and its answer is stored.
    #[serde(rename = "colloquy.run.ended")]
    RunEnded {
        /// The thread's id.
        thread_id: String,
        /// The run's id.
        run_id: String,
    },
    /// The session ended, and the feed ends with it.
    #[serde(rename = "error")]
    Error(ErrorEvent),
    /// An unknown event.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_no_error() {
        let read = |wire: &str| serde_json::from_str::<FeedEvent>(wire).unwrap();
        assert_eq!(read(r#"{"type":"colloquy.song","verse":1}"#), FeedEvent::Unknown);
        assert_eq!(read(r#"{"type":"colloquy.reset","since":1}"#), FeedEvent::Reset);
    }
}
