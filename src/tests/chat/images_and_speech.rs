//! Input of models: images of messages, and transcribed speech.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{
    ask, events,
    file_uploads::{picture, upload, with_files},
    model_server::FakeModel,
    object, refusal,
};
use crate::tests::{Engine, TestApp, both_engines};

/// The request of recording 31.
const SPEECH: &str = "YWJj";

fn speech() -> Value {
    json!({ "audio_base64": SPEECH, "mime_type": "audio/webm;codecs=opus" })
}

/// Starts a server whose model transcribes speech, with a scripted response.
async fn hearing(answer: impl Fn() -> Response + Send + Sync + 'static) -> (FakeModel, TestApp) {
    let model = FakeModel::start(move |_, _| answer()).await;
    let flags: Vec<&str> = model.flags().into_iter().chain(["--openai-transcribe-model", "ear-1"]).collect();
    let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
    (model, app)
}

async fn sent_to_the_model(engine: Engine) {
    let model = FakeModel::streaming(&["I ", "see."]).await;
    let app = TestApp::with_flags(engine, &model.flags()).await;
    let alice = app.sign_up("Alice").await;
    let small = picture(8, 8);
    let (small_url, large) = (format!("data:image/png;base64,{}", BASE64_STANDARD.encode(&small)), picture(1300, 1100));
    assert!(large.len() > 4 * 1024 * 1024);
    let small = upload(&app, &alice, "small.png", "image/png", &small).await;
    let large = upload(&app, &alice, "large.png", "image/png", &large).await;
    let notes = upload(&app, &alice, "notes.txt", "text/plain", b"Milk").await;
    let told = ask(&app, &alice, "threads.create", with_files("What is this?", &[&small, &notes, &large])).await;
    assert_eq!(told.status, StatusCode::OK);
    let content = &model.asked().pop().unwrap().body["messages"][0]["content"];
    let named = "What is this?\n[Attached file: small.png (image/png)]\n[Attached file: notes.txt (text/plain)]\n\
                 [Attached file: large.png (image/png)]";
    assert_eq!(content[0], json!({ "type": "text", "text": named }));
    assert_eq!(content[1], json!({ "type": "image_url", "image_url": { "url": small_url } }));
    // Of the large image, the preview is sent.
    assert!(content[2]["image_url"]["url"].as_str().unwrap().starts_with("data:image/jpeg;base64,"), "{}", content[2]);
    assert_eq!(content.as_array().unwrap().len(), 3);
    // A deleted file is still named.
    for file in [&small, &large] {
        object(&app, &alice, "attachments.delete", json!({ "attachment_id": file["id"] })).await;
    }
    app.state.chat.sweep_files().await;
    let thread_id = &events(&told.text())[0]["thread"]["id"];
    super::add(&app, &alice, thread_id.as_str().unwrap(), "And now?").await;
    assert_eq!(model.asked().pop().unwrap().body["messages"][0]["content"], named);
}

#[tokio::test]
async fn a_model_is_sent_pictures_and_the_names_of_files_on_sqlite() {
    sent_to_the_model(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_model_is_sent_pictures_and_the_names_of_files_on_postgres() {
    sent_to_the_model(Engine::Postgres).await;
}

#[tokio::test]
async fn speech_becomes_text() {
    let (model, app) = hearing(|| Json(json!({ "text": "Hello there.", "usage": {} })).into_response()).await;
    let alice = app.sign_up("Alice").await;
    assert_eq!(object(&app, &alice, "input.transcribe", speech()).await, json!({ "text": "Hello there." }));
    let asked = model.asked().pop().unwrap();
    assert_eq!(asked.path, "/v1/audio/transcriptions");
    assert_eq!(asked.headers["authorization"], "Bearer sk-very-secret");
    assert!(asked.headers["content-type"].to_str().unwrap().starts_with("multipart/form-data; boundary="));
    let form = String::from_utf8(asked.bytes.to_vec()).unwrap();
    assert!(form.contains("name=\"model\"\r\n\r\near-1\r\n"), "{form}");
    assert!(
        form.contains("name=\"file\"; filename=\"speech.webm\"\r\nContent-Type: audio/webm\r\n\r\nabc\r\n"),
        "{form}"
    );
}

#[tokio::test]
async fn speech_may_be_longer_than_other_requests() {
    let (model, app) = hearing(|| Json(json!({ "text": "Long." })).into_response()).await;
    let alice = app.sign_up("Alice").await;
    let long =
        |n_bytes: usize| json!({ "audio_base64": BASE64_STANDARD.encode(vec![1; n_bytes]), "mime_type": "audio/mp4" });
    assert_eq!(object(&app, &alice, "input.transcribe", long(8_000_000)).await, json!({ "text": "Long." }));
    assert!(model.asked()[0].bytes.len() > 8_000_000);
    assert_eq!(refusal(&app, &alice, "input.transcribe", long(16_000_000)).await, (413, "too_large".into()));
}

#[tokio::test]
async fn what_is_no_speech_is_refused_and_nobody_is_asked() {
    let (model, app) = hearing(|| unreachable!()).await;
    let alice = app.sign_up("Alice").await;
    for (audio_base64, mime_type) in [("", "audio/webm"), ("%%%", "audio/webm"), (SPEECH, "text/plain"), (SPEECH, "")] {
        let params = json!({ "audio_base64": audio_base64, "mime_type": mime_type });
        assert_eq!(refusal(&app, &alice, "input.transcribe", params).await, (400, "invalid_request".into()));
    }
    assert!(model.asked().is_empty());
}

#[tokio::test]
async fn a_model_that_cannot_hear_is_told_of() {
    let detail = || Json(json!({ "error": { "message": "upstream detail: sk-very-secret" } }));
    for (status, told, may_retry) in [
        (404, "Check OPENAI_TRANSCRIBE_MODEL", false),
        (401, "Check OPENAI_API_KEY", false),
        (500, "a problem of its own (status 500)", true),
        (200, "no OpenAI-compatible server", false),
    ] {
        let (_, app) = hearing(move || (StatusCode::from_u16(status).unwrap(), detail()).into_response()).await;
        let alice = app.sign_up("Alice").await;
        let response = ask(&app, &alice, "input.transcribe", speech()).await;
        let body = response.json();
        assert_eq!((response.status, &body["code"]), (StatusCode::BAD_GATEWAY, &json!("model_failed")));
        assert!(body["message"].as_str().unwrap().contains(told), "{body}");
        assert_eq!(body["allow_retry"], may_retry, "{body}");
        assert!(!body.to_string().contains("upstream detail"), "{body}");
    }
}

#[both_engines]
async fn without_a_model_speech_is_refused_with_what_to_do(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let response = ask(&app, &alice, "input.transcribe", speech()).await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    assert!(response.json()["message"].as_str().unwrap().contains("OPENAI_TRANSCRIBE_MODEL"));
}
