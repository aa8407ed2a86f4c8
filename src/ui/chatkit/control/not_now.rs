//! Reasons for a refused method call.

use thiserror::Error;

/// Reason for a method call that did nothing. `Display` writes a sentence for developers and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotNow {
    /// The chat is not hydrated yet, or its page is closed. Wait for `on_ready`.
    #[error("the chat is not ready yet: wait for `on_ready`")]
    NotReady,
    /// A thread is loading. Wait for `on_thread_load_end`.
    #[error("a thread is being loaded: wait for `on_thread_load_end`")]
    Loading,
    /// An answer is running. Wait for `on_response_end` or call `stop`.
    #[error("an answer is under way: wait for `on_response_end`, or call `stop`")]
    Answering,
    /// No thread is open.
    #[error("no thread is shown")]
    NoThread,
    /// The thread is locked or closed.
    #[error("the thread takes no more messages")]
    Closed,
    /// The list of threads is disabled.
    #[error("the list of threads is turned off: see `history`")]
    NoHistory,
    /// The options allow no attachments.
    #[error("this chat takes no files: set `composer.attachments.enabled`")]
    NoAttachments,
    /// The message is empty.
    #[error("there is nothing to send")]
    Empty,
}
