//! Attachments: uploads, and limits of sending them.

mod file_links;
mod refused_uploads;
mod unused_files;

use std::io::Cursor;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::{ask, events, object, python_sdk_recordings::parse, refusal, text, thread};
use crate::tests::{TestApp, TestResponse, TestUser, both_engines, test_app::BASE_URL};

/// Content of the text file in these tests.
const NOTES: &[u8] = b"Milk, bread and the complete works of Ada Lovelace.\n";

/// Announces a file.
pub(super) async fn announce(app: &TestApp, user: &TestUser, name: &str, size: usize, mime_type: &str) -> Value {
    object(app, user, "attachments.create", json!({ "name": name, "size": size, "mime_type": mime_type })).await
}

/// Sends a request to one of our own links, without credentials.
pub(super) async fn follow(app: &TestApp, method: &str, url: &Value, body: &[u8]) -> TestResponse {
    let path = url.as_str().unwrap().strip_prefix(BASE_URL).expect("an absolute address");
    app.send(Request::builder().method(method).uri(path).body(Body::from(body.to_vec())).unwrap()).await
}

pub(super) async fn put(app: &TestApp, attachment: &Value, body: &[u8]) -> TestResponse {
    follow(app, "PUT", &attachment["upload_descriptor"]["url"], body).await
}

/// Announces and uploads a file; returns the response to the upload.
pub(in crate::tests) async fn upload(
    app: &TestApp,
    user: &TestUser,
    name: &str,
    mime_type: &str,
    body: &[u8],
) -> Value {
    let announced = announce(app, user, name, body.len(), mime_type).await;
    let response = put(app, &announced, body).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text());
    response.json()
}

/// Builds the input of a message with files.
pub(super) fn with_files(message: &str, attachments: &[&Value]) -> Value {
    let mut input = text(message);
    input["attachments"] = attachments.iter().map(|it| it["id"].clone()).collect();
    json!({ "input": input })
}

/// Uploads by a form, as in the strategy `direct`.
pub(super) async fn post(app: &TestApp, token: &str, parts: &str) -> TestResponse {
    let body = format!("{parts}--x--\r\n");
    let request = Request::post("/chatkit/attachments")
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    app.send(request.body(Body::from(body)).unwrap()).await
}

fn part(name: &str, head: &str, body: &str) -> String {
    format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"{head}\r\n\r\n{body}\r\n")
}

/// Creates an image with so much detail that its file is large.
pub(super) fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut seed = 1_u32;
    let noise = image::RgbImage::from_fn(width, height, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb(seed.to_be_bytes()[..3].try_into().unwrap())
    });
    let mut bytes = Cursor::new(Vec::new());
    noise.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Creates a small image of a format.
