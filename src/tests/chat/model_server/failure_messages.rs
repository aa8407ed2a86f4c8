//! Messages about failures of a model server, and retries.

use super::*;

fn failure(events: &[Value]) -> (&str, bool) {
    let error = events.iter().find(|event| event["type"] == "error").expect("an error");
    (error["message"].as_str().unwrap(), error["allow_retry"].as_bool().unwrap())
}

/// Sends a message to a fake; checks the user's error message, and whether earlier text is kept.
async fn check(
    answers: impl Fn(usize, &str) -> Response + Send + Sync + 'static,
    told: &str,
    may_retry: bool,
    kept: &str,
) {
    let model = FakeModel::start(answers).await;
    let app = TestApp::with_flags(Engine::Sqlite, &model.flags()).await;
    let alice = app.sign_up("Alice").await;
    let events = create(&app, &alice, "Hello").await;
    let (message, allow_retry) = failure(&events);
    assert!(message.contains(told), "{message} does not say {told}");
    assert_eq!(allow_retry, may_retry, "{message}");
    let everything = serde_json::to_string(&events).unwrap();
    assert!(!everything.contains("sk-very-secret") && !everything.contains("upstream detail"), "{everything}");
    let thread_id = events[0]["thread"]["id"].as_str().unwrap();
    let items = super::super::run_ends::stored(&app, thread_id).await;
    let answer = items.get(1).map(|(_, text, is_interrupted)| (text.as_str(), *is_interrupted));
    assert_eq!(answer, (!kept.is_empty()).then_some((kept, true)));
}

fn status(status: u16, body: Value) -> impl Fn(usize, &str) -> Response + Send + Sync {
    move |_, _| (StatusCode::from_u16(status).unwrap(), Json(body.clone())).into_response()
}

#[tokio::test]
async fn a_refused_request_is_told_with_what_to_do() {
    let error = json!({ "error": { "message": "upstream detail: sk-very-secret" } });
    check(status(401, error.clone()), "refused our key. Check OPENAI_API_KEY", false, "").await;
    check(status(403, error.clone()), "refused our key", false, "").await;
    check(status(404, error.clone()), "Check OPENAI_MODEL", false, "").await;
    check(status(400, error.clone()), "did not accept the request (status 400)", false, "").await;
    check(status(413, error.clone()), "MODEL_CONTEXT_TOKENS", false, "").await;
    check(status(400, json!({ "error": { "code": "context_length_exceeded" } })), "MODEL_CONTEXT_TOKENS", false, "")
        .await;
    check(status(429, error.clone()), "busy, or its quota is used up. Try again in a moment", true, "").await;
    check(status(500, error), "a problem of its own (status 500)", true, "").await;
    let wait = |_: usize, _: &str| {
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "30")], "upstream detail").into_response()
    };
    check(wait, "Try again in 30 seconds", true, "").await;
    let elsewhere = |_: usize, _: &str| {
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "http://127.0.0.1:9/")]).into_response()
    };
    check(elsewhere, "points to another address", false, "").await;
    check(
        |_, _| axum::response::Html("<html>upstream detail").into_response(),
        "no OpenAI-compatible server",
        false,
        "",
    )
    .await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told_and_kept() {
    let half = || delta("half ") + &delta("way");
    check(move |_, _| event_stream(half()), "broke off in the middle", true, "half way").await;
    let error = "data: {\"error\":{\"message\":\"upstream detail\"}}\n\n";
    check(move |_, _| event_stream(half() + error), "reported an error", true, "half way").await;
    let reset = move |_: usize, _: &str| {
        let head = stream::iter([Ok(Bytes::from(half()))]);
        let broken = stream::once(async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Err(std::io::Error::other("reset"))
        });
        event_stream(Body::from_stream(head.chain(broken)))
    };
    check(reset, "broke off in the middle", true, "half way").await;
    check(|_, _| whole(&[]), "empty answer", true, "").await;
    check(|_, _| event_stream(""), "broke off", true, "").await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_by_name() {
    let app =
        TestApp::with_flags(Engine::Sqlite, &["--openai-base-url", "http://127.0.0.1:9/v1", "--openai-model", "x"])
            .await;
    let alice = app.sign_up("Alice").await;
    let events = create(&app, &alice, "Hello").await;
    let expected =
        "The model server at 127.0.0.1:9 could not be reached. Check that it runs and that OPENAI_BASE_URL is right.";
    assert_eq!(failure(&events), (expected, true));
}

/// Expects the answer `at last`.
async fn check_answers_at_last(model: &FakeModel) {
    let app = TestApp::with_flags(Engine::Sqlite, &model.flags()).await;
    let alice = app.sign_up("Alice").await;
    let events = create(&app, &alice, "Hello").await;
    assert_eq!(events.last().unwrap()["item"]["content"][0]["text"], "at last");
}

#[tokio::test]
async fn a_server_that_is_busy_for_a_moment_is_asked_again() {
    let model = FakeModel::start(|n, _| match n {
        0 => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        1 => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "0")]).into_response(),
        _ => whole(&["at last"]),
    })
    .await;
    check_answers_at_last(&model).await;
    assert_eq!(model.asked().len(), 3);
}

#[tokio::test]
async fn what_fails_before_the_first_word_is_tried_again_and_never_afterwards() {
    let error = "data: {\"error\":{\"message\":\"upstream detail\"}}\n\n";
    let model = FakeModel::start(move |n, _| match n {
        0 => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        1 => event_stream(error),
        _ => whole(&["at last"]),
    })
    .await;
    check_answers_at_last(&model).await;
    let model = FakeModel::start(move |_, _| event_stream(delta("half") + error)).await;
    let app = TestApp::with_flags(Engine::Sqlite, &model.flags()).await;
    let alice = app.sign_up("Alice").await;
    create(&app, &alice, "Hello").await;
    assert_eq!(model.asked().len(), 1);
}
