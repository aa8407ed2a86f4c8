//! The ChatKit server: `POST /chatkit`, the threads behind it, and the runs that write answers.
//!
//! A request is authenticated, read and checked before the first byte of an answer; then a message is stored and a
//! run opened in one transaction (`turn`), a task writes the answer (`respond`) into a log (`live`), and the
//! response is one reader of that log (`sse`); others come by `run_routes`, and hear by the `feed` when to come.
//! Nothing here knows sessions or passwords: identity is `auth`'s.

mod answer;
mod attachments;
mod background;
mod chat_client;
mod chat_state;
mod continuation;
mod detached;
mod entitle;
mod error;
mod feed;
mod feedback;
mod in_flight;
mod items;
mod limits;
mod live;
mod opening;
mod operations;
mod paging;
mod prompt;
mod reading;
mod relay;
mod relay_failure;
mod respond;
mod retry;
mod run_routes;
mod runs;
mod search;
mod shares;
mod sse;
mod stored;
mod sweep;
pub mod threads;
mod title;
mod tool_calls;
mod transcribe;
mod turn;
mod versions;
mod wait_text;
mod widgets;

pub(super) use attachments::links::LinkOrigin;
pub use chat_state::Chat;
pub use error::refuse_slow;
pub use operations::router;
pub use relay::configured::relays;

use crate::model::page::GallerySection;

/// Everything that the client can show, from the demo's data.
pub fn gallery() -> Vec<GallerySection> {
    relay::demo::gallery()
}
