//! A file in the binary, and how it is sent.

use std::io::Read;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use flate2::read::GzDecoder;

use super::encoding::Encoding;

/// A name that holds a hash means one content for ever; a year is what caches take for that (RFC 9111 §1.2.2).
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Another name may mean something else after an upgrade.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// How long a hash is that `cargo leptos` puts into a name: MD5 in base64.
const HASH_CHARS: usize = 22;

/// One of the files that build.rs lists.
pub struct SiteFile {
    /// The path of its address, from `/` on.
    pub path: &'static str,
    /// The hash of its content, [`crate::model::digest::fnv1a`].
    pub digest: u64,
    /// Its bytes.
    pub content: Content,
}

/// What is embedded of a file; in development there is none.
#[allow(dead_code)]
pub enum Content {
    /// What is small by itself, as it is.
    Plain(&'static [u8]),
    /// Whatever clients ask for; who wants neither gets what `gzip` unpacks to.
    Compressed {
        /// By Brotli.
        brotli: &'static [u8],
        /// By gzip.
        gzip: &'static [u8],
    },
}

impl SiteFile {
    /// The answer to a request for it; `query` may hold the hash of the content that the client means.
    pub fn answer(&self, method: &Method, query: Option<&str>, headers: &HeaderMap) -> Response {
        if ![Method::GET, Method::HEAD].contains(method) {
            return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
        }
        let encoding = self.encoding(headers);
        let etag = format!("\"{:016x}-{}\"", self.digest, encoding.name());
        let mut response = match is_known(headers, &etag) {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => self.whole(encoding),
        };
        let kept = if self.is_fixed(query) { FOR_EVER } else { ASK_AGAIN };
        response.headers_mut().insert(header::CACHE_CONTROL, kept);
        response.headers_mut().insert(header::ETAG, HeaderValue::from_str(&etag).expect("BUG: plain ASCII"));
        if matches!(self.content, Content::Compressed { .. }) {
            response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if method == Method::HEAD {
            *response.body_mut() = Body::empty();
        }
        response
    }

    fn encoding(&self, headers: &HeaderMap) -> Encoding {
        match self.content {
            Content::Plain(_) => Encoding::Identity,
            Content::Compressed { .. } => Encoding::wanted(headers),
        }
    }

    fn whole(&self, encoding: Encoding) -> Response {
        let body = self.body(encoding);
        let length = HeaderValue::from(body.len());
        let mut response = Response::new(body.into());
        response.headers_mut().insert(header::CONTENT_LENGTH, length);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(self.path)));
        if encoding != Encoding::Identity {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
        }
        response
    }

    fn body(&self, encoding: Encoding) -> bytes::Bytes {
        match (&self.content, encoding) {
            (Content::Plain(bytes), _) => (*bytes).into(),
            (Content::Compressed { brotli, .. }, Encoding::Brotli) => (*brotli).into(),
            (Content::Compressed { gzip, .. }, Encoding::Gzip) => (*gzip).into(),
            (Content::Compressed { gzip, .. }, Encoding::Identity) => {
                let mut plain = Vec::new();
                GzDecoder::new(*gzip).read_to_end(&mut plain).expect("BUG: build.rs compressed it");
                plain.into()
            }
        }
    }

    /// Whether the address means this content alone.
    fn is_fixed(&self, query: Option<&str>) -> bool {
        let mut name = self.path.rsplit('/').next().unwrap_or_default().split('.').rev().skip(1);
        let has_hash = self.path.starts_with("/pkg/") && name.next().is_some_and(|it| it.len() == HASH_CHARS);
        has_hash || query.is_some_and(|it| it == format!("{:016x}", self.digest))
    }
}

/// Whether the client has it already. A proxy may have made the tag a weak one (RFC 9110 §13.1.2).
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    let mut tags = tags.flat_map(|it| it.split(',')).map(str::trim);
    tags.any(|it| it == "*" || it.trim_start_matches("W/") == etag)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
