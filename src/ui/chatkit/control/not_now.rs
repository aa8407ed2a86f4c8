//! Why a method did nothing.

use thiserror::Error;

/// Why a method of the control did nothing. Its `Display` is a sentence for the developer, or for a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotNow {
    /// The chat does not live in a browser yet, or any more: wait for `on_ready`.
    #[error("the chat is not ready yet: wait for `on_ready`")]
    NotReady,
    /// A thread is being loaded: wait for `on_thread_load_end`.
    #[error("a thread is being loaded: wait for `on_thread_load_end`")]
    Loading,
    /// An answer is under way: wait for `on_response_end`, or call `stop`.
    #[error("an answer is under way: wait for `on_response_end`, or call `stop`")]
    Answering,
    /// Nothing is shown that this could be done with.
    #[error("no thread is shown")]
    NoThread,
    /// The thread is locked or closed.
    #[error("the thread takes no more messages")]
    Closed,
    /// The list of threads is turned off.
    #[error("the list of threads is turned off: see `history`")]
    NoHistory,
    /// The options allow no attachments.
    #[error("this chat takes no files: set `composer.attachments.enabled`")]
    NoAttachments,
    /// There is nothing to send.
    #[error("there is nothing to send")]
    Empty,
}
