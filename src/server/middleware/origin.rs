//! Which pages may send us requests that change something (reference §5).

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use url::Url;

use crate::server::{AppState, Error, Result, config::Config};

/// The origins of `BETTER_AUTH_TRUSTED_ORIGINS`; ours is trusted without being named.
#[derive(Clone, Debug, Default)]
pub struct TrustedOrigins(Vec<Pattern>);

/// An origin (`https://*.example.com`) or a host (`*.example.com`), lower case; `*` and `?` cross dots.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern(String);

impl TrustedOrigins {
    /// Reads the list; empty entries are skipped.
    ///
    /// # Errors
    /// [`Error::Config`] for an entry that is neither an origin nor a host.
    pub fn parse(entries: &[String]) -> Result<Self> {
        let entries = entries.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty());
        entries.map(Pattern::parse).collect::<Result<_>>().map(Self)
    }

    /// Whether the list names this origin.
    pub fn name(&self, origin: &str) -> bool {
        let Some(origin) = Origin::parse(origin) else { return false };
        self.0.iter().any(|pattern| pattern.fits(&origin))
    }
}

impl Pattern {
    fn parse(entry: &str) -> Result<Self> {
        let origin = entry.strip_suffix('/').filter(|origin| !origin.ends_with('/')).unwrap_or(entry);
        let host = match origin.split_once("://") {
            Some(("http" | "https", host)) => host,
            Some(_) => "",
            None => origin,
        };
        match host.is_empty() || host.contains(['/', '@', ' ', '#']) {
            true => Err(Error::Config(format!(
                "BETTER_AUTH_TRUSTED_ORIGINS names `{entry}`, which is no origin; write https://app.example.com \
                 or *.example.com"
            ))),
            false => Ok(Self(origin.to_ascii_lowercase())),
        }
    }

    fn fits(&self, origin: &Origin) -> bool {
        let text = if self.0.contains("://") { &origin.whole } else { &origin.host };
        fits(self.0.as_bytes(), text.as_bytes())
    }
}

/// Whether `text` is what `pattern` describes, where `*` is any text and `?` any byte.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => (0..=text.len()).any(|at| fits(rest, &text[at..])),
        (Some((b'?', rest)), Some((_, text))) => fits(rest, text),
        (Some((p, rest)), Some((t, text))) => p == t && fits(rest, text),
        _ => false,
    }
}

/// An http or https origin, lower case, without a default port.
struct Origin {
    whole: String,
    /// Host and port, if that is not the default one.
    host: String,
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let whole = url.origin().ascii_serialization();
        let host = whole.split_once("://")?.1.to_owned();
        Some(Self { whole, host })
    }
}

/// Why a request is refused for where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginRefusal {
    /// Neither `Origin` nor `Referer` says.
    #[error("Missing or null Origin")]
    MissingOrNull,
    /// The page is not trusted.
    #[error("Invalid origin")]
    Invalid,
    /// A navigation from another site tries to sign in.
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

/// Checks that `Origin`, or else `Referer`, is trusted.
///
/// # Errors
/// [`OriginRefusal`].
pub fn check(config: &Config, headers: &HeaderMap) -> Result<(), OriginRefusal> {
    let said = |name| text(headers, name).filter(|text| !text.is_empty());
    let origin = match said(header::ORIGIN) {
        // A browser that hides the origin of a request to ourselves.
        Some("null") if text(headers, "sec-fetch-site") == Some("same-origin") => return Ok(()),
        Some(origin) => Some(origin),
        None => said(header::REFERER),
    };
    match origin {
        None | Some("null") => Err(OriginRefusal::MissingOrNull),
        Some(origin) if is_trusted(config, headers, origin) => Ok(()),
        Some(_) => Err(OriginRefusal::Invalid),
    }
}

/// Checks a sign-in or sign-up without a cookie: no cross-site navigations, and the origin if a browser speaks.
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
    match browser.iter().any(|name| headers.contains_key(*name)) {
        true => check(config, headers),
        false => Ok(()),
    }
}

/// Whether a URL may be gone to after signing in: a trusted origin's, or a safe path of ours.
pub fn is_trusted_target(config: &Config, headers: &HeaderMap, target: &str) -> bool {
    is_safe_path(target) || is_trusted(config, headers, target)
}

/// Whether `target` is a path on our own origin: one `/` in front, no `\`, nothing that hides a slash.
pub fn is_safe_path(target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    target.starts_with('/')
        && !target.starts_with("//")
        && !target.contains(|c: char| c == '\\' || c.is_control())
        && !path.contains("%2f")
        && !path.contains("%5c")
}

/// Ours by configuration, ours by the request's own `Host`, or named by the operator.
fn is_trusted(config: &Config, headers: &HeaderMap, url: &str) -> bool {
    let Some(origin) = Origin::parse(url) else { return false };
    origin.whole == config.base_url()
        || text(headers, header::HOST).is_some_and(|host| is_own_host(&origin, host))
        || config.trusted_origins.name(&origin.whole)
}

fn is_own_host(origin: &Origin, host: &str) -> bool {
    let scheme = if origin.whole.starts_with("https:") { "https" } else { "http" };
    Origin::parse(&format!("{scheme}://{host}")).is_some_and(|own| own.host == origin.host)
}

fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Refuses requests to our server functions that another site's page sends: Leptos has no check of its own.
pub async fn guard_forms(State(app): State<AppState>, req: Request, next: Next) -> Response {
    let reads = matches!(*req.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    match is_form(req.uri()) && !reads {
        true => match check(&app.config, req.headers()) {
            Ok(()) => next.run(req).await,
            Err(refusal) => (StatusCode::FORBIDDEN, refusal.to_string()).into_response(),
        },
        false => next.run(req).await,
    }
}

fn is_form(uri: &Uri) -> bool {
    uri.path().starts_with("/api/fn/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted(entries: &[&str]) -> TrustedOrigins {
        TrustedOrigins::parse(&entries.iter().map(|&entry| entry.to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn origins_and_hosts_are_matched_with_wildcards() {
        let list = trusted(&["https://app.example.com/", "*.example.org", "https://pr-?.example.net", "localhost:*"]);
        for good in [
            "https://app.example.com",
            "http://a.example.org",
            "https://a.b.example.org",
            "https://pr-7.example.net",
            "http://localhost:5173",
        ] {
            assert!(list.name(good), "{good}");
        }
        for bad in [
            "http://app.example.com",
            "https://app.example.com.evil.example",
            "https://example.org",
            "https://pr-77.example.net",
            "https://evil.example/?a.example.org",
            "null",
            "",
            "javascript:alert(1)",
        ] {
            assert!(!list.name(bad), "{bad}");
        }
    }

    #[test]
    fn an_entry_that_is_no_origin_is_refused() {
        for bad in ["ftp://x", "https://", "https://a/b", "a b"] {
            assert!(TrustedOrigins::parse(&[bad.to_owned()]).is_err(), "{bad}");
        }
    }

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
