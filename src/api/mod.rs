//! Server functions: the seam between the pages and the server.
//!
//! Signatures compile on both sides; bodies run on the server only and start by asking who is there. They are called
//! in-process while a page is rendered, where no middleware guards them. Nothing here decides anything: it calls the
//! same functions of `server` as the HTTP handlers do.

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
