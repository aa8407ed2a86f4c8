//! What goes wrong between the page and a server.

/// Nobody is signed in.
pub const SIGNED_OUT: &str = "You are signed out. Sign in again to go on.";
/// There was no answer at all.
pub const UNREACHABLE: &str = "The server could not be reached. Check your connection and try again.";
/// An answer broke off on its way.
pub const CONNECTION_LOST: &str = "The connection was lost before the answer was complete.";
/// A refusal without a reason.
pub const REFUSED: &str = "Something went wrong on the server. Try again.";
/// An answer that failed without a reason.
pub const ANSWER_FAILED: &str = "Something went wrong while answering.";
/// The same, when asking again may help.
pub const ANSWER_FAILED_RETRY: &str = "Something went wrong while answering. Try again.";
/// The server speaks another language.
pub const UNREADABLE: &str = "The server's answer could not be read.";
/// The thread that was shown is gone.
pub const DELETED_ELSEWHERE: &str = "This chat was deleted in another window.";
