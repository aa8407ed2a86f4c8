//! Request ids: `x-request-id` names a request here, in the log, and in proxies before this server.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

use crate::server::ids;

/// The header of requests and responses.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The most bytes of an id.
const MAX_BYTES: usize = 128;

/// The id of a request, in its extensions.
#[derive(Clone, Debug)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().expect("BUG: an id is visible ASCII")
    }

    /// Takes the id of a request that has exactly one, of 1 to 128 bytes of visible ASCII.
    fn given(headers: &HeaderMap) -> Option<Self> {
        let mut all = headers.get_all(X_REQUEST_ID).iter();
        let (Some(id), None) = (all.next(), all.next()) else { return None };
        let is_well_formed = (1..=MAX_BYTES).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic);
        is_well_formed.then(|| Self(id.clone()))
    }

    fn random() -> Self {
        Self(HeaderValue::try_from(ids::request_id()).expect("BUG: a made id is visible ASCII"))
    }
}

/// Gives each request a [`RequestId`], its own if it has a well-formed one, and returns it in the response.
pub async fn assign(mut req: Request, next: Next) -> Response {
    let id = RequestId::given(req.headers()).unwrap_or_else(RequestId::random);
    req.extensions_mut().insert(id.clone());
    let mut response = next.run(req).await;
    response.headers_mut().insert(X_REQUEST_ID, id.0);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_and_visible_ascii() {
        let check = |ids: &[&[u8]], expected: Option<&str>| {
            let headers = ids.iter().map(|id| (X_REQUEST_ID, HeaderValue::from_bytes(id).unwrap())).collect();
            assert_eq!(RequestId::given(&headers).as_ref().map(RequestId::as_str), expected, "{ids:?}");
        };
        check(&[], None);
        check(&[b"a"], Some("a"));
        check(&[b"4bf92f35-77b3/4da6:a3ce"], Some("4bf92f35-77b3/4da6:a3ce"));
        check(&[&[b'x'; 128]], Some(&"x".repeat(128)));
        check(&[&[b'x'; 129]], None);
        for bad in [&b""[..], b" ", b"a b", b"a\tb", b"\xc3\xa4", b"\xff"] {
            check(&[bad], None);
        }
        check(&[b"a", b"b"], None);
    }
}
