//! Wording of errors between the page and a server.

/// No user is signed in.
pub const SIGNED_OUT: &str = "You are signed out. Sign in again to go on.";
/// No response was received.
pub const UNREACHABLE: &str = "The server could not be reached. Check your connection and try again.";
/// A response broke off.
pub const CONNECTION_LOST: &str = "The connection was lost before the answer was complete.";
/// A refusal without a message.
pub const REFUSED: &str = "Something went wrong on the server. Try again.";
/// A failed answer without a message.
pub const ANSWER_FAILED: &str = "Something went wrong while answering.";
/// A failed answer without a message, if a retry may help.
pub const ANSWER_FAILED_RETRY: &str = "Something went wrong while answering. Try again.";
/// The response does not follow the protocol.
pub const UNREADABLE: &str = "The server's answer could not be read.";
/// The open thread was deleted.
pub const DELETED_ELSEWHERE: &str = "This chat was deleted in another window.";