pub(super) fn picture_of(format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(2, 2).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// An image of one pixel.
pub(super) const GIF: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// Returns the names of all stored files.
fn stored(app: &TestApp) -> Vec<String> {
    let folder = std::fs::read_dir(app.state.config.data_dir.join("uploads")).unwrap();
    folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn code(response: &TestResponse) -> (u16, String) {
    (response.status.as_u16(), response.json()["code"].as_str().unwrap().to_owned())
}

#[both_engines]
async fn the_recorded_announcements_have_the_recorded_shape(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for recording in [
        include_str!("../recordings/chatkit/30-attachments.create.file.txt"),
        include_str!("../recordings/chatkit/30b-attachments.create.image.txt"),
    ] {
        let (request, mut recorded) = parse(recording);
        let mut ours = app.send(alice.chatkit(&request)).await.json();
        for side in [&mut recorded[0], &mut ours] {
            let id = side["id"].take();
            assert!(id.as_str().unwrap().starts_with("atc_"));
            for url in [&["upload_descriptor", "url"][..], &["preview_url"]] {
                let pointer = format!("/{}", url.join("/"));
                if let Some(url) = side.pointer_mut(&pointer) {
                    assert!(url.take().as_str().unwrap().contains(id.as_str().unwrap()));
                }
            }
            // The protocol allows POST and PUT; the headers differ by server.
            side["upload_descriptor"]["method"].take();
            side["upload_descriptor"]["headers"].take();
            side.as_object_mut().unwrap().remove("colloquy");
        }
        assert_eq!(ours, recorded[0]);
    }
}

#[both_engines]
async fn a_file_is_announced_uploaded_sent_and_read(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let announced = announce(&app, &alice, "notes.txt", NOTES.len(), "text/plain;charset=utf-8").await;
    let descriptor = &announced["upload_descriptor"];
    assert_eq!(
        (&descriptor["method"], &descriptor["headers"]),
        (&json!("PUT"), &json!({ "Content-Type": "text/plain" }))
    );
    let uploaded = put(&app, &announced, NOTES).await;
    assert_eq!((uploaded.status, uploaded.header("cache-control")), (StatusCode::OK, "no-store"));
    let uploaded = uploaded.json();
    let url = uploaded["colloquy"]["url"].clone();
    assert_eq!(
        uploaded,
        json!({
            "id": announced["id"], "type": "file", "name": "notes.txt", "mime_type": "text/plain",
            "colloquy": { "size": NOTES.len(), "url": url },
        })
    );
    let response = ask(&app, &alice, "threads.create", with_files("/long 1", &[&uploaded])).await;
    let told = events(&response.text());
    let thread_id = &told[0]["thread"]["id"];
    let sent = &told[1]["item"]["attachments"];
    assert_eq!(
        (&sent[0]["id"], &sent[0]["thread_id"], sent[0].get("upload_descriptor")),
        (&announced["id"], thread_id, None)
    );
    let again = object(&app, &alice, "threads.get_by_id", json!({ "thread_id": thread_id })).await;
    assert_eq!(&again["items"]["data"][0]["attachments"], sent);
    let listed = object(&app, &alice, "items.list", json!({ "thread_id": thread_id, "order": "asc" })).await;
    assert_eq!(&listed["data"][0]["attachments"], sent);
    let file = follow(&app, "GET", &sent[0]["colloquy"]["url"], b"").await;
    assert_eq!((file.status, &file.body[..]), (StatusCode::OK, NOTES));
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("content-length", "52"),
        ("content-disposition", "attachment; filename=\"notes.txt\"; filename*=UTF-8''notes.txt"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "private, max-age=7200, immutable"),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(file.header(name), value, "{name}");
    }
    assert!(stored(&app).iter().all(|name| !name.contains("notes") && name.len() == 32), "names are ours");
}

#[both_engines]
async fn a_part_of_a_file_can_be_had(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let uploaded = upload(&app, &alice, "notes.txt", "text/plain", NOTES).await;
    let path = uploaded["colloquy"]["url"].as_str().unwrap().strip_prefix(BASE_URL).unwrap();
    let range = async |range: &str| {
        app.send(Request::get(path).header(header::RANGE, range).body(Body::empty()).unwrap()).await
    };
    let part = range("bytes=6-10").await;
    assert_eq!(
        (part.status, &part.body[..], part.header("content-range")),
        (StatusCode::PARTIAL_CONTENT, &b"bread"[..], "bytes 6-10/52")
    );
    let beyond = range("bytes=52-").await;
    assert_eq!((beyond.status, beyond.header("content-range")), (StatusCode::RANGE_NOT_SATISFIABLE, "bytes */52"));
    let head = follow(&app, "HEAD", &uploaded["colloquy"]["url"], b"").await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (StatusCode::OK, "52", 0));
}

