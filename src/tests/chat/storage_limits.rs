//! Space for files: per user, and on the disk.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    ask, events,
    file_uploads::{announce, follow, post, put, upload, with_files},
    object, refusal, text, thread,
};
use crate::{
    server::db::on,
    tests::{TestApp, TestUser, both_engines, test_app::BASE_URL},
};

fn new(size: usize) -> Value {
    json!({ "name": "a.bin", "size": size, "mime_type": "application/octet-stream" })
}

fn no_room() -> (u16, Value) {
    (413, json!("no_room"))
}

fn disk_full() -> (u16, Value) {
    (507, json!("disk_full"))
}

/// A form with one file.
fn form(body: &str) -> String {
    format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n{body}\r\n")
}

async fn n_rows(app: &TestApp, table: &str) -> i64 {
    let count = sqlx::AssertSqlSafe(format!(r#"select count(*) from "{table}""#));
    on!(app.state.db.read(), pool => sqlx::query_scalar(count).fetch_one(pool).await).unwrap()
}

/// Inserts sent files without content.
async fn fill(app: &TestApp, user: &TestUser, thread_id: &str, n_files: i64) {
    on!(app.state.db.write(), pool => sqlx::query(
        r#"
        insert into "attachment" ("id", "userId", "threadId", "name", "mimeType", "size", "createdAt", "updatedAt")
        with recursive "n" ("i") as (select 1 union all select "i" + 1 from "n" where "i" < $1)
        select 'atc_' || "i", $2, $3, 'a', 'text/plain', 0, $4, $4
        from "n"
        "#,
    )
    .bind(n_files)
    .bind(&user.id)
    .bind(thread_id)
    .bind(app.state.clock.now())
    .execute(pool)
    .await
    .map(drop))
    .unwrap();
}

#[both_engines(&["--attachment-bytes-per-user", "100"])]
async fn the_files_of_a_user_have_so_many_bytes_and_no_more(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let first = announce(&app, &alice, "a", 60, "text/plain").await;
    let refused = ask(&app, &alice, "attachments.create", new(41)).await;
    let sentence = refused.json()["message"].as_str().unwrap().to_owned();
    assert!(
        sentence.contains("60 bytes and this one 41") && sentence.contains("delete conversations with files"),
        "{sentence}"
    );
    assert_eq!(refusal(&app, &alice, "attachments.create", new(41)).await, no_room());
    assert_eq!(
        post(&app, &alice.token, &form("hello")).await.status,
        StatusCode::PAYLOAD_TOO_LARGE,
        "a form is larger than its file"
    );
    announce(&app, &alice, "b", 40, "text/plain").await;
    assert_eq!(refusal(&app, &alice, "attachments.create", new(1)).await, no_room());
    announce(&app, &alice, "empty", 0, "text/plain").await;
    announce(&app, &bob, "a", 100, "text/plain").await;
    object(&app, &alice, "attachments.delete", json!({ "attachment_id": first["id"] })).await;
    announce(&app, &alice, "c", 60, "text/plain").await;
    // An unsent file is deleted after a day.
    app.state.clock.advance_seconds(24 * 60 * 60 + 1);
    app.state.chat.sweep_files().await;
    announce(&app, &alice, "d", 100, "text/plain").await;
}

#[both_engines(&["--attachment-bytes-per-user", "10"])]
async fn a_deleted_conversation_gives_its_room_back(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let file = upload(&app, &alice, "a.txt", "text/plain", b"0123456789").await;
    let told = events(&ask(&app, &alice, "threads.create", with_files("/long 1", &[&file])).await.text());
    app.state.clock.advance_seconds(48 * 60 * 60);
    app.state.chat.sweep_files().await;
    assert_eq!(refusal(&app, &alice, "attachments.create", new(1)).await, no_room(), "what was sent counts for good");
    object(&app, &alice, "threads.delete", json!({ "thread_id": told[0]["thread"]["id"] })).await;
    announce(&app, &alice, "b", 10, "text/plain").await;
}

#[both_engines(&["--attachment-bytes-per-user", "100"])]
async fn requests_at_once_to_several_servers_take_no_more_than_one_after_another(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let other = app.another(|_| {});
    let asked = (0..20).map(|n| ask(if n % 2 == 0 { &app } else { &other }, &alice, "attachments.create", new(30)));
    let n_taken = join_all(asked).await.iter().filter(|it| it.status == StatusCode::OK).count();
    assert_eq!(n_taken, 3);
    assert_eq!(n_rows(&app, "attachment").await, 3);
}

#[both_engines(&["--attachment-bytes-per-user", "0"])]
async fn without_a_limit_any_number_of_bytes_is_taken(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for _ in 0..20 {
        announce(&app, &alice, "a", 104_857_600, "application/octet-stream").await;
    }
}

#[both_engines]
async fn files_that_wait_to_be_sent_are_counted(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let first = announce(&app, &alice, "a", 1, "text/plain").await;
    for _ in 1..100 {
        announce(&app, &alice, "a", 0, "text/plain").await;
    }
    assert_eq!(refusal(&app, &alice, "attachments.create", new(0)).await, no_room());
    put(&app, &first, b"x").await;
    assert_eq!(refusal(&app, &alice, "attachments.create", new(0)).await, no_room(), "it was not sent");
    ask(&app, &alice, "threads.create", with_files("/long 1", &[&first])).await;
    announce(&app, &alice, "a", 0, "text/plain").await;
}

#[both_engines]
async fn so_are_all_files(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let thread_id = thread(&app, &alice, "/long 1").await;
    fill(&app, &alice, &thread_id, 9_999).await;
    announce(&app, &alice, "a", 0, "text/plain").await;
    assert_eq!(refusal(&app, &alice, "attachments.create", new(0)).await, no_room());
    object(&app, &alice, "threads.delete", json!({ "thread_id": thread_id })).await;
    announce(&app, &alice, "a", 0, "text/plain").await;
}

#[both_engines(&["--attachment-bytes-per-user", "500"])]
async fn a_form_counts_as_its_file_once_that_is_there_and_not_at_all_when_it_is_refused(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for wrong in [form("x").trim_end().to_owned(), form("x").replace("a.txt", "..")] {
        assert_eq!(post(&app, &alice.token, &wrong).await.status, StatusCode::BAD_REQUEST);
    }
    let uploaded = post(&app, &alice.token, &form("hello")).await.json();
    assert_eq!(uploaded["colloquy"]["size"], 5);
    assert_eq!(n_rows(&app, "attachment").await, 1);
    let refused = ask(&app, &alice, "attachments.create", new(500)).await.json();
    assert!(refused["message"].as_str().unwrap().contains("files have 5 bytes and this one 500"), "{refused}");
    object(&app, &alice, "attachments.delete", json!({ "attachment_id": uploaded["id"] })).await;
}

/// Otherwise one announcement could fill the disk with as many files as requests.
#[both_engines]
async fn what_is_uploaded_twice_is_kept_once_at_once(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let announced = announce(&app, &alice, "a.txt", 5, "text/plain").await;
    let other = app.another(|_| {});
    let uploaded = join_all((0..10).map(|n| put(if n % 2 == 0 { &app } else { &other }, &announced, b"hello"))).await;
    assert_eq!(uploaded.iter().filter(|it| it.status == StatusCode::OK).count(), 1);
    assert!(uploaded.iter().all(|it| it.status == StatusCode::OK || it.status == StatusCode::CONFLICT));
    assert_eq!(n_rows(&app, "file").await, 1);
    let folder = std::fs::read_dir(app.state.config.data_dir.join("uploads")).unwrap();
    assert_eq!(folder.count(), 1);
}

#[both_engines]
async fn refused_uploads_leave_no_rows(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let announced = announce(&app, &alice, "a.png", 5, "image/png").await;
    for _ in 0..3 {
        assert_eq!(put(&app, &announced, b"hell").await.status, StatusCode::BAD_REQUEST);
    }
    let broken_off = form("x").trim_end().to_owned();
    assert_eq!(post(&app, &alice.token, &broken_off).await.status, StatusCode::BAD_REQUEST);
    assert_eq!((n_rows(&app, "file").await, n_rows(&app, "attachment").await), (0, 1));
}

#[both_engines]
async fn on_a_full_disk_nothing_is_taken_and_all_can_be_read_and_deleted(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let file = upload(&app, &alice, "a.txt", "text/plain", b"hello").await;
    let told = events(&ask(&app, &alice, "threads.create", with_files("/long 1", &[&file])).await.text());
    let thread_id = told[0]["thread"]["id"].clone();
    let announced = announce(&app, &alice, "b.txt", 5, "text/plain").await;
    let full = app.another(|config| config.disk_reserve_bytes = u64::MAX);
    let refused = ask(&full, &alice, "attachments.create", new(1)).await.json();
    assert!(refused["message"].as_str().unwrap().contains("disk is nearly full: delete conversations"), "{refused}");
    assert_eq!(refusal(&full, &alice, "attachments.create", new(1)).await, disk_full());
    assert_eq!(put(&full, &announced, b"hello").await.status, StatusCode::INSUFFICIENT_STORAGE);
    assert_eq!(post(&full, &alice.token, &form("hello")).await.status, StatusCode::INSUFFICIENT_STORAGE);
    assert_eq!(n_rows(&app, "file").await, 1, "nothing is left of them");
    let said = json!({ "input": text("/long 1"), "thread_id": thread_id });
    let again = json!({ "thread_id": thread_id, "item_id": told[1]["item"]["id"] });
    for (kind, params) in [
        ("threads.create", json!({ "input": text("/long 1") })),
        ("threads.add_user_message", said),
        ("threads.retry_after_item", again),
    ] {
        match full.state.config.database_folder() {
            Some(_) => assert_eq!(refusal(&full, &alice, kind, params).await, disk_full(), "{kind}"),
            // A database server has its own disk.
            None => assert_eq!(ask(&full, &alice, kind, params).await.status, StatusCode::OK, "{kind}"),
        }
    }
    assert_eq!(follow(&full, "GET", &file["colloquy"]["url"], b"").await.text(), "hello");
    object(&full, &alice, "threads.get_by_id", json!({ "thread_id": thread_id })).await;
    object(&full, &alice, "threads.update", json!({ "thread_id": thread_id, "title": "x" })).await;
    object(&full, &alice, "attachments.delete", json!({ "attachment_id": announced["id"] })).await;
    object(&full, &alice, "threads.delete", json!({ "thread_id": thread_id })).await;
    app.state.chat.sweep_files().await;
    assert_eq!(n_rows(&app, "file").await, 0);
}

/// A file without an announcement may have any size: the disk is checked again during the upload.
#[both_engines(&["--attachment-bytes-per-user", "0"])]
async fn a_disk_that_becomes_full_ends_an_upload(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let announced = announce(&app, &alice, "a.bin", 12_000_000, "application/octet-stream").await;
    let full = app.another(|config| config.disk_reserve_bytes = u64::MAX);
    let path = announced["upload_descriptor"]["url"].as_str().unwrap().strip_prefix(BASE_URL).unwrap();
    let part = futures_util::stream::iter((0..12).map(|_| Ok::<_, std::convert::Infallible>(vec![b'x'; 1_000_000])));
    let refused = full.send(Request::put(path).body(Body::from_stream(part)).unwrap()).await;
    assert_eq!((refused.status.as_u16(), refused.json()["code"].clone()), disk_full());
    assert_eq!(std::fs::read_dir(app.state.config.data_dir.join("uploads")).unwrap().count(), 0);
}
