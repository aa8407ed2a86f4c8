//! Uploads and attachments that are refused.

use super::*;

#[both_engines]
async fn a_file_of_another_size_than_was_announced_is_refused_and_not_kept(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let png = picture(8, 8);
    for (mime_type, size, body) in [
        ("text/plain", NOTES.len() + 1, NOTES),
        ("text/plain", NOTES.len() - 1, NOTES),
        ("text/plain", 0, NOTES),
        ("image/png", png.len() - 1, &png),
        ("image/jpeg", png.len() + 1, &png),
    ] {
        let announced = announce(&app, &alice, "a", size, mime_type).await;
        assert_eq!(code(&put(&app, &announced, body).await), (400, "invalid_request".into()), "{mime_type} {size}");
        let path = announced["upload_descriptor"]["url"].as_str().unwrap().strip_prefix(BASE_URL).unwrap();
        // Without a content length.
        let chunks = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(body.to_vec())]);
        let request = Request::put(path).body(Body::from_stream(chunks)).unwrap();
        assert_eq!(code(&app.send(request).await), (400, "invalid_request".into()), "{mime_type} {size}");
        let refused = refusal(&app, &alice, "threads.create", with_files("x", &[&announced])).await;
        assert_eq!(refused, (400, "invalid_request".into()));
    }
    assert!(stored(&app).is_empty());
    assert_eq!(object(&app, &alice, "threads.list", json!({})).await["data"], json!([]));
}

#[both_engines(&["--attachment-max-bytes", "100"])]
async fn a_name_a_type_or_a_size_that_cannot_be_is_refused(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let params = |name: &str, size: i64, mime_type: &str| json!({ "name": name, "size": size, "mime_type": mime_type });
    for params in [
        params("", 1, "text/plain"),
        params("a\nb", 1, "text/plain"),
        params("a", 1, "text"),
        params("a", -1, "text/plain"),
    ] {
        assert_eq!(refusal(&app, &alice, "attachments.create", params).await, (400, "invalid_request".into()));
    }
    for size in [101, i64::MAX] {
        assert_eq!(
            refusal(&app, &alice, "attachments.create", params("a", size, "text/plain")).await,
            (413, "too_large".into())
        );
    }
    let too_large = post(&app, &alice.token, &part("file", "; filename=\"a\"", &"x".repeat(101))).await;
    assert_eq!(code(&too_large), (413, "too_large".into()));
    assert!(stored(&app).is_empty());
}

#[both_engines]
async fn an_upload_address_takes_one_file(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let announced = announce(&app, &alice, "notes.txt", NOTES.len(), "text/plain").await;
    let (first, second) = tokio::join!(put(&app, &announced, NOTES), put(&app, &announced, NOTES));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(code(&put(&app, &announced, NOTES).await), (409, "conflict".into()));
    app.state.clock.advance_seconds(25 * 60 * 60);
    app.state.chat.sweep_files().await;
    assert!(stored(&app).is_empty());
}

#[both_engines]
async fn another_users_attachment_can_neither_be_sent_nor_deleted(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let alices = upload(&app, &alice, "a.txt", "text/plain", NOTES).await;
    let bobs = thread(&app, &bob, "/long 1").await;
    let mut params = with_files("mine", &[&alices]);
    assert_eq!(refusal(&app, &bob, "threads.create", params.clone()).await, (404, "not_found".into()));
    params["thread_id"] = json!(bobs);
    assert_eq!(refusal(&app, &bob, "threads.add_user_message", params).await, (404, "not_found".into()));
    let delete = json!({ "attachment_id": alices["id"] });
    assert_eq!(object(&app, &bob, "attachments.delete", delete.clone()).await, json!({}));
    app.state.chat.sweep_files().await;
    assert_eq!(follow(&app, "GET", &alices["colloquy"]["url"], b"").await.body, NOTES);
    for _ in 0..2 {
        assert_eq!(object(&app, &alice, "attachments.delete", delete.clone()).await, json!({}));
    }
    assert_eq!(code(&follow(&app, "GET", &alices["colloquy"]["url"], b"").await), (404, "not_found".into()));
    app.state.chat.sweep_files().await;
    assert!(stored(&app).is_empty());
    assert_eq!(object(&app, &bob, "threads.list", json!({})).await["data"].as_array().unwrap().len(), 1);
}

#[both_engines]
async fn an_attachment_is_sent_once_and_ten_at_a_time(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut files = Vec::new();
    for n in 0..11 {
        files.push(upload(&app, &alice, &format!("{n}.txt"), "text/plain", NOTES).await);
    }
    let all: Vec<&Value> = files.iter().collect();
    for input in [with_files("x", &all), with_files("x", &[all[0], all[0]])] {
        assert_eq!(refusal(&app, &alice, "threads.create", input).await, (400, "invalid_request".into()));
    }
    assert_eq!(object(&app, &alice, "threads.list", json!({})).await["data"], json!([]));
    let told = ask(&app, &alice, "threads.create", with_files("/long 1", &all[..10])).await;
    let sent = events(&told.text())[1]["item"]["attachments"].clone();
    assert_eq!(
        sent.as_array().unwrap().iter().map(|it| &it["name"]).collect::<Vec<_>>(),
        all[..10].iter().map(|it| &it["name"]).collect::<Vec<_>>()
    );
    let again = refusal(&app, &alice, "threads.create", with_files("x", &all[9..10])).await;
    assert_eq!(again, (400, "invalid_request".into()));
}
