//! A static file of the pages, and the response that serves it.

use std::io::{self, Read};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use flate2::read::GzDecoder;

use super::encoding::Encoding;

/// A name with a hash identifies its content, so it may be cached for a year, the maximum of caches (RFC 9111 §1.2.2).
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Other names may have new content after an upgrade.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
/// Length of the hash in a name: MD5 in base64.
const HASH_CHARS: usize = 22;
/// The maximum length of a name with a hash.
const MAX_NAME_BYTES: usize = 128;

/// A file listed by build.rs, or one of another release.
pub struct SiteFile<P = &'static str, B = &'static [u8]> {
    /// Path of its URL, with the leading `/`.
    pub path: P,
    /// Hash of its content, by [`crate::model::digest::fnv1a`].
    pub digest: u64,
    /// Content of the file.
    pub content: Content<B>,
}

/// The content of a file. In development no files are embedded.
#[allow(dead_code)]
pub enum Content<B = &'static [u8]> {
    /// A file that is sent uncompressed.
    Plain(B),
    /// A file in both encodings. Clients that accept neither get the unpacked `gzip`.
    Compressed {
        /// Compressed by Brotli.
        brotli: B,
        /// Compressed by gzip.
        gzip: B,
    },
}

impl<P: AsRef<str>, B: AsRef<[u8]> + Clone + Into<Bytes>> SiteFile<P, B> {
    /// Returns the media type, by the path.
    pub fn media_type(&self) -> &'static str {
        media_type(self.path.as_ref())
    }

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
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type()));
        if encoding != Encoding::Identity {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
        }
        response
    }

    fn body(&self, encoding: Encoding) -> Bytes {
        match (&self.content, encoding) {
            (Content::Plain(bytes), _) => bytes.clone().into(),
            (Content::Compressed { brotli, .. }, Encoding::Brotli) => brotli.clone().into(),
            (Content::Compressed { gzip, .. }, Encoding::Gzip) => gzip.clone().into(),
            (Content::Compressed { gzip, .. }, Encoding::Identity) => {
                unpack(gzip.as_ref()).expect("BUG: build.rs compressed it").into()
            }
        }
    }

    /// True if the URL identifies this content only.
    fn is_fixed(&self, query: Option<&str>) -> bool {
        has_hash(self.path.as_ref()) || query.is_some_and(|it| it == format!("{:016x}", self.digest))
    }
}

/// True for a path of a file that has the hash of its content in its name, such as
/// `/pkg/colloquy.9zWnVNDrkmSwdtqvoQcLRQ.css`.
pub fn has_hash(path: &str) -> bool {
    let is_word = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let Some(name) = path.strip_prefix("/pkg/").filter(|name| name.len() <= MAX_NAME_BYTES) else { return false };
    let mut parts = name.rsplit('.');
    let (extension, hash) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut stem = parts.peekable();
    is_word(extension) && is_word(hash) && hash.len() == HASH_CHARS && stem.peek().is_some() && stem.all(is_word)
}

/// Unpacks gzip.
///
/// # Errors
/// An I/O error if the bytes are not a whole file of gzip.
pub fn unpack(gzip: &[u8]) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut plain)?;
    Ok(plain)
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
