//! Headers that keep browsers on the safe side (DESIGN §5).

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::server::AppState;

/// Two years, in seconds.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Adds the headers that every answer carries.
pub async fn add(State(app): State<AppState>, req: Request, next: Next) -> Response {
    let mut response = next.run(req).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Forms without JavaScript return to their Referer, so it must be sent to ourselves.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if app.config.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

/// Returns the policy of a document whose inline scripts carry `nonce`.
///
/// `reload` is the port of `cargo leptos watch`, whose page listens for new builds; `image_hosts` are sources whose
/// pictures are shown.
pub fn content_security_policy(nonce: &str, reload: Option<u32>, image_hosts: &[String]) -> String {
    let images: String = image_hosts.iter().map(|it| format!(" {it}")).collect();
    let reload = reload.map(|port| format!(" ws://localhost:{port} ws://127.0.0.1:{port}")).unwrap_or_default();
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data: blob:{images}; connect-src 'self'{reload}; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}
