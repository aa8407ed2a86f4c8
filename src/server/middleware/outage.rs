//! Responses of pages and forms while the database is away: 503 with `Retry-After`. None of them needs the database.

use axum::{
    Json,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use url::Url;

use super::origin::is_server_function;
use crate::{
    model::{ApiError, path},
    server::{db::outage::RETRY_AFTER_S, site},
};

/// Content security policy of the page, which has a style sheet and an icon.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

/// Middleware: replaces a page or a form's redirect by the page for outages, if a server function reported one.
///
/// It does so by the status 503. Leptos would redirect a form without JavaScript to its page, which needs the database,
/// too. The response to a script is complete already.
pub async fn replace_rendered(req: Request, next: Next) -> Response {
    let outage = OutageResponse::to(req.method(), req.uri(), req.headers());
    let response = next.run(req).await;
    if response.status() != StatusCode::SERVICE_UNAVAILABLE || outage == OutageResponse::Json {
        return response;
    }
    let mut page = outage.into_response();
    // They hold what was typed into a form.
    let cookies = response.headers().get_all(header::SET_COOKIE);
    page.headers_mut().extend(cookies.iter().map(|cookie| (header::SET_COOKIE, cookie.clone())));
    page
}

/// The response to a page, a form or a script.
#[derive(Debug, PartialEq, Eq)]
pub enum OutageResponse {
    /// The error of a server function, for scripts.
    Json,
    /// A page with a link to this path.
    Page {
        /// Path of the page to open again.
        again: String,
    },
}

impl OutageResponse {
    /// Chooses the response to a request.
    pub fn to(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        if is_server_function(uri) && !accept.contains("text/html") {
            return Self::Json;
        }
        let again = match *method {
            Method::GET | Method::HEAD => uri.path_and_query().map(|it| it.as_str().to_owned()),
            _ => referer(headers),
        };
        Self::Page { again: again.filter(|it| path::is_own(it)).unwrap_or_else(|| "/".to_owned()) }
    }
}

/// Returns the path and query of the page that holds a form.
fn referer(headers: &HeaderMap) -> Option<String> {
    let url = Url::parse(headers.get(header::REFERER)?.to_str().ok()?).ok()?;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    Some(format!("{}{query}", url.path()))
}

impl IntoResponse for OutageResponse {
    fn into_response(self) -> Response {
        let headers = [
            (header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        match self {
            Self::Json => (StatusCode::SERVICE_UNAVAILABLE, headers, Json(ApiError::Unavailable)).into_response(),
            Self::Page { again } => {
                let policy = [(header::CONTENT_SECURITY_POLICY, POLICY)];
                let page = include_str!("outage.html")
                    .replace("{style}", &escape(&site::page_files().style))
                    .replace("{again}", &escape(&again));
                (StatusCode::SERVICE_UNAVAILABLE, headers, policy, Html(page)).into_response()
            }
        }
    }
}

/// Escapes an attribute's value.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(method: Method, uri: &str, headers: &[(header::HeaderName, &'static str)]) -> OutageResponse {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        OutageResponse::to(&method, &uri.parse().unwrap(), &headers.collect())
    }

    #[test]
    fn a_page_leads_back_to_itself_and_a_form_to_its_page() {
        let check = |method: Method, uri: &str, referer: &'static str, expected: &str| {
            let headers = [(header::ACCEPT, "text/html,*/*"), (header::REFERER, referer)];
            assert_eq!(to(method, uri, &headers), OutageResponse::Page { again: expected.to_owned() }, "{uri}");
        };
        check(Method::GET, "/account?x=1", "", "/account?x=1");
        check(Method::GET, "//evil.example/x", "", "/");
        check(Method::POST, "/api/fn/sign-in", "http://ours.example/sign-in?next=%2Fchat", "/sign-in?next=%2Fchat");
        check(Method::POST, "/api/fn/sign-in", "http://ours.example//evil.example", "/");
        check(Method::POST, "/api/fn/sign-in", "nonsense", "/");
    }

    #[test]
    fn a_script_gets_the_error_of_a_server_function() {
        for accept in ["application/json", "*/*"] {
            assert_eq!(to(Method::POST, "/api/fn/sign-in", &[(header::ACCEPT, accept)]), OutageResponse::Json);
        }
        assert_eq!(to(Method::GET, "/chat", &[]), OutageResponse::Page { again: "/chat".to_owned() });
    }

    #[test]
    fn an_address_stays_within_its_attribute() {
        assert_eq!(escape(r#"/a?b="<&>"#), "/a?b=&quot;&lt;&amp;&gt;");
    }
}
