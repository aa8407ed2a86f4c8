//! Origin checks (CSRF): the pages that may send state-changing requests, and valid redirect targets (reference §5).

use std::sync::Arc;

use super::trusted_origins::Origin;
use crate::server::config::Config;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Reasons for refusing a request because of its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginRefusal {
    /// `Origin` and `Referer` are missing or `null`.
    #[error("Missing or null Origin")]
    MissingOrNull,
    /// The origin is not trusted.
    #[error("Invalid origin")]
    Invalid,
    /// A sign-in by navigation from another site.
    #[error("Cross-site navigation login blocked. This request appears to be a CSRF attack.")]
    CrossSiteNavigation,
}

impl OriginRefusal {
    /// Returns Better Auth's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::MissingOrNull => "MISSING_OR_NULL_ORIGIN",
            Self::Invalid => "INVALID_ORIGIN",
            Self::CrossSiteNavigation => "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
        }
    }
}

/// Requires that `Origin`, or else `Referer`, is trusted.
///
/// # Errors
/// [`OriginRefusal`].
pub fn check(config: &Config, headers: &HeaderMap) -> Result<(), OriginRefusal> {
    let origin = match non_blank(headers, header::ORIGIN) {
        // Some browsers hide the origin of a same-origin request.
        Some("null") if text(headers, "sec-fetch-site") == Some("same-origin") => return Ok(()),
        Some(origin) => Some(origin),
        None => non_blank(headers, header::REFERER),
    };
    match origin {
        None | Some("null") => Err(OriginRefusal::MissingOrNull),
        Some(origin) if is_trusted(config, headers, origin) => Ok(()),
        Some(_) => Err(OriginRefusal::Invalid),
    }
}

/// Checks a sign-in or sign-up without a cookie: rejects cross-site navigations, and requires a trusted origin from
/// browsers.
///
/// # Errors
/// [`OriginRefusal`].
pub fn check_login(config: &Config, headers: &HeaderMap) -> Result<(), OriginRefusal> {
    if headers.contains_key(header::COOKIE) {
        return Ok(());
    }
    if text(headers, "sec-fetch-site") == Some("cross-site") && text(headers, "sec-fetch-mode") == Some("navigate") {
        return Err(OriginRefusal::CrossSiteNavigation);
    }
    let browser = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "origin", "referer"];
    match browser.iter().any(|name| non_blank(headers, *name).is_some()) {
        true => check(config, headers),
        false => Ok(()),
    }
}

/// The maximum length of a redirect target, which is stored with its mail.
const MAX_TARGET_BYTES: usize = 2048;

/// True if redirects to a URL are allowed: on a configured origin, or a safe path of this server.
///
/// The request's `Host` is ignored. A target is stored in mails and checked again when a link is followed, by a request
/// with another `Host`.
pub fn is_trusted_target(config: &Config, target: &str) -> bool {
    target.len() <= MAX_TARGET_BYTES && (is_safe_path(target) || is_configured(config, target))
}

/// True if `target` is a path on this origin: one leading `/`, no `\`, no encoded slash.
pub fn is_safe_path(target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    target.starts_with('/')
        && !target.starts_with("//")
        && !target.contains(|c: char| c == '\\' || c.is_control())
        && !path.contains("%2f")
        && !path.contains("%5c")
}

/// Returns the origin of the requesting page if it is this server's under another name than the configured one. The
/// evidence is the request's `Host`, or the browser's statement that the request is same-origin although a proxy
/// replaced the host. Only the response to this request may depend on it, never a mail.
pub fn own_page(config: &Config, headers: &HeaderMap) -> Option<String> {
    let page = non_blank(headers, header::ORIGIN).or_else(|| non_blank(headers, header::REFERER))?;
    let page = Origin::parse(page)?;
    let stays = text(headers, "sec-fetch-site") == Some("same-origin");
    let is_ours = stays || text(headers, header::HOST).is_some_and(|host| is_own_host(&page, host));
    (is_ours && page.whole != config.base_url()).then_some(page.whole)
}

/// Returns the origin by which the request arrived, from its `Host`, unless a base URL is configured. A
/// client on another machine could not use `localhost`. Only the response to this request may depend on it, never a
/// mail.
pub fn request_origin(config: &Config, headers: &HeaderMap) -> Option<String> {
    let host =
        text(headers, header::HOST).filter(|host| !config.is_public() && !host.contains(['/', '?', '#', '@', '\\']))?;
    let scheme = if text(headers, "x-forwarded-proto") == Some("https") { "https" } else { "http" };
    Origin::parse(&format!("{scheme}://{host}")).map(|origin| origin.whole)
}

/// True for the configured origin, for the request's own `Host`, and for origins the operator trusts.
///
/// Of the configured host, only the configured scheme is trusted: over http, anybody on the network path can forge the
/// page.
fn is_trusted(config: &Config, headers: &HeaderMap, url: &str) -> bool {
    let is_configured_host = |origin: &Origin| {
        config.is_public() && Origin::parse(&config.base_url()).is_some_and(|own| own.host == origin.host)
    };
    let is_own = |origin: Origin| {
        !is_configured_host(&origin) && text(headers, header::HOST).is_some_and(|host| is_own_host(&origin, host))
    };
    is_configured(config, url) || Origin::parse(url).is_some_and(is_own)
}

/// True for the configured origin and for origins the operator trusts.
fn is_configured(config: &Config, url: &str) -> bool {
    Origin::parse(url).is_some_and(|origin| origin.whole == config.base_url()) || config.trusted_origins.name(url)
}

fn is_own_host(origin: &Origin, host: &str) -> bool {
    let scheme = if origin.whole.starts_with("https:") { "https" } else { "http" };
    Origin::parse(&format!("{scheme}://{host}")).is_some_and(|own| own.host == origin.host)
}

/// Returns a header's text. A malformed header is distinguished from a missing one.
fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<&str> {
    Some(headers.get(name)?.to_str().unwrap_or("\u{fffd}"))
}

/// Returns a header that is not blank.
fn non_blank(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<&str> {
    text(headers, name).filter(|text| !text.trim().is_empty())
}

/// Middleware: refuses requests of other sites' pages to server functions, which Leptos does not check.
pub async fn check_form_origin(State(config): State<Arc<Config>>, req: Request, next: Next) -> Response {
    let reads = matches!(*req.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    match is_server_function(req.uri()) && !reads {
        true => match check(&config, req.headers()) {
            Ok(()) => next.run(req).await,
            Err(refusal) => (StatusCode::FORBIDDEN, refusal.to_string()).into_response(),
        },
        false => next.run(req).await,
    }
}

/// True for the path of a server function.
pub fn is_server_function(uri: &Uri) -> bool {
    uri.path().starts_with("/api/fn/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_our_own_are_safe() {
        for good in ["/", "/chat", "/chat/thr_1?x=https://a.example", "/a#//b"] {
            assert!(is_safe_path(good), "{good}");
        }
        for bad in [
            "",
            "chat",
            "//evil.example",
            "/\\evil.example",
            "/%2fevil.example",
            "/%5Cevil",
            "/a\n",
            "https://evil.example",
        ] {
            assert!(!is_safe_path(bad), "{bad}");
        }
    }
}
