//! Headers that keep browsers on the safe side (DESIGN §5).

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::server::config::Config;

/// Two years, in seconds.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Adds the headers that every answer carries.
pub async fn add(State(config): State<Arc<Config>>, req: Request, next: Next) -> Response {
    let mut response = next.run(req).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Forms without JavaScript return to their Referer, so it must be sent to ourselves.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if config.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

/// The hosts beside our own that pages may ask.
#[derive(Clone, Debug, Default)]
pub struct Elsewhere {
    /// The origin of a ChatKit server that pages ask by themselves, for answers, files and pictures.
    pub chatkit: Option<String>,
    /// Sources whose pictures are shown.
    pub images: Vec<String>,
}

/// Returns the policy of a document whose inline scripts carry `nonce`.
///
/// Scripts are trusted by the nonce and by the scripts that carry it (`'strict-dynamic'`, CSP3 §6.7), never by
/// their origin: user files are served from this origin, too.
///
/// `elsewhere` are the other hosts that pages may ask. `reload` is the port of `cargo leptos watch`, whose page listens for
/// new builds.
pub fn content_security_policy(nonce: &str, elsewhere: &Elsewhere, reload: Option<u32>) -> String {
    let chatkit = elsewhere.chatkit.iter().map(|origin| format!(" {origin}")).collect::<String>();
    let images: String = elsewhere.images.iter().map(|it| format!(" {it}")).collect();
    let reload = reload.map(|port| format!(" ws://localhost:{port} ws://127.0.0.1:{port}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         font-src 'self'; img-src 'self' data: blob:{chatkit}{images}; media-src 'self' blob:; manifest-src 'self'; \
         connect-src 'self'{chatkit}{reload}; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    )
}
