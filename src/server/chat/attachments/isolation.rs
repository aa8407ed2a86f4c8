//! Keeps files apart from pages: a user's file on the origin of the pages must never become a part of one.
//!
//! `script-src 'self'` and a file that is served as `text/javascript` are safe by themselves and not together. So a file
//! is sent as bytes without a type, unless it is an image, and browsers that say what they want it for get it for
//! nothing else than showing an image, opening and saving.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::server::chat::error::ChatError;

/// The purpose of a request, as a browser states it (Fetch Metadata §2.1); pages cannot change it.
const DESTINATION: HeaderName = HeaderName::from_static("sec-fetch-dest");
/// An `<img>`, a navigation, and a script's `fetch` or a download.
const DESTINATIONS: [&[u8]; 3] = [b"image", b"document", b"empty"];
/// The origins whose pages may embed an answer (Fetch §3.7).
pub(super) const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// All: for images, which pages of trusted origins show.
pub(super) const CROSS_ORIGIN: HeaderValue = HeaderValue::from_static("cross-origin");
/// Only our own.
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
/// The rights of a file in a browser that opens it: none.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// Refuses requests that would make a file a part of a page, and isolates every answer, refusals included.
pub(super) async fn isolate(req: Request, next: Next) -> Response {
    let mut response = match is_harmless(req.headers()) {
        true => next.run(req).await,
        false => ChatError::NotForPages.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(RESOURCE_POLICY).or_insert(SAME_ORIGIN);
    response
}

/// True if no browser says otherwise: clients that are no browsers send no destination, nor do browsers over plain http.
fn is_harmless(headers: &HeaderMap) -> bool {
    headers.get_all(DESTINATION).iter().all(|it| DESTINATIONS.contains(&it.as_bytes()))
}
