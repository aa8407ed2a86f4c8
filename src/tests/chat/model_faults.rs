//! Faults of model servers known from practice: the stored items, the user's messages, and that the conversation
//! continues.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde_json::{Value, json};

use super::{
    add, ask, create, events,
    file_uploads::{picture, upload, with_files},
    item_kinds::{fold, stored},
    model_server::{FakeModel, delta, event_stream, whole},
    reasoning_items::{deltas, end},
};
use crate::{
    server::db::on,
    tests::{Engine, TestApp, TestUser, both_engines},
};

async fn start(model: &FakeModel) -> (TestApp, TestUser) {
    let app = TestApp::with_flags(Engine::Sqlite, &model.flags()).await;
    let alice = app.sign_up("Alice").await;
    (app, alice)
}

fn error_of(events: &[Value]) -> Option<&str> {
    events.iter().find(|event| event["type"] == "error").and_then(|event| event["message"].as_str())
}

fn notices(events: &[Value]) -> Vec<&str> {
    events.iter().filter(|event| event["type"] == "notice").filter_map(|event| event["message"].as_str()).collect()
}

fn refused(status: u16, message: &str) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(json!({ "error": { "message": message } }))).into_response()
}

/// The roles and texts of the requests to a model, with images in brackets.
fn asked(model: &FakeModel) -> Vec<Vec<String>> {
    let write = |message: &Value| {
        let content = &message["content"];
        let parts = content.as_array().map_or(&[][..], Vec::as_slice);
        let text = content.as_str().or_else(|| parts.iter().find_map(|part| part["text"].as_str())).unwrap_or_default();
        let pictures = parts.iter().filter(|part| part["type"] == "image_url").count();
        format!("{}:{text}[{pictures}]", &message["role"].as_str().unwrap()[..1])
    };
    model.asked().iter().map(|it| it.body["messages"].as_array().unwrap().iter().map(write).collect()).collect()
}

