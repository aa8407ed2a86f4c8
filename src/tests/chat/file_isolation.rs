//! Isolation of user files: they never become part of our pages.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use image::ImageFormat;
use serde_json::{Value, json};

use super::{
    ask, events,
    file_uploads::{announce, follow, picture, picture_of, post, upload},
    object, text,
};
use crate::tests::{TestApp, TestResponse, both_engines, test_app::BASE_URL};

/// Types that browsers would execute, apply, play or render.
const ACTIVE: [&str; 20] = [
    "text/javascript",
    "application/javascript",
    "application/x-javascript",
    "text/ecmascript",
    "application/json",
    "application/manifest+json",
    "text/css",
    "application/wasm",
    "text/html",
    "application/xhtml+xml",
    "image/svg+xml",
    "image/avif",
    "text/xml",
    "application/xslt+xml",
    "multipart/x-mixed-replace",
    "message/rfc822",
    "font/woff2",
    "text/vtt",
    "video/mp4",
    "application/octet-stream",
];
/// The image types that are displayed.
const SHOWN: [(&str, ImageFormat); 4] = [
    ("image/png", ImageFormat::Png),
    ("image/jpeg", ImageFormat::Jpeg),
    ("image/gif", ImageFormat::Gif),
    ("image/webp", ImageFormat::WebP),
];

fn path(url: &Value) -> &str {
    url.as_str().unwrap().strip_prefix(BASE_URL).unwrap()
}

async fn ask_for(app: &TestApp, method: &str, path: &str, headers: &[(&str, &str)]) -> TestResponse {
    let request =
        headers.iter().fold(Request::builder().method(method).uri(path), |it, (name, value)| it.header(*name, *value));
    app.send(request.body(Body::empty()).unwrap()).await
}

#[track_caller]
fn assert_isolated(response: &TestResponse, resource_policy: &str, what: &str) {
    for (name, value) in [
        ("cross-origin-resource-policy", resource_policy),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
    ] {
        let values: Vec<_> = response.headers.get_all(name).iter().collect();
        assert_eq!(values, [value], "{name} of {what}");
    }
}

#[both_engines]
async fn a_file_is_sent_as_bytes_whatever_it_was_declared_as(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for declared in ACTIVE {
        let body = b"/* */ alert(1)";
        let announced = upload(&app, &alice, "x.js", declared, body).await;
        let form = format!(
            "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.js\"\r\ncontent-type: {declared}\r\n\r\nx\r\n"
        );
        let at_once = post(&app, &alice.token, &form).await.json();
        for attachment in [announced, at_once] {
            assert_eq!(attachment["mime_type"], declared);
            let path = path(&attachment["colloquy"]["url"]);
            let (whole, part) = (&[][..], &[("range", "bytes=0-0")][..]);
            for (method, headers) in [("GET", whole), ("HEAD", whole), ("GET", part), ("HEAD", part)] {
                let sent = ask_for(&app, method, path, headers).await;
                assert!(sent.status.is_success(), "{declared}");
                assert_eq!(sent.header("content-type"), "application/octet-stream", "{declared}");
                assert!(sent.header("content-disposition").starts_with("attachment; "), "{declared}");
                assert_isolated(&sent, "same-origin", declared);
            }
            let beyond = ask_for(&app, "GET", path, &[("range", "bytes=99-")]).await;
            assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
            assert_isolated(&beyond, "same-origin", declared);
        }
    }
}

#[both_engines]
async fn the_images_that_are_shown_keep_their_type_and_may_be_embedded(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let large = picture(1300, 200);
    let mut links = Vec::new();
    for (declared, format) in SHOWN {
        let attachment = upload(&app, &alice, "a", declared, &picture_of(format)).await;
        links
            .extend([(attachment["colloquy"]["url"].clone(), declared), (attachment["preview_url"].clone(), declared)]);
    }
    let attachment = upload(&app, &alice, "a", "image/png", &large).await;
    links.extend([
        (attachment["colloquy"]["url"].clone(), "image/png"),
        (attachment["preview_url"].clone(), "image/jpeg"),
    ]);
    for (url, expected) in links {
        for headers in
            [&[][..], &[("range", "bytes=0-3")], &[("sec-fetch-dest", "image"), ("sec-fetch-site", "cross-site")]]
        {
            let sent = ask_for(&app, "GET", path(&url), headers).await;
            assert!(sent.status.is_success(), "{expected}");
            assert_eq!(sent.header("content-type"), expected);
            assert!(sent.header("content-disposition").starts_with("inline; "), "{expected}");
            assert_isolated(&sent, "cross-origin", expected);
        }
    }
}

