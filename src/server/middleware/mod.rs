//! Middleware around the handlers.

pub mod client_address;
pub mod cors;
pub mod form_status;
pub mod origin;
pub mod outage;
pub mod page_session;
pub mod request_id;
pub mod request_span;
pub mod request_timeout;
pub mod security_headers;
pub mod trusted_origins;
pub mod unknown_hosts;
pub mod unread_body;
pub mod untrusted_proxy;
