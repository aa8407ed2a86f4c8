//! The type of a file follows its first bytes, whatever the browser derived from its name.

use image::ImageFormat;
use serde_json::json;

use super::{
    ask, events,
    file_uploads::{GIF, announce, follow, picture_of, put, upload, with_files},
};
use crate::tests::{TestApp, both_engines};

#[both_engines]
async fn a_wrong_type_is_corrected_everywhere(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let jpeg = &picture_of(ImageFormat::Jpeg)[..];
    let announced = announce(&app, &alice, "photo.png", jpeg.len(), "image/png").await;
    let uploaded = put(&app, &announced, jpeg).await.json();
    assert_eq!((&uploaded["mime_type"], &uploaded["type"]), (&json!("image/jpeg"), &json!("image")));
    let sent = ask(&app, &alice, "threads.create", with_files("/long 1", &[&uploaded])).await.text();
    assert_eq!(events(&sent)[1]["item"]["attachments"][0]["mime_type"], "image/jpeg");
    let file = follow(&app, "GET", &uploaded["colloquy"]["url"], b"").await;
    assert_eq!((file.header("content-type"), &file.body[..]), ("image/jpeg", jpeg));

    for (name, declared, body, mime_type, shown) in [
        ("scan", "application/octet-stream", GIF, "image/gif", true),
        ("photo.heic", "image/heic", jpeg, "image/jpeg", true),
        ("a.txt", "text/plain", jpeg, "image/jpeg", true),
        ("a.pdf", "application/pdf", b"\xef\xbb\xbf%PDF-1.7", "application/pdf", false),
        ("a.pdf", "application/pdf", b"junk\n%PDF-1.7", "application/pdf", false),
        ("a.pdf", "application/pdf", b"<script>alert(1)</script>", "application/octet-stream", false),
        ("a.png", "image/png", b"<svg onload=alert(1)>", "application/octet-stream", false),
        ("a.png", "image/png", b"", "application/octet-stream", false),
        ("crash.log", "text/plain", b"at 0x0: \0", "text/plain", false),
        ("a.csv", "text/csv", b"a\0,\0b\0", "text/csv", false),
        ("a.jpg", "image/jpeg", b"%PDF-1.7", "application/pdf", false),
        ("a.svg", "image/svg+xml", b"<svg/>", "image/svg+xml", false),
    ] {
        let uploaded = upload(&app, &alice, name, declared, body).await;
        let kind = if shown { "image" } else { "file" };
        assert_eq!((&uploaded["mime_type"], &uploaded["type"]), (&json!(mime_type), &json!(kind)), "{name} {declared}");
        assert_eq!(uploaded.get("preview_url").is_some(), shown, "{name} {declared}");
        let file = follow(&app, "GET", &uploaded["colloquy"]["url"], b"").await;
        let sent_as = if shown { mime_type } else { "application/octet-stream" };
        let place = if shown { "inline; " } else { "attachment; " };
        assert_eq!((file.header("content-type"), &file.body[..]), (sent_as, body), "{name} {declared}");
        assert!(file.header("content-disposition").starts_with(place), "{name} {declared}");
    }
}
