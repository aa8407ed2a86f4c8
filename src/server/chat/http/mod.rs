//! The HTTP surface: the endpoint and its operations, event streams, errors, limits and pages of lists.

pub(super) mod concurrency_limits;
pub(super) mod error;
pub(super) mod feed;
pub(super) mod operations;
pub(super) mod paging;
pub(super) mod rate_limits;
pub(super) mod request_body;
pub(super) mod sse;
