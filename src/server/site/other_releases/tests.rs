use std::{collections::HashSet, io::Write, sync::LazyLock};

use axum::{body::Body, http::Method};
use flate2::{Compression, write::GzEncoder};

use super::*;
use crate::{
    model::digest::fnv1a,
    server::{
        db::on,
        site::{SiteFile, publication, site_file::Content},
    },
    tests::{TestApp, TestResponse, both_engines},
};

const STYLE: &str = "/pkg/colloquy.9zWnVNDrkmSwdtqvoQcLRQ.css";
const WASM: &str = "/pkg/colloquy.-NMldOuq8TZmWCBbfIEEXw.wasm";
const TEXT: &[u8] = b"body { color: red }";
const BROTLI: &[u8] = b"what Brotli makes of it";

static GZIP: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(TEXT).unwrap();
    encoder.finish().unwrap()
});

/// The files of another release.
fn files() -> [SiteFile; 3] {
    let text = || -> Content { Content::Compressed { brotli: BROTLI, gzip: &GZIP } };
    [
        SiteFile { path: STYLE, digest: fnv1a(TEXT), content: text() },
        SiteFile { path: WASM, digest: fnv1a(b"\0asm"), content: Content::Plain(b"\0asm") },
        SiteFile { path: "/icons.svg", digest: fnv1a(TEXT), content: text() },
    ]
}

async fn publish(app: &TestApp) {
    publication::once(&app.state.db, &files(), app.state.clock.now()).await.unwrap();
}

async fn ask(app: &TestApp, method: Method, path: &str, headers: &[(header::HeaderName, &str)]) -> TestResponse {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

async fn run_statement(app: &TestApp, statement: &'static str) {
    on!(app.state.db.write(), pool => sqlx::query(statement).execute(pool).await.map(drop)).unwrap();
}

#[both_engines]
async fn a_file_of_another_release_is_served_like_an_embedded_one(app: TestApp) {
    assert_eq!(ask(&app, Method::GET, STYLE, &[]).await.status, StatusCode::NOT_FOUND);
    publish(&app).await;
    let etag = |encoding: &str| format!("\"{:016x}-{encoding}\"", fnv1a(TEXT));
    // The second round is answered from memory.
    for _ in 0..2 {
        for (takes, encoding, expected) in
            [("gzip, br", "br", BROTLI), ("gzip", "gzip", &GZIP), ("zstd", "", TEXT), ("", "", TEXT)]
        {
            let res = ask(&app, Method::GET, STYLE, &[(header::ACCEPT_ENCODING, takes)]).await;
            assert_eq!((res.status, &res.body[..]), (StatusCode::OK, expected), "{takes}");
            assert_eq!(res.header("content-encoding"), encoding);
            assert_eq!(res.header("content-type"), "text/css; charset=utf-8");
            assert_eq!(res.header("cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(res.header("vary"), "accept-encoding");
            assert_eq!(res.header("etag"), etag(if encoding.is_empty() { "identity" } else { encoding }));
        }
        run_statement(&app, r#"delete from "siteFile" where "path" like '%.css'"#).await;
    }
    let known = etag("br");
    let headers = [(header::IF_NONE_MATCH, known.as_str()), (header::ACCEPT_ENCODING, "br")];
    assert_eq!(ask(&app, Method::GET, STYLE, &headers).await.status, StatusCode::NOT_MODIFIED);
    run_statement(&app, r#"update "siteFile" set "mediaType" = 'application/new'"#).await;
    let res = ask(&app, Method::HEAD, WASM, &[]).await;
    assert_eq!((res.status, res.body.len(), res.header("content-length")), (StatusCode::OK, 0, "4"));
    assert_eq!(res.header("content-type"), "application/new", "the release that stored it knows");
}

#[both_engines]
async fn only_files_with_a_hash_are_published_and_others_not_found(app: TestApp) {
    publish(&app).await;
    let paths = stored_files::paths(&app.state.db).await.unwrap();
    assert_eq!(paths, HashSet::from([STYLE, WASM].map(str::to_owned)));
    for path in ["/pkg/colloquy.AAAAAAAAAAAAAAAAAAAAAA.css", "/pkg/colloquy.css", "/icons.svgx"] {
        let res = ask(&app, Method::GET, path, &[]).await;
        assert_eq!((res.status, res.header("cache-control")), (StatusCode::NOT_FOUND, "no-cache"), "{path}");
    }
}

#[both_engines]
async fn files_are_deleted_30_days_after_their_release_ran(app: TestApp) {
    publish(&app).await;
    let files = files();
    let (db, clock) = (&app.state.db, &app.state.clock);
    for _ in 0..29 {
        clock.advance_seconds(86_400);
        publication::once(db, &files[..1], clock.now()).await.unwrap();
    }
    assert_eq!(stored_files::paths(db).await.unwrap().len(), 2);
    clock.advance_seconds(86_400);
    publication::once(db, &files[..1], clock.now()).await.unwrap();
    assert_eq!(stored_files::paths(db).await.unwrap(), HashSet::from([STYLE.to_owned()]));
}

#[both_engines]
async fn a_content_that_cannot_be_read_is_not_found(app: TestApp) {
    publish(&app).await;
    run_statement(&app, r#"update "siteFile" set "gzip" = "brotli", "plain" = null"#).await;
    for path in [STYLE, WASM] {
        assert_eq!(ask(&app, Method::GET, path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    run_statement(&app, r#"drop table "siteFile""#).await;
    let res = ask(&app, Method::GET, "/pkg/colloquy.AAAAAAAAAAAAAAAAAAAAAA.css", &[]).await;
    assert_eq!((res.status, res.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
}
