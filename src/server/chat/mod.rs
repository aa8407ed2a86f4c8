//! The ChatKit server: `POST /chatkit`, its threads, and the runs that write answers.
//!
//! A request is authenticated, parsed and validated before the first byte of a response. One transaction then stores
//! the message and opens a run (`turn`). A task writes the answer (`respond`) into a log (`live`), and the response is
//! one reader of that log (`sse`). Other readers use `run_routes`; the `feed` notifies them of new runs.
//!
//! Sessions and passwords are unknown here: identity belongs to `auth`.

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

/// Every item and widget that the client can show, built from the demo's data.
pub fn gallery() -> Vec<GallerySection> {
    relay::demo::gallery()
}