#[both_engines]
async fn a_page_gets_a_file_for_showing_opening_and_saving_only(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let script = upload(&app, &alice, "x.js", "text/javascript", b"alert(1)").await;
    let image = upload(&app, &alice, "x.png", "image/png", &picture(2, 2)).await;
    let urls = [&script["colloquy"]["url"], &image["colloquy"]["url"], &image["preview_url"]];
    for url in urls {
        for destination in [
            "script",
            "style",
            "worker",
            "sharedworker",
            "serviceworker",
            "audioworklet",
            "paintworklet",
            "manifest",
            "xslt",
            "embed",
            "object",
            "iframe",
            "frame",
            "fencedframe",
            "font",
            "track",
            "audio",
            "video",
            "report",
            "json",
            "speculationrules",
            "webidentity",
            "dictionary",
            "Script",
            "image, script",
            "",
        ] {
            for (method, range) in [("GET", "bytes=0-"), ("HEAD", "bytes=0-"), ("GET", "bytes=99-")] {
                let headers = [("sec-fetch-dest", destination), ("range", range)];
                let refused = ask_for(&app, method, path(url), &headers).await;
                assert_eq!(refused.status, StatusCode::FORBIDDEN, "{destination}");
                assert_eq!(
                    (refused.header("content-type"), refused.header("cache-control")),
                    ("application/json", "no-store")
                );
                assert_isolated(&refused, "same-origin", destination);
                if method == "GET" {
                    assert_eq!(refused.json()["code"], "not_for_pages");
                    assert!(refused.text().contains("shown as an image, opened or saved"), "{}", refused.text());
                }
            }
        }
        for destination in ["image", "document", "empty"] {
            let sent = ask_for(&app, "GET", path(url), &[("sec-fetch-dest", destination)]).await;
            assert_eq!(sent.status, StatusCode::OK, "{destination}");
        }
        let twice = ask_for(&app, "GET", path(url), &[("sec-fetch-dest", "image"), ("sec-fetch-dest", "script")]).await;
        assert_eq!(twice.status, StatusCode::FORBIDDEN);
    }
}

#[both_engines]
async fn a_refusal_is_isolated_too(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let announced = announce(&app, &alice, "x.js", 8, "text/javascript").await;
    let file = upload(&app, &alice, "a.js", "text/javascript", b"alert(1)").await;
    let upload_path = path(&announced["upload_descriptor"]["url"]);
    let download_path = path(&file["colloquy"]["url"]);
    for (method, path, status) in [
        ("PUT", upload_path, 400),
        ("GET", upload_path, 404),
        ("GET", path(&announced["colloquy"]["url"]), 404),
        ("GET", "/chatkit/attachments/atc_nope", 404),
        ("GET", "/chatkit/attachments/%ff", 404),
        ("DELETE", download_path, 405),
        ("POST", download_path, 405),
        ("GET", "/chatkit/attachments", 405),
        ("POST", "/chatkit/attachments", 401),
    ] {
        let refused = ask_for(&app, method, path, &[]).await;
        assert_eq!(refused.status.as_u16(), status, "{method} {path}");
        assert_eq!(refused.header("content-type"), "application/json", "{method} {path}");
        assert_isolated(&refused, "same-origin", path);
    }
    let uploaded = follow(&app, "PUT", &announced["upload_descriptor"]["url"], b"alert(1)").await;
    assert_eq!((uploaded.status, uploaded.header("content-type")), (StatusCode::OK, "application/json"));
    assert_isolated(&uploaded, "same-origin", "an upload");
    app.state.clock.advance_seconds(3 * 60 * 60);
    let late = ask_for(&app, "GET", download_path, &[]).await;
    assert_eq!(late.status, StatusCode::FORBIDDEN);
    assert_isolated(&late, "same-origin", "an old link");
}

/// JSON and events, which contain texts of users and models, are neither scripts nor style sheets.
#[both_engines]
async fn answers_with_what_users_wrote_have_a_type_that_is_never_run(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let input = json!({ "input": text("/long 1") });
    let told = ask(&app, &alice, "threads.create", input).await;
    let thread_id = events(&told.text())[0]["thread"]["id"].clone();
    object(&app, &alice, "threads.update", json!({ "thread_id": thread_id, "title": "alert(1)" })).await;
    let mut answers = vec![told];
    for (kind, params) in
        [("threads.list", json!({})), ("threads.get_by_id", json!({ "thread_id": thread_id })), ("nonsense", json!({}))]
    {
        answers.push(app.send(alice.chatkit(&json!({ "type": kind, "params": params }))).await);
    }
    for path in [
        "/chatkit",
        "/chatkit/runs/run_x",
        "/chatkit/runs/run_x?after=1",
        "/api/auth/get-session",
        "/api/auth/nope",
        "/api/auth/jwks",
    ] {
        answers.push(app.get(path, &alice.cookie).await);
    }
    for answer in answers {
        let kind = answer.header("content-type").split(';').next().unwrap().to_owned();
        let is_data = ["application/json", "text/event-stream", "text/plain", ""].contains(&kind.as_str());
        assert!(is_data, "{kind}: {}", answer.text());
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{kind}");
    }
    let page =
        app.send(Request::get("/api/fn/nope").header(header::COOKIE, &alice.cookie).body(Body::empty()).unwrap()).await;
    assert_eq!(page.header("x-content-type-options"), "nosniff");
}
