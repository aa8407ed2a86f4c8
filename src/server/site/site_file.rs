//! A static file embedded in the binary, and the response that serves it.

use std::io::Read;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use flate2::read::GzDecoder;

use super::encoding::Encoding;

/// A name with a hash identifies its content, so it may be cached for a year, the maximum of caches (RFC 9111 §1.2.2).
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Other names may have new content after an upgrade.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
/// Length of the hash in a name: MD5 in base64.
const HASH_CHARS: usize = 22;

/// A file listed by build.rs.
pub struct SiteFile {
    /// Path of its URL, with the leading `/`.
    pub path: &'static str,
    /// Hash of its content, by [`crate::model::digest::fnv1a`].
    pub digest: u64,
    /// Content of the file.
    pub content: Content,
}

/// The embedded content of a file. In development no files are embedded.
#[allow(dead_code)]
pub enum Content {
    /// A file that is sent uncompressed.
    Plain(&'static [u8]),
    /// A file in both encodings. Clients that accept neither get the unpacked `gzip`.
    Compressed {
        /// Compressed by Brotli.
        brotli: &'static [u8],
        /// Compressed by gzip.
        gzip: &'static [u8],
    },
}

impl SiteFile {
    /// Responds to a request for the file. `query` may hold the hash of the requested content.
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
        let kept = if self.is_fixed(query) { IMMUTABLE } else { REVALIDATE };
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
            Content::Compressed { .. } => Encoding::preferred(headers),
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

    /// True if the URL identifies this content only.
    fn is_fixed(&self, query: Option<&str>) -> bool {
        let mut name = self.path.rsplit('/').next().unwrap_or_default().split('.').rev().skip(1);
        let has_hash = self.path.starts_with("/pkg/") && name.next().is_some_and(|it| it.len() == HASH_CHARS);
        has_hash || query.is_some_and(|it| it == format!("{:016x}", self.digest))
    }
}

/// True if the client has the file cached. A proxy may have made the tag a weak one (RFC 9110 §13.1.2).
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