#[tokio::test]
async fn an_early_end_is_marked_and_told_with_what_to_do() {
    let check = async |said: &'static [&'static str], reason: &'static str, marks: Value, notice: &str, error: &str| {
        let model = FakeModel::start(move |_, _| {
            let said: Vec<Value> = said.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
            event_stream(deltas(&said) + &end(reason))
        })
        .await;
        let (app, alice) = start(&model).await;
        let events = create(&app, &alice, "Hello").await;
        let told = notices(&events).first().copied().unwrap_or_default();
        assert!(told.contains(notice) && told.is_empty() == notice.is_empty(), "{reason}: {told}");
        let failed = error_of(&events).unwrap_or_default();
        assert!(failed.contains(error) && failed.is_empty() == error.is_empty(), "{reason}: {failed}");
        let items = stored(&app, &alice, &events[0]["thread"]["id"]).await;
        assert_eq!(fold(&events), items);
        let answer = items.iter().find(|item| item["type"] == "assistant_message");
        assert_eq!(answer.map_or(Value::Null, |answer| answer["colloquy"].clone()), marks, "{reason}");
    };
    let text = &[r#"{"content":"Half an "}"#][..];
    let thought = &[r#"{"reasoning_content":"Hm"}"#][..];
    let twice = &[r#"{"content":"a"}"#, r#"{"reasoning_content":"Hm"}"#, r#"{"content":"b"}"#][..];
    let mark = |end: &str| json!({ "interrupted": true, "end": end });
    check(text, "stop", Value::Null, "", "").await;
    check(text, "length", mark("length"), "Continue", "").await;
    check(text, "content_filter", mark("content_filter"), "content filter", "").await;
    check(text, "error", mark("error"), "", "ended the answer with an error").await;
    check(thought, "length", Value::Null, "", "by thinking").await;
    check(&[], "length", Value::Null, "", "no room left").await;
    check(thought, "content_filter", Value::Null, "", "content filter withheld").await;
    // The mark is on the message that was cut.
    check(twice, "stop", Value::Null, "", "").await;
    let model = FakeModel::start(move |_, _| {
        let said: Vec<Value> = twice.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        event_stream(deltas(&said) + &end("length"))
    })
    .await;
    let (app, alice) = start(&model).await;
    let events = create(&app, &alice, "Hello").await;
    let items = stored(&app, &alice, &events[0]["thread"]["id"]).await;
    let marks: Vec<_> =
        items.iter().filter(|it| it["type"] == "assistant_message").map(|it| it["colloquy"].clone()).collect();
    assert_eq!(marks, [Value::Null, mark("length")]);
}

#[both_engines]
async fn text_that_was_a_thought_is_taken_back(app: TestApp) {
    let model = FakeModel::start(|_, _| {
        let said = ["The user wants X, ", "so I say it.\n</th", "ink>\n\nYes ", "it is"]
            .map(|text| json!({ "content": text }));
        // The pieces arrive separately, so that the first is stored before it is retracted.
        let pieces = stream::iter([deltas(&said[..1]), deltas(&said[1..]), end("stop")]);
        let pieces = futures_util::StreamExt::then(pieces, |piece| async {
            tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            Ok::<_, std::convert::Infallible>(axum::body::Bytes::from(piece))
        });
        event_stream(axum::body::Body::from_stream(pieces))
    })
    .await;
    let app = app.another(|config| config.model.openai = Some(model.config()));
    let alice = app.sign_up("Alice").await;
    let events = create(&app, &alice, "Hello").await;
    let items = stored(&app, &alice, &events[0]["thread"]["id"]).await;
    assert_eq!(fold(&events), items);
    let kinds: Vec<_> = items.iter().map(|item| item["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["user_message", "workflow", "assistant_message"]);
    assert_eq!(items[1]["workflow"]["tasks"][0]["content"], "The user wants X, so I say it.");
    assert_eq!(items[2]["content"][0]["text"], "Yes it is");
    assert!(events.iter().any(|event| event["type"] == "thread.item.removed"), "{events:#?}");
}

#[both_engines]
async fn a_thought_without_an_end_is_the_answer(app: TestApp) {
    let sentence = "<think> is a tag that models write before they answer.";
    let model =
        FakeModel::start(move |_, _| event_stream(deltas(&[json!({ "content": sentence })]) + &end("stop"))).await;
    let app = app.another(|config| config.model.openai = Some(model.config()));
    let alice = app.sign_up("Alice").await;
    let events = create(&app, &alice, "Hello").await;
    let items = stored(&app, &alice, &events[0]["thread"]["id"]).await;
    assert_eq!(fold(&events), items);
    assert_eq!((items.len(), &items[1]["content"][0]["text"]), (2, &json!(sentence)));
}

#[tokio::test]
async fn roles_alternate_after_failures_and_stops() {
    let model = FakeModel::start(|n, _| if n == 0 { refused(401, "no") } else { whole(&["Yes."]) }).await;
    let (app, alice) = start(&model).await;
    let thread_id = create(&app, &alice, "one").await[0]["thread"]["id"].as_str().unwrap().to_owned();
    add(&app, &alice, &thread_id, "two").await;
    assert_eq!(asked(&model)[1], ["u:one\n\ntwo[0]"]);
}

#[tokio::test]
async fn a_template_that_refuses_roles_is_asked_in_plain_words_and_remembered() {
    let model =
        FakeModel::start(|n, _| if n == 0 { refused(400, "System role not supported") } else { whole(&["Yes."]) })
            .await;
    let flags: Vec<&str> = model.flags().into_iter().chain(["--system-prompt", "Be brief."]).collect();
    let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
    let alice = app.sign_up("Alice").await;
    for _ in 0..2 {
        assert_eq!(error_of(&create(&app, &alice, "one").await), None);
    }
    let plain = vec!["u:Be brief.\n\none[0]".to_owned()];
    assert_eq!(asked(&model), [vec!["s:Be brief.[0]".to_owned(), "u:one[0]".to_owned()], plain.clone(), plain]);
}

#[both_engines]
async fn pictures_that_a_model_refuses_are_left_out_from_then_on(app: TestApp) {
    let model = FakeModel::start(|n, _| match n {
        0 => refused(400, "Could not process image"),
        _ => whole(&["Yes."]),
    })
    .await;
    let app = app.another(|config| config.model.openai = Some(model.config()));
    let alice = app.sign_up("Alice").await;
    let bad = upload(&app, &alice, "bad.png", "image/png", &picture(8, 8)).await;
    let told = ask(&app, &alice, "threads.create", with_files("Look", &[&bad])).await;
    let events = events(&told.text());
    assert_eq!(
        (error_of(&events), notices(&events)),
        (None, vec!["The model could not read the picture, so it answers without it."])
    );
    let thread_id = events[0]["thread"]["id"].as_str().unwrap();
    let items = stored(&app, &alice, &events[0]["thread"]["id"]).await;
    assert_eq!(items.len(), 2, "the note is for the server alone: {items:#?}");
    let events = add(&app, &alice, thread_id, "Never mind, just say hi").await;
    assert_eq!(notices(&events), Vec::<&str>::new());
    // Another image is sent.
    let good = upload(&app, &alice, "good.png", "image/png", &picture(9, 9)).await;
    let mut message = with_files("And this?", &[&good]);
    message["thread_id"] = json!(thread_id);
    ask(&app, &alice, "threads.add_user_message", message).await;
    let pictures: Vec<usize> =
        asked(&model).iter().map(|messages| messages.iter().filter(|it| it.ends_with("[1]")).count()).collect();
    assert_eq!(pictures, [1, 0, 0, 1]);
    assert!(model.asked().iter().all(|it| !it.body.to_string().contains("pictures_refused")));
}

#[tokio::test]
async fn a_model_that_sees_nothing_is_remembered() {
    let model = FakeModel::start(|n, _| match n {
        0 => refused(404, "No endpoints found that support image input"),
        _ => whole(&["Yes."]),
    })
    .await;
    let (app, alice) = start(&model).await;
    for _ in 0..2 {
        let file = upload(&app, &alice, "a.png", "image/png", &picture(8, 8)).await;
        let told = ask(&app, &alice, "threads.create", with_files("Look", &[&file])).await;
        let events = events(&told.text());
        assert_eq!((error_of(&events), notices(&events).len()), (None, 1));
    }
    assert_eq!(model.asked().len(), 3);
}

#[tokio::test]
async fn a_refusal_that_has_nothing_to_do_with_pictures_is_told_without_a_notice() {
    let model = FakeModel::start(|_, _| refused(400, "no")).await;
    let (app, alice) = start(&model).await;
    let file = upload(&app, &alice, "a.png", "image/png", &picture(8, 8)).await;
    let told = ask(&app, &alice, "threads.create", with_files("Look", &[&file])).await;
    let events = events(&told.text());
    assert!(error_of(&events).unwrap().contains("did not accept the request (status 400). Start a new chat"));
    assert_eq!((notices(&events).len(), model.asked().len()), (0, 3));
}

#[both_engines]
async fn a_picture_that_cannot_be_read_is_a_file(app: TestApp) {
    let model = FakeModel::streaming(&["Yes."]).await;
    let app = app.another(|config| config.model.openai = Some(model.config()));
    let alice = app.sign_up("Alice").await;
    let whole_picture = picture(300, 300);
    let cut = upload(&app, &alice, "cut.png", "image/png", &whole_picture[..60]).await;
    let half = upload(&app, &alice, "half.png", "image/png", &whole_picture[..whole_picture.len() / 2]).await;
    assert_eq!([&cut["type"], &half["type"]], ["file", "file"]);
    let told = ask(&app, &alice, "threads.create", with_files("Look", &[&cut, &half])).await;
    assert_eq!(told.status, StatusCode::OK);
    let named = "u:Look\n[Attached file: cut.png (application/octet-stream)]\n\
                     [Attached file: half.png (application/octet-stream)][0]";
    assert_eq!(asked(&model), [[named]]);
    let select = r#"select distinct "mimeType" from "file""#;
    let sent_as: Vec<String> =
        on!(app.state.db.read(), pool => sqlx::query_scalar(select).fetch_all(pool).await).unwrap();
    assert_eq!(sent_as, ["application/octet-stream"], "it is never shown");
}

#[tokio::test]
async fn a_full_context_is_asked_with_fewer_messages_once() {
    let full = || {
        let error = json!({ "object": "error", "message": "This model's maximum context length is 4096 tokens." });
        (StatusCode::BAD_REQUEST, Json(error)).into_response()
    };
    let model =
        FakeModel::start(move |n, _| if n == 2 { full() } else { whole(&[&"A long answer. ".repeat(200)]) }).await;
    let (app, alice) = start(&model).await;
    let thread_id = create(&app, &alice, "The first question").await[0]["thread"]["id"].as_str().unwrap().to_owned();
    add(&app, &alice, &thread_id, "The second question").await;
    assert_eq!(error_of(&add(&app, &alice, &thread_id, "three").await), None);
    add(&app, &alice, &thread_id, "four").await;
    let asked = asked(&model);
    assert_eq!((asked[2].len(), asked[3].len()), (5, 1));
    // The rejected length is not tried again.
    assert!(asked.len() == 5 && asked[4].len() < 7, "{asked:#?}");
    // If nothing can be left out, the user gets an error.
    let model = FakeModel::start(move |_, _| full()).await;
    let (app, alice) = start(&model).await;
    let events = create(&app, &alice, "Hello").await;
    assert!(error_of(&events).unwrap().contains("longer than the model can read"));
    assert_eq!(model.asked().len(), 1);
}

#[tokio::test]
async fn what_repeats_is_not_asked_three_times() {
    let check = async |answer: fn() -> Response, n_asked: usize, told: &str, may_retry: bool| {
        let model = FakeModel::start(move |_, _| answer()).await;
        let (app, alice) = start(&model).await;
        let events = create(&app, &alice, "Hello").await;
        let message = error_of(&events).unwrap_or_default();
        assert!(message.contains(told), "{message}");
        assert_eq!(events.iter().find(|event| event["type"] == "error").unwrap()["allow_retry"], may_retry);
        assert_eq!(model.asked().len(), n_asked, "{message}");
    };
    check(|| event_stream("data: {\"choices\":[{\n\n"), 2, "cannot be read", true).await;
    check(|| refused(402, "Insufficient credits"), 1, "credit or the quota", false).await;
    let quota = || {
        let error = json!({ "error": { "code": "insufficient_quota", "message": "You exceeded your current quota" } });
        (StatusCode::TOO_MANY_REQUESTS, Json(error)).into_response()
    };
    check(quota, 1, "credit or the quota", false).await;
    let later = || (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "3600")]).into_response();
    check(later, 1, "Try again in an hour.", true).await;
    let dated = || {
        let headers =
            [(header::RETRY_AFTER, "Wed, 21 Oct 2026 07:28:00 GMT"), (header::DATE, "Wed, 21 Oct 2026 07:00:00 GMT")];
        (StatusCode::TOO_MANY_REQUESTS, headers).into_response()
    };
    check(dated, 1, "Try again in 28 minutes.", true).await;
    check(|| event_stream("data: {\"error\":{\"code\":400,\"message\":\"no\"}}\n\n"), 2, "did not accept", false).await;
}

#[tokio::test]
async fn an_answer_is_complete_soon_after_its_end_was_named() {
    let model = FakeModel::start(|_, _| {
        let said = delta("Done.") + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
        let first = stream::iter([Ok::<_, std::convert::Infallible>(said)]);
        event_stream(axum::body::Body::from_stream(futures_util::StreamExt::chain(first, stream::pending())))
    })
    .await;
    let (app, alice) = start(&model).await;
    // Without the end of the stream, the wait would be ten minutes.
    let created = tokio::time::timeout(std::time::Duration::from_secs(60), create(&app, &alice, "Hello"));
    assert_eq!(error_of(&created.await.expect("the answer ends")), None);
}

#[both_engines]
async fn what_a_provider_wants_back_comes_back(app: TestApp) {
    let model = FakeModel::start(|n, _| match n {
        0 => {
            let call = json!({ "index": 0, "id": "c1", "type": "function", "function": { "name": "a", "arguments": "{}" },
                "extra_content": { "google": { "thought_signature": "sig" } } });
            event_stream(deltas(&[json!({ "reasoning_content": "Hm" }), json!({ "tool_calls": [call] })]) + &end("tool_calls"))
        }
        _ => whole(&["Done."]),
    })
    .await;
    let mut server = model.config();
    server.client_tools = serde_json::from_value(json!([{ "name": "a" }])).unwrap();
    let app = app.another(|config| config.model.openai = Some(server));
    let alice = app.sign_up("Alice").await;
    let events = create(&app, &alice, "Hello").await;
    let params = json!({ "thread_id": events[0]["thread"]["id"], "result": 1 });
    assert_eq!(ask(&app, &alice, "threads.add_client_tool_output", params).await.status, 200);
    let calling = model.asked()[1].body["messages"][1].clone();
    assert_eq!(
        calling,
        json!({ "role": "assistant", "content": null, "reasoning_content": "Hm", "tool_calls": [{
            "id": "c1", "type": "function", "function": { "name": "a", "arguments": "{}" },
            "extra_content": { "google": { "thought_signature": "sig" } } }] })
    );
}
