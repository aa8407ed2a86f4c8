//! Isolates files from pages: a user's file on the pages' origin must never become part of a page.
//!
//! `script-src 'self'` and a file served as `text/javascript` are safe separately, but not together. Therefore only
//! images are sent with their type. Browsers that send Fetch Metadata may only show an image, open or save a file.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::server::chat::http::error::ChatError;

/// Purpose of a request as the browser states it (Fetch Metadata §2.1). Pages cannot forge it.
const DESTINATION: HeaderName = HeaderName::from_static("sec-fetch-dest");
/// Permitted purposes: `<img>`, a navigation, and a script's `fetch` or a download.
const DESTINATIONS: [&[u8]; 3] = [b"image", b"document", b"empty"];
/// Origins whose pages may embed a response (Fetch §3.7).
pub(super) const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// All origins: for images, which pages of trusted origins show.
pub(super) const CROSS_ORIGIN: HeaderValue = HeaderValue::from_static("cross-origin");
/// The server's own origin only.
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
/// Policy of a file opened in a browser: no rights at all.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// Refuses requests that would make a file part of a page. Sets the isolation headers on every response, refusals
/// included.
pub(super) async fn isolate(req: Request, next: Next) -> Response {
    let mut response = match is_permitted(req.headers()) {
        true => next.run(req).await,
        false => ChatError::NotForPages.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(RESOURCE_POLICY).or_insert(SAME_ORIGIN);
    response
}

/// True unless a browser states a forbidden purpose. Other clients, and browsers over plain http, send none.
fn is_permitted(headers: &HeaderMap) -> bool {
    headers.get_all(DESTINATION).iter().all(|it| DESTINATIONS.contains(&it.as_bytes()))
}
