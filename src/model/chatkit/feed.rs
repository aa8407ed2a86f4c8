//! What a user's feed says: the changes that a tab cannot see in the streams it reads itself. An addition of ours.

use serde::{Deserialize, Serialize};

use super::{ErrorEvent, Thread};

/// One event of `GET /chatkit/feed`: `data: <this, on one line>\n\n`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum FeedEvent {
    /// What was known before may be out of date: read anew. The first event, and the one after events were lost.
    #[serde(rename = "colloquy.reset")]
    Reset,
    /// A thread was begun.
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
        /// Which one.
        thread_id: String,
    },
    /// Items of a thread came, went or changed without a run: read them anew.
    #[serde(rename = "colloquy.items.changed")]
    ItemsChanged {
        /// Whose.
        thread_id: String,
    },
    /// An answer begins; `GET /chatkit/runs/{run_id}` has it.
    #[serde(rename = "colloquy.run.began")]
    RunBegan {
        /// Where.
        thread_id: String,
        /// Which run writes it.
        run_id: String,
    },
    /// An answer has ended, however it did, and is stored.
    #[serde(rename = "colloquy.run.ended")]
    RunEnded {
        /// Where.
        thread_id: String,
        /// Which run wrote it.
        run_id: String,
    },
    /// The feed ends: the session is over.
    #[serde(rename = "error")]
    Error(ErrorEvent),
    /// An event that this version does not know.
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
