//! Labels of the series. Each label has a closed set of values, so no request can add one.

use std::{fmt, sync::Arc};

use axum::{
    extract::{MatchedPath, Request},
    http::StatusCode,
};
use prometheus_client::encoding::{EncodeLabel, EncodeLabelSet, LabelSetEncoder};

/// Defines a label with its values.
macro_rules! label {
    ($(#[$doc:meta])* $name:ident, $key:literal { $($(#[$value_doc:meta])* $value:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$value_doc])* $value,)+
        }

        impl $name {
            /// All values.
            pub(super) const ALL: &'static [Self] = &[$(Self::$value),+];

            fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)+
                }
            }
        }

        impl EncodeLabelSet for $name {
            fn encode(&self, encoder: &mut LabelSetEncoder) -> fmt::Result {
                EncodeLabel::encode(&($key, self.as_str()), encoder.encode_label())
            }
        }
    };
}

label! {
    /// End of a run.
    RunEnd, "end" {
        /// The answer is complete.
        Completed = "completed",
        /// The model failed, or this server while it wrote.
        Failed = "failed",
        /// The user stopped it.
        Stopped = "stopped",
        /// Its thread was deleted.
        Deleted = "deleted",
        /// This server was stopped.
        Interrupted = "interrupted",
        /// Another server, or the sweep, closed the run while this one wrote.
        Lost = "lost",
        /// The end could not be stored.
        Unstored = "unstored",
        /// Its server crashed, and this one closed it.
        Abandoned = "abandoned",
    }
}

label! {
    /// Part of the time until the first token.
    FirstTokenPart, "part" {
        /// From the request to the model until its first event.
        Model = "model",
        /// All else since the user's request arrived.
        Added = "added",
    }
}

label! {
    /// Source that a reader of an answer reads.
    ReaderKind, "kind" {
        /// The log in this process.
        Own = "own",
        /// The copy on Redis of a log in another process.
        Followed = "followed",
        /// The database.
        Stored = "stored",
    }
}

label! {
    /// Result of a sign-in with a password.
    SignInResult, "result" {
        /// A session was opened.
        Ok = "ok",
        /// The address or the password is wrong.
        Refused = "refused",
        /// The password is right, and the address is not verified.
        Unverified = "unverified",
        /// Too many passwords of the account were wrong.
        Limited = "limited",
        /// Too many passwords wait to be checked.
        Busy = "busy",
        /// This server failed.
        Failed = "failed",
    }
}

label! {
    /// Limit that refused something.
    LimitRule, "rule" {
        /// Requests of an address to `/api/auth` that check passwords.
        Passwords = "passwords",
        /// Requests of an address to `/api/auth` that send mails.
        MailRequests = "mail_requests",
        /// All other requests of an address to `/api/auth`.
        Requests = "requests",
        /// Wrong passwords of an account.
        FailedPasswords = "failed_passwords",
        /// Mails to a recipient.
        Recipients = "recipients",
        /// Messages of a user per minute.
        Messages = "messages",
        /// Concurrent answers of a user.
        Answers = "answers",
        /// Open answer streams of a user.
        Streams = "streams",
        /// Open feeds of a user.
        Feeds = "feeds",
        /// Searches of a user.
        Searches = "searches",
        /// Recordings of a user.
        Recordings = "recordings",
    }
}

label! {
    /// Kind of a failed database operation.
    DbErrorKind, "kind" {
        /// No connection of the pool became free in time.
        PoolTimeout = "pool_timeout",
        /// The server cannot be reached, or ended the connection.
        Connection = "connection",
        /// Another transaction was in the way: a deadlock, a conflict, or a lock that was not released in time.
        Conflict = "conflict",
        /// A statement took too long.
        Timeout = "timeout",
        /// Anything else.
        Other = "other",
    }
}

label! {
    /// Direction of tokens, as seen by the model.
    Direction, "direction" {
        /// Tokens of the prompt.
        In = "in",
        /// Tokens of the answer.
        Out = "out",
    }
}

/// Value of `route` for files and unknown paths.
const UNMATCHED: &str = "unmatched";

/// The matched pattern of a request's path, such as `/chat/{thread_id}`.
#[derive(Clone, Debug)]
pub(super) struct Route(Option<MatchedPath>);

impl Route {
    pub(super) fn of(req: &Request) -> Self {
        Self(req.extensions().get::<MatchedPath>().cloned())
    }

    fn as_str(&self) -> &str {
        self.0.as_ref().map_or(UNMATCHED, MatchedPath::as_str)
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Route {}

impl std::hash::Hash for Route {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl EncodeLabelSet for Route {
    fn encode(&self, encoder: &mut LabelSetEncoder) -> fmt::Result {
        EncodeLabel::encode(&("route", self.as_str()), encoder.encode_label())
    }
}

/// The HTTP status of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Status(pub StatusCode);

impl EncodeLabelSet for Status {
    fn encode(&self, encoder: &mut LabelSetEncoder) -> fmt::Result {
        EncodeLabel::encode(&("status", self.0.as_str()), encoder.encode_label())
    }
}

/// A model that the operator configured, or `other`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Model(pub Arc<str>);

impl EncodeLabelSet for Model {
    fn encode(&self, encoder: &mut LabelSetEncoder) -> fmt::Result {
        EncodeLabel::encode(&("model", &*self.0), encoder.encode_label())
    }
}
