//! Server functions, which connect the pages with the server.
//!
//! Signatures compile on both sides. Bodies run on the server only and authenticate first: while a page is rendered,
//! they are called in-process, without middleware. They contain no logic and call the same functions of `server` as
//! the HTTP handlers.

pub mod account;
pub mod appearance;
pub mod recovery;
pub mod settings;
pub mod status;
pub mod threads;
pub mod typeset;

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

use crate::model::ApiError;

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(err: ServerFnErrorErr) -> Self {
        match err {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unreachable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::BadRequest
            }
            _ => Self::Internal,
        }
    }
}
