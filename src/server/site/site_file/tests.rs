use std::{io::Write, sync::LazyLock};

use axum::{Router, http::Request, routing::any};
use flate2::{Compression, write::GzEncoder};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;
use crate::server::site;

const STYLE: &str = "/pkg/colloquy.9zWnVNDrkmSwdtqvoQcLRQ.css";
const TEXT: &[u8] = b"body { color: red }";
const BROTLI: &[u8] = b"what Brotli makes of it";

static GZIP: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(TEXT).unwrap();
    encoder.finish().unwrap()
});

static FILES: LazyLock<[SiteFile; 3]> = LazyLock::new(|| {
    let text = || -> Content { Content::Compressed { brotli: BROTLI, gzip: &GZIP } };
    [
        SiteFile { path: STYLE, digest: 0xabc, content: text() },
        SiteFile { path: "/icons.svg", digest: 0xdef, content: text() },
        SiteFile { path: "/icon.png", digest: 0x1, content: Content::Plain(b"PNG") },
    ]
});

/// The form in which build.rs lists files.
const _: &[SiteFile] =
    &[SiteFile { path: "/tests.rs", digest: 0x1, content: Content::Plain(include_bytes!("tests.rs")) }];

/// Requests a file from a router whose fallback answers 404.
async fn ask(method: Method, uri: &str, headers: &[(header::HeaderName, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    let not_found = Router::new().fallback(any(|| async { (StatusCode::NOT_FOUND, "nothing is here") }));
    let router = site::embedded(&*FILES, not_found).layer(axum::middleware::from_fn(site::revalidate));
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let (parts, body) = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
    (parts.status, parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn a_file_is_sent_as_the_client_takes_it() {
    for (takes, encoding, expected) in
        [("gzip, br", Some("br"), BROTLI), ("gzip", Some("gzip"), &GZIP), ("zstd", None, TEXT), ("", None, TEXT)]
    {
        let (status, headers, body) = ask(Method::GET, STYLE, &[(header::ACCEPT_ENCODING, takes)]).await;
        assert_eq!((status, body.as_slice()), (StatusCode::OK, expected), "{takes}");
        assert_eq!(headers.get(header::CONTENT_ENCODING).map(|it| it.to_str().unwrap()), encoding);
        assert_eq!(headers[header::CONTENT_LENGTH], expected.len().to_string());
        assert_eq!(headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert_eq!(headers[header::VARY], "accept-encoding");
        assert_eq!(headers[header::ETAG], format!("\"0000000000000abc-{}\"", encoding.unwrap_or("identity")));
    }
}

#[tokio::test]
async fn a_picture_is_sent_as_it_is() {
    let (_, headers, body) = ask(Method::GET, "/icon.png", &[(header::ACCEPT_ENCODING, "br, gzip")]).await;
    assert_eq!(
        (body.as_slice(), &headers[header::CONTENT_TYPE]),
        (&b"PNG"[..], &HeaderValue::from_static("image/png"))
    );
    assert!(!headers.contains_key(header::CONTENT_ENCODING) && !headers.contains_key(header::VARY), "{headers:?}");
}

#[tokio::test]
async fn only_the_head_is_sent_to_who_asks_for_it() {
    let (status, headers, body) = ask(Method::HEAD, STYLE, &[]).await;
    assert_eq!((status, body.len()), (StatusCode::OK, 0));
    assert_eq!(headers[header::CONTENT_LENGTH], TEXT.len().to_string());
    let (status, headers, _) = ask(Method::POST, STYLE, &[]).await;
    assert_eq!(
        (status, &headers[header::ALLOW]),
        (StatusCode::METHOD_NOT_ALLOWED, &HeaderValue::from_static("GET, HEAD"))
    );
}

#[tokio::test]
async fn what_a_client_has_is_not_sent_again() {
    let known = async |tags: &str| ask(Method::GET, "/icons.svg", &[(header::IF_NONE_MATCH, tags)]).await;
    for tags in ["*", "\"0000000000000def-identity\"", "\"x\", W/\"0000000000000def-identity\""] {
        let (status, headers, body) = known(tags).await;
        assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0), "{tags}");
        assert_eq!(headers[header::ETAG], "\"0000000000000def-identity\"");
        assert_eq!(
            (&headers[header::CACHE_CONTROL], &headers[header::VARY]),
            (&REVALIDATE, &HeaderValue::from_static("accept-encoding"))
        );
        assert!(!headers.contains_key(header::CONTENT_TYPE), "{headers:?}");
    }
    // Another encoding has another tag.
    for tags in ["\"0000000000000def-br\"", "0000000000000def-identity", ""] {
        assert_eq!(known(tags).await.0, StatusCode::OK, "{tags}");
    }
}

#[tokio::test]
async fn what_is_kept_for_ever_has_a_hash_in_its_address() {
    let kept = async |uri: &str| ask(Method::GET, uri, &[]).await.1[header::CACHE_CONTROL].clone();
    assert_eq!(kept(STYLE).await, IMMUTABLE);
    assert_eq!(kept("/icons.svg?0000000000000def").await, IMMUTABLE);
    for uri in ["/icons.svg", "/icons.svg?", "/icons.svg?0000000000000abc", "/icon.png"] {
        assert_eq!(kept(uri).await, REVALIDATE, "{uri}");
    }
}

#[tokio::test]
async fn an_old_name_is_not_found_and_not_kept() {
    for uri in ["/pkg/colloquy.AAAAAAAAAAAAAAAAAAAAAA.css", "/pkg", "/pkg/", "//icons.svg", "/pkg/../icons.svg"] {
        let (status, headers, body) = ask(Method::GET, uri, &[(header::IF_NONE_MATCH, "*")]).await;
        assert_eq!((status, body.as_slice()), (StatusCode::NOT_FOUND, &b"nothing is here"[..]), "{uri}");
        assert_eq!(headers[header::CACHE_CONTROL], REVALIDATE);
    }
}

#[test]
fn a_hash_is_part_of_a_name() {
    let check = |path: &str, expected: bool| assert_eq!(has_hash(path), expected, "{path}");
    for path in [STYLE, "/pkg/colloquy.-NMldOuq8TZmWCBbfIEEXw.wasm", "/pkg/a.b.MsJC_Vwf1BvKGPrvKO_u5g.js"] {
        check(path, true);
    }
    check("/pkg/colloquy.css", false);
    check("/pkg/9zWnVNDrkmSwdtqvoQcLRQ.css", false);
    check("/pkg/.9zWnVNDrkmSwdtqvoQcLRQ.css", false);
    check("/pkg/colloquy.9zWnVNDrkmSwdtqvoQcLRQ.", false);
    check("/pkg/colloquy.9zWnVNDrkmSwdtqvoQcLR.css", false);
    check("/pkg/colloquy.9zWnVNDrkmSwdtqvoQcL%51.css", false);
    check("/pkg/../colloquy.9zWnVNDrkmSwdtqvoQcLRQ.css", false);
    check("/pkg/x/colloquy.9zWnVNDrkmSwdtqvoQcLRQ.css", false);
    check("/colloquy.9zWnVNDrkmSwdtqvoQcLRQ.css", false);
    check(&format!("/pkg/{}.9zWnVNDrkmSwdtqvoQcLRQ.css", "x".repeat(MAX_NAME_BYTES)), false);
}
