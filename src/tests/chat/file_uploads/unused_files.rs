//! Deletion of unneeded files.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;

use super::{
    super::{ask, events, object, refusal},
    NOTES, announce, code, follow, picture, stored, upload, with_files,
};
use crate::tests::{TestApp, both_engines, test_app::BASE_URL};

#[both_engines]
async fn what_is_not_sent_within_a_day_is_swept_and_what_is_sent_stays(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let sent = upload(&app, &alice, "sent.txt", "text/plain", NOTES).await;
    ask(&app, &alice, "threads.create", with_files("/long 1", &[&sent])).await;
    let unsent = upload(&app, &alice, "unsent.png", "image/png", &picture(700, 100)).await;
    announce(&app, &alice, "never.txt", 3, "text/plain").await;
    assert_eq!(stored(&app).len(), 3, "two files and a preview");
    app.state.clock.advance_seconds(24 * 60 * 60);
    app.state.chat.sweep_files().await;
    assert_eq!(stored(&app).len(), 3);
    app.state.clock.advance_seconds(1);
    app.state.chat.sweep_files().await;
    assert_eq!(stored(&app).len(), 1);
    let refused = refusal(&app, &alice, "threads.create", with_files("x", &[&unsent])).await;
    assert_eq!(refused, (404, "not_found".into()));
}

#[both_engines]
async fn what_a_crash_left_of_a_file_is_swept(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let announced = announce(&app, &alice, "large.bin", 12_000_000, "application/octet-stream").await;
    let path = announced["upload_descriptor"]["url"].as_str().unwrap().strip_prefix(BASE_URL).unwrap().to_owned();
    let part = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(vec![b'x'; 6_000_000])]);
    let silence = futures_util::stream::pending();
    let body = Body::from_stream(futures_util::StreamExt::chain(part, silence));
    let uploading = app.router.clone();
    let uploading = tokio::spawn(tower::ServiceExt::oneshot(uploading, Request::put(path).body(body).unwrap()));
    for _ in 0..500 {
        if !stored(&app).is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(stored(&app)[0].ends_with("#1"), "it is not whole");
    app.state.chat.sweep_files().await;
    assert_eq!(stored(&app).len(), 1);
    app.state.clock.advance_seconds(25 * 60 * 60);
    app.state.chat.sweep_files().await;
    assert!(stored(&app).is_empty());
    uploading.abort();
}

#[both_engines]
async fn files_go_with_their_thread_and_with_their_user(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let mut urls = Vec::new();
    for user in [&alice, &bob] {
        let file = upload(&app, user, "a.png", "image/png", &picture(700, 100)).await;
        let told = events(&ask(&app, user, "threads.create", with_files("/long 1", &[&file])).await.text());
        urls.push((file["colloquy"]["url"].clone(), told[0]["thread"]["id"].clone()));
    }
    assert_eq!(stored(&app).len(), 4);
    object(&app, &alice, "threads.delete", json!({ "thread_id": urls[0].1 })).await;
    assert_eq!(code(&follow(&app, "GET", &urls[0].0, b"").await), (404, "not_found".into()));
    app.state.chat.sweep_files().await;
    assert_eq!(stored(&app).len(), 2);
    let gone = app.post("/api/auth/delete-user", Some(&bob.cookie), &json!({ "password": "correct horse 1" })).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text());
    assert_eq!(code(&follow(&app, "GET", &urls[1].0, b"").await), (404, "not_found".into()));
    app.state.chat.sweep_files().await;
    assert!(stored(&app).is_empty());
}
