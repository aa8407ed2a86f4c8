//! Speech transcribed by the upstream.

use super::*;
use crate::tests::{Engine, TestApp, both_engines, chat::model_server::FakeModel};

/// The request of recording 31.
fn speech() -> Value {
    json!({ "audio_base64": "YWJj", "mime_type": "audio/webm;codecs=opus" })
}

#[both_engines]
async fn a_recording_goes_behind_as_it_is_and_its_text_comes_back(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let (upstream, app) = Upstream::before(&app, [object_of(json!({ "text": "Hello there." }))]).await;
    assert_eq!(object(&app, &alice, "input.transcribe", speech()).await, json!({ "text": "Hello there." }));
    assert_eq!((upstream.kinds(), upstream.last_params()), (vec!["input.transcribe".to_owned()], speech()));
    assert_eq!(upstream.asked()[0].claims["sub"], json!(alice.id));
}

#[both_engines]
async fn what_is_no_recording_goes_nowhere(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let (upstream, app) = Upstream::before(&app, []).await;
    for (audio_base64, mime_type) in [("", "audio/webm"), ("%%%", "audio/webm"), ("YWJj", "text/plain"), ("YWJj", "")] {
        let params = json!({ "audio_base64": audio_base64, "mime_type": mime_type });
        assert_eq!(refusal(&app, &alice, "input.transcribe", params).await, (400, "invalid_request".into()));
    }
    assert!(upstream.asked().is_empty());
}

#[both_engines]
async fn a_server_behind_that_cannot_hear_is_told_of(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for (answer, told) in [
        (StatusCode::INTERNAL_SERVER_ERROR.into_response(), "a problem of its own (status 500)"),
        (StatusCode::BAD_REQUEST.into_response(), "did not accept the request (status 400)"),
        (StatusCode::NOT_FOUND.into_response(), "is no ChatKit server"),
        (object_of(json!({})), "sent something that cannot be read"),
        (object_of(json!({ "text": null })), "sent something that cannot be read"),
        (object_of(json!("Hello")), "sent something that cannot be read"),
        (raw("data: {}\n\n"), "sent something that cannot be read"),
    ] {
        let (_, app) = Upstream::before(&app, [answer]).await;
        let response = ask(&app, &alice, "input.transcribe", speech()).await;
        assert_eq!((response.status, &response.json()["code"]), (StatusCode::BAD_GATEWAY, &json!("model_failed")));
        assert!(response.json()["message"].as_str().unwrap().contains(told), "{told}: {}", response.text());
    }
}

#[tokio::test]
async fn our_own_model_for_speech_comes_first() {
    let model = FakeModel::start(|_, _| Json(json!({ "text": "Heard here." })).into_response()).await;
    let flags: Vec<&str> = model.flags().into_iter().chain(["--openai-transcribe-model", "ear-1"]).collect();
    let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
    let alice = app.sign_up("Alice").await;
    let (upstream, app) = Upstream::before(&app, []).await;
    assert_eq!(object(&app, &alice, "input.transcribe", speech()).await, json!({ "text": "Heard here." }));
    assert!(upstream.asked().is_empty());
}

/// No protocol message announces transcription, so the operator configures it.
#[tokio::test]
async fn the_page_offers_dictation_where_the_file_says_so() {
    let app = TestApp::new(Engine::Sqlite).await;
    let dictation = |enabled: bool| Some(json!({ "composer": { "dictation": { "enabled": enabled } } }));
    for (has_upstream, page, expected) in [
        (true, dictation(true), true),
        (true, dictation(false), false),
        (true, Some(json!({})), false),
        (true, None, false),
        (false, dictation(true), false),
    ] {
        let url = "http://127.0.0.1:9/chatkit".parse().unwrap();
        let server = UpstreamConfig { url, audience: None, idle_timeout: Duration::from_secs(60) };
        let ours = app.another(|config| {
            config.model.upstream = has_upstream.then_some(server);
            config.pages.chatkit_page = page.clone();
        });
        assert_eq!(ours.state.chat.can_transcribe(), expected, "{has_upstream} {page:?}");
    }
}
