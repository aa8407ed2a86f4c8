//! Links to files, and their validity.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::{
    super::{ask, create, events},
    NOTES, announce, code, follow, put, upload, with_files,
};
use crate::tests::{TestApp, both_engines, test_app::BASE_URL};

#[both_engines]
async fn a_link_is_good_for_its_file_and_purpose_while_it_lasts(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let announced = announce(&app, &alice, "a.txt", NOTES.len(), "text/plain").await;
    let upload_url = announced["upload_descriptor"]["url"].as_str().unwrap().to_owned();
    let not_yet = follow(&app, "GET", &announced["colloquy"]["url"], b"").await;
    assert_eq!(code(&not_yet), (404, "not_found".into()));
    put(&app, &announced, NOTES).await;
    let other = upload(&app, &alice, "b.txt", "text/plain", b"b").await;
    let url = other["colloquy"]["url"].as_str().unwrap().to_owned();
    let (path, signature) = url.rsplit_once('=').unwrap();
    let id = |it: &Value| it["id"].as_str().unwrap().to_owned();
    for (method, wrong) in [
        ("GET", upload_url.clone()),
        ("PUT", url.clone()),
        ("GET", url.replace(&id(&other), &id(&announced))),
        ("GET", url.replace(&id(&other), "atc_nope")),
        ("GET", url.replace(&id(&other), "atc_%00")),
        ("GET", url.replace(&id(&other), "atc_%ff")),
        ("GET", url.replace("for=download", "for=preview")),
        ("GET", url.replace("for=download", "for=anything")),
        ("GET", url.replace("expires=", "expires=9")),
        ("GET", format!("{path}={}", signature.to_uppercase())),
        ("GET", format!("{path}=")),
        ("GET", url.split('?').next().unwrap().to_owned()),
    ] {
        assert_eq!(
            code(&follow(&app, method, &json!(wrong), b"").await),
            (404, "not_found".into()),
            "{method} {wrong}"
        );
    }
    app.state.clock.advance_seconds(2 * 60 * 60);
    for (method, old) in [("GET", url), ("PUT", upload_url)] {
        assert_eq!(code(&follow(&app, method, &json!(old), b"").await), (403, "link_expired".into()));
    }
}

#[both_engines(&["--better-auth-trusted-origins", "https://app.example.com"])]
async fn a_page_of_a_trusted_origin_may_upload(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let announced = announce(&app, &alice, "a.txt", NOTES.len(), "text/plain").await;
    let path = announced["upload_descriptor"]["url"].as_str().unwrap().strip_prefix(BASE_URL).unwrap();
    let request =
        |method: &str, origin: &str| Request::builder().method(method).uri(path).header(header::ORIGIN, origin);
    let preflight = request("OPTIONS", "https://app.example.com")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PUT")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type");
    let allowed = app.send(preflight.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (allowed.status, allowed.header("access-control-allow-origin")),
        (StatusCode::NO_CONTENT, "https://app.example.com")
    );
    assert!(allowed.header("access-control-allow-methods").contains("PUT"));
    assert!(allowed.header("access-control-allow-headers").contains("content-type"));
    let uploaded = app.send(request("PUT", "https://app.example.com").body(Body::from(NOTES)).unwrap()).await;
    assert_eq!(
        (uploaded.status, uploaded.header("access-control-allow-origin")),
        (StatusCode::OK, "https://app.example.com")
    );
    let foreign = app
        .send(
            request("OPTIONS", "https://evil.example")
                .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PUT")
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    assert_eq!(foreign.header("access-control-allow-origin"), "");
}

#[both_engines]
async fn an_opened_page_has_links_too(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let file = upload(&app, &alice, "a.txt", "text/plain", NOTES).await;
    let told = events(&ask(&app, &alice, "threads.create", with_files("/long 1", &[&file])).await.text());
    create(&app, &alice, "/long 1").await;
    let thread_id = told[0]["thread"]["id"].as_str().unwrap();
    let page = app.get(&format!("/chat/{thread_id}"), &alice.cookie).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("for=download"), "{}", page.text());
}
