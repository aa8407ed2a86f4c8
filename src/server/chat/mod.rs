//! The ChatKit server: `POST /chatkit`, its threads, and the runs that write answers.
//!
//! A request is authenticated, parsed and validated before the first byte of a response. One transaction then stores
//! the message and opens a run (`turns`). A task writes the answer (`runs::respond`) into a log (`runs::live`), and the
//! response is one reader of that log (`http::sse`). Other readers use `run_routes`; the `feed` notifies them of new
//! runs.
//!
//! Sessions and passwords are unknown here: identity belongs to `auth`.

mod attachments;
mod background;
mod chat_state;
mod http;
mod outage;
mod relay;
mod relay_failure;
mod runs;
mod store;
mod turns;
mod wait_text;

pub(super) use attachments::signed_links::LinkOrigin;
pub use chat_state::Chat;
pub use http::error::refuse_slow;
pub use http::operations::router;
pub use relay::configured::relays;
pub(in crate::server) use runs::live::ChatLoad;
pub use store::threads;

use crate::model::page::GallerySection;

/// Every item and widget that the client can show, built from the demo's data.
pub fn gallery() -> Vec<GallerySection> {
    relay::demo::gallery()
}
