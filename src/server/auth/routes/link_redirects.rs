//! Redirects of mailed links.

use axum::{
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use url::Url;

use super::wire_error::WireError;
use crate::model::auth::AuthError;
use crate::server::{
    auth::{auth_state::Auth, cookies::encode_component},
    middleware::outage::OutageResponse,
};

/// Builds a 302 as Better Auth sends it: with the media type of JSON and an empty body.
pub(in crate::server::auth) fn redirect_found(to: &str) -> Response {
    let to = header::HeaderValue::from_str(to).or_else(|_| header::HeaderValue::from_str(&visible(to)));
    let to = to.expect("BUG: what is left is visible ASCII");
    let json = header::HeaderValue::from_static("application/json");
    (StatusCode::FOUND, [(header::CONTENT_TYPE, json), (header::LOCATION, to)]).into_response()
}

/// Percent-encodes the characters that a header cannot hold.
fn visible(url: &str) -> String {
    url.chars()
        .map(|c| if c.is_ascii() && !c.is_ascii_control() { c.to_string() } else { encode_component(&c.to_string()) })
        .collect()
}

/// Responds to a followed link. A refusal redirects a browser to a page and sends JSON to other clients, as Better Auth
/// does.
pub(in crate::server::auth) fn respond_to_link(parts: &Parts, followed: Result<Response, WireError>) -> Response {
    let accept = parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    match followed {
        Ok(response) => response,
        // The link stays good, and the page of the refusal could not be rendered.
        Err(refusal) if accept.contains("text/html") && refusal.is_unavailable() => {
            OutageResponse::to(&parts.method, &parts.uri, &parts.headers).into_response()
        }
        Err(refusal) if accept.contains("text/html") => redirect_found(&with_param("/", "error", refusal.code())),
        Err(refusal) => refusal.into_response(),
    }
}

/// Adds `error=CODE` to the query of a URL or a path.
pub(in crate::server::auth) fn with_error(url: &str, err: AuthError) -> String {
    with_param(url, "error", err.code().unwrap_or("UNKNOWN"))
}

/// Adds `name=value` to the query of a URL or a path, before its fragment.
pub(in crate::server::auth) fn with_param(url: &str, name: &str, value: &str) -> String {
    let (url, fragment) = url.split_once('#').map_or((url, None), |(url, fragment)| (url, Some(fragment)));
    let separator = match url.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{url}{separator}{name}={}{fragment}", encode_component(value))
}

/// Resolves a path against the configured base URL. Absolute URLs are unchanged.
pub(in crate::server::auth) fn absolute(auth: &Auth, target: &str) -> String {
    let base = Url::parse(&auth.config.base_url()).expect("BUG: the base URL is one");
    base.join(target).map_or_else(|_| target.to_owned(), String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_goes_where_a_query_ends() {
        let check = |url: &str, expected: &str| assert_eq!(with_param(url, "error", "A B"), expected);
        check("/x", "/x?error=A%20B");
        check("/x?", "/x?error=A%20B");
        check("/x?a=b", "/x?a=b&error=A%20B");
        check("/x?a=b&", "/x?a=b&error=A%20B");
        check("https://app.example/x#top", "https://app.example/x?error=A%20B#top");
    }

    #[test]
    fn a_location_is_visible_ascii() {
        assert_eq!(redirect_found("/grüße\u{7f}").headers()[header::LOCATION], "/gr%C3%BC%C3%9Fe%7F");
    }
}