#[both_engines]
async fn a_picture_is_shown_and_a_large_one_has_a_small_preview(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let (large, small) = (picture(1300, 200), picture(8, 8));
    let uploaded = upload(&app, &alice, "große.png", "image/png", &large).await;
    assert_eq!(uploaded["type"], "image");
    let preview = follow(&app, "GET", &uploaded["preview_url"], b"").await;
    assert_eq!((preview.status, preview.header("content-type")), (StatusCode::OK, "image/jpeg"));
    assert_eq!(
        preview.header("content-disposition"),
        "inline; filename=\"gro_e.png\"; filename*=UTF-8''gro%C3%9Fe.png"
    );
    let seen = image::load_from_memory(&preview.body).unwrap();
    assert_eq!((seen.width(), seen.height()), (640, 98));
    let whole = follow(&app, "GET", &uploaded["colloquy"]["url"], b"").await;
    assert_eq!((whole.header("content-type"), &whole.body[..]), ("image/png", &large[..]));
    let uploaded = upload(&app, &alice, "small.png", "image/png", &small).await;
    assert_eq!(follow(&app, "GET", &uploaded["preview_url"], b"").await.body, small);
    // It has the type of an image but cannot be decoded, so it is treated as any file.
    let broken: Vec<u8> = large[..100_000].to_vec();
    let uploaded = upload(&app, &alice, "broken.png", "image/png", &broken).await;
    assert_eq!((&uploaded["type"], &uploaded["mime_type"]), (&json!("file"), &json!("application/octet-stream")));
    assert_eq!(follow(&app, "GET", &uploaded["colloquy"]["url"], b"").await.body, broken);
}

#[both_engines]
async fn pictures_wait_for_one_of_each_who_has_many_and_for_no_more(app: TestApp) {
    let (mallory, alice) = (app.sign_up("Mallory").await, app.sign_up("Alice").await);
    let turns = app.state.chat.preview_turns();
    let mut hostile: std::collections::VecDeque<_> = std::iter::from_fn(|| turns.queue(&mallory.id).ok()).collect();
    let n_waiting = turns.n_waiting();
    assert_eq!(hostile.len(), n_waiting + 1, "one has its turn");
    // An image beyond the queue is stored and is its own preview.
    let large = picture(1300, 200);
    let uploaded = upload(&app, &mallory, "one-more.png", "image/png", &large).await;
    assert_eq!(follow(&app, "GET", &uploaded["preview_url"], b"").await.body, large);

    let hers = upload(&app, &alice, "hers.png", "image/png", &large);
    let served = async {
        while turns.n_waiting() == n_waiting {
            tokio::task::yield_now().await;
        }
        // Mallory's next image was queued before Alice's, which is served after it.
        drop(hostile.pop_front());
        drop(hostile.pop_front());
    };
    let (hers, ()) = tokio::join!(hers, served);
    assert!(turns.n_waiting() > n_waiting - 5);
    let preview = follow(&app, "GET", &hers["preview_url"], b"").await;
    assert_eq!(preview.header("content-type"), "image/jpeg");
}

#[both_engines]
async fn a_form_uploads_at_once(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let parts =
        part("other", "", "x") + &part("file", "; filename=\"C:\\\\a b.txt\"\r\ncontent-type: text/plain", "hello");
    let response = post(&app, &alice.token, &parts).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text());
    let uploaded = response.json();
    assert_eq!(
        (&uploaded["name"], &uploaded["type"], uploaded.get("upload_descriptor")),
        (&json!("a b.txt"), &json!("file"), None)
    );
    assert_eq!(follow(&app, "GET", &uploaded["colloquy"]["url"], b"").await.text(), "hello");
    let response = ask(&app, &alice, "threads.create", with_files("/long 1", &[&uploaded])).await;
    assert_eq!(response.status, StatusCode::OK);
    for parts in [
        "",
        &part("other", "", "x"),
        &part("file", "", "x"),
        "--x\r\nnonsense",
        &part("file", "; filename=\"..\"\r\ncontent-type: image/png", "x"),
    ] {
        assert_eq!(code(&post(&app, &alice.token, parts).await), (400, "invalid_request".into()), "{parts}");
    }
    assert_eq!(code(&post(&app, "nonsense", &parts).await), (401, "unauthorized".into()));
    let get = app.send(Request::get("/chatkit/attachments").body(Body::empty()).unwrap()).await;
    assert_eq!((code(&get), get.header("allow")), ((405, "method_not_allowed".into()), "POST"));
}
