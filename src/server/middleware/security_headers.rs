//! Security headers (DESIGN §5).

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

/// Middleware: adds the headers that every response carries.
pub async fn add(State(config): State<Arc<Config>>, req: Request, next: Next) -> Response {
    let mut response = next.run(req).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Forms without JavaScript redirect to their `Referer`, so this origin must receive it.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if config.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

/// Other hosts that pages may contact.
#[derive(Clone, Debug, Default)]
pub struct ExternalSources {
    /// Origin of a ChatKit server that pages contact directly, for answers, files and images.
    pub chatkit: Option<String>,
    /// Sources of images.
    pub images: Vec<String>,
}

/// Returns the content security policy of a document whose inline scripts carry `nonce`.
///
/// Scripts are trusted by the nonce and by scripts that carry it (`'strict-dynamic'`, CSP3 §6.7). They are never
/// trusted by their origin, because user files are served from it, too.
///
/// `external_sources` lists the other hosts that pages may contact. `reload` is the port of `cargo leptos watch`, from
/// which pages receive reload events.
pub fn content_security_policy(nonce: &str, external_sources: &ExternalSources, reload: Option<u32>) -> String {
    let chatkit = external_sources.chatkit.iter().map(|origin| format!(" {origin}")).collect::<String>();
    let images: String = external_sources.images.iter().map(|it| format!(" {it}")).collect();
    let reload = reload.map(|port| format!(" ws://localhost:{port} ws://127.0.0.1:{port}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         font-src 'self'; img-src 'self' data: blob:{chatkit}{images}; media-src 'self' blob:; manifest-src 'self'; \
         connect-src 'self'{chatkit}{reload}; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    )
}
