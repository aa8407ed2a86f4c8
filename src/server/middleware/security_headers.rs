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
/// `chatkit` is the origin of a ChatKit server that pages ask by themselves, for answers, files and pictures. `reload` is
/// the port of `cargo leptos watch`, whose page listens for new builds.
pub fn content_security_policy(nonce: &str, chatkit: Option<&str>, reload: Option<u32>) -> String {
    let chatkit = chatkit.map(|origin| format!(" {origin}")).unwrap_or_default();
    let reload = reload.map(|port| format!(" ws://localhost:{port} ws://127.0.0.1:{port}")).unwrap_or_default();
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data: blob:{chatkit}; connect-src 'self'{chatkit}{reload}; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}
