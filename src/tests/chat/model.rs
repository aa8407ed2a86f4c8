//! Model servers: what they are sent, and what is said when they fail.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{add, create};
use crate::{
    server::{config::OpenAiConfig, db::on},
    tests::{Engine, TestApp, on_both_engines},
};

/// What a fake answers to its nth request.
type Answers = Arc<dyn Fn(usize, &str) -> Response + Send + Sync>;

/// A request as the fake got it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
    /// The body as it came.
    pub(super) bytes: Bytes,
}

/// An OpenAI-compatible server that answers as it is told.
#[derive(Clone)]
pub(super) struct FakeModel {
    url: String,
    answers: Answers,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl FakeModel {
    /// Starts a server; `answers` gets the number of the request, from 0, and its path.
    pub(super) async fn start(answers: impl Fn(usize, &str) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let fake = Self { url, answers: Arc::new(answers), asked: Arc::default() };
        let app = Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        fake
    }

    /// Starts a server that streams the same pieces of text every time.
    pub(super) async fn streaming(deltas: &'static [&'static str]) -> Self {
        Self::start(move |_, _| whole(deltas)).await
    }

    pub(super) fn flags(&self) -> [&str; 6] {
        ["--openai-base-url", &self.url, "--openai-model", "fake-1", "--openai-api-key", "sk-very-secret"]
    }

    /// Returns the settings that lead to it.
    pub(super) fn config(&self) -> OpenAiConfig {
        OpenAiConfig {
            base_url: self.url.clone(),
            api_key: None,
            model: Some("fake-1".to_owned()),
            models: Vec::new(),
            client_tools: Vec::new(),
            idle_timeout: Duration::from_secs(60),
        }
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(State(fake): State<FakeModel>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let path = parts.uri.path().to_owned();
    let asked = Asked {
        path: path.clone(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
        bytes: body,
    };
    let n = {
        let mut all = fake.asked.lock().unwrap();
        all.push(asked);
        all.len() - 1
    };
    (fake.answers)(n, &path)
}

pub(super) fn delta(text: &str) -> String {
    format!("data: {}\n\n", json!({ "choices": [{ "index": 0, "delta": { "content": text } }] }))
}

pub(super) fn event_stream(body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "text/event-stream")], body.into()).into_response()
}

pub(super) fn whole(deltas: &[&str]) -> Response {
    let stop = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    event_stream(deltas.iter().map(|text| delta(text)).collect::<String>() + stop)
}

fn failure(events: &[Value]) -> (&str, bool) {
    let error = events.iter().find(|event| event["type"] == "error").expect("an error");
    (error["message"].as_str().unwrap(), error["allow_retry"].as_bool().unwrap())
}

/// Asks a fake and checks what the user is told, and whether the text before that is kept.
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
    let items = super::runs::stored(&app, thread_id).await;
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

#[tokio::test]
async fn a_server_that_is_busy_for_a_moment_is_asked_again() {
    let model = FakeModel::start(|n, _| match n {
        0 => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        1 => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "0")]).into_response(),
        _ => whole(&["at last"]),
    })
    .await;
    let app = TestApp::with_flags(Engine::Sqlite, &model.flags()).await;
    let alice = app.sign_up("Alice").await;
    let events = create(&app, &alice, "Hello").await;
    assert_eq!(events.last().unwrap()["item"]["content"][0]["text"], "at last");
    assert_eq!(model.asked().len(), 3);
}

#[tokio::test]
async fn the_model_is_sent_the_system_prompt_and_what_was_said() {
    let model = FakeModel::streaming(&["Hel", "lo"]).await;
    let flags: Vec<&str> = model.flags().into_iter().chain(["--system-prompt", "Be brief."]).collect();
    let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
    let alice = app.sign_up("Alice").await;
    let thread_id = super::thread(&app, &alice, "one").await;
    super::runs::hide(&app, &thread_id, 1).await;
    add(&app, &alice, &thread_id, "two").await;
    let asked = model.asked().pop().unwrap();
    assert_eq!(
        (asked.path.as_str(), &asked.headers["authorization"]),
        ("/v1/chat/completions", &"Bearer sk-very-secret".parse().unwrap())
    );
    let hidden = "Hidden context for the agent (not shown to the user):\n<HiddenContext>\nhidden\n</HiddenContext>";
    assert_eq!(
        asked.body,
        json!({ "model": "fake-1", "stream": true, "stream_options": { "include_usage": true }, "messages": [
            { "role": "system", "content": "Be brief." },
            { "role": "user", "content": "one" },
            { "role": "assistant", "content": "Hello" },
            { "role": "user", "content": format!("{hidden}\n\ntwo") },
        ] })
    );
}

#[tokio::test]
async fn without_a_model_the_first_of_the_list_is_asked_for_once() {
    let model = FakeModel::start(|_, path| match path {
        "/v1/models" => Json(json!({ "data": [{ "id": "first" }, { "id": "second" }] })).into_response(),
        _ => whole(&["ok"]),
    })
    .await;
    let app = TestApp::with_flags(Engine::Sqlite, &model.flags()[..2]).await;
    let alice = app.sign_up("Alice").await;
    for _ in 0..2 {
        create(&app, &alice, "Hello").await;
    }
    let paths: Vec<_> = model.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/v1/models", "/v1/chat/completions", "/v1/chat/completions"]);
    let last = model.asked().pop().unwrap();
    assert_eq!((&last.body["model"], last.headers.get("authorization")), (&json!("first"), None));
}

#[tokio::test]
async fn stopping_closes_the_connection_to_the_model() {
    struct Gone(Arc<tokio::sync::Notify>);
    impl Drop for Gone {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }
    let gone = Arc::new(tokio::sync::Notify::new());
    let model = FakeModel::start({
        let gone = Arc::clone(&gone);
        move |_, _| {
            let guard = Gone(Arc::clone(&gone));
            let endless = stream::unfold(guard, |guard| async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((Ok::<_, Infallible>(Bytes::from(delta("more "))), guard))
            });
            event_stream(Body::from_stream(endless))
        }
    })
    .await;
    let app = TestApp::with_flags(Engine::Sqlite, &model.flags()).await;
    let alice = app.sign_up("Alice").await;
    let request = alice.chatkit(&json!({ "type": "threads.create", "params": { "input": super::text("Go on") } }));
    let mut body = tower::ServiceExt::oneshot(app.router.clone(), request).await.unwrap().into_body();
    for _ in 0..10 {
        body.frame().await.unwrap().unwrap();
    }
    drop(body);
    tokio::time::timeout(Duration::from_secs(1), gone.notified()).await.expect("the model is told to stop");
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
    let app = TestApp::with_flags(Engine::Sqlite, &model.flags()).await;
    let alice = app.sign_up("Alice").await;
    let events = create(&app, &alice, "Hello").await;
    assert_eq!(events.last().unwrap()["item"]["content"][0]["text"], "at last");
    let model = FakeModel::start(move |_, _| event_stream(delta("half") + error)).await;
    let app = TestApp::with_flags(Engine::Sqlite, &model.flags()).await;
    let alice = app.sign_up("Alice").await;
    create(&app, &alice, "Hello").await;
    assert_eq!(model.asked().len(), 1);
}

#[tokio::test]
async fn a_server_that_refuses_to_tell_the_cost_is_not_asked_for_it_again() {
    let model = FakeModel::start(|n, _| match n {
        0 => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        _ => whole(&["ok"]),
    })
    .await;
    let app = TestApp::with_flags(Engine::Sqlite, &model.flags()).await;
    let alice = app.sign_up("Alice").await;
    for _ in 0..2 {
        let events = create(&app, &alice, "Hello").await;
        assert_eq!(events.last().unwrap()["item"]["content"][0]["text"], "ok");
    }
    let asked: Vec<_> = model.asked().iter().map(|asked| asked.body["stream_options"].is_object()).collect();
    assert_eq!(asked, [true, false, false]);
}

on_both_engines! {
    async fn what_an_answer_cost_is_stored_with_its_run(app) {
        let usage = json!({ "prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7 });
        let last = format!("data: {}\n\n", json!({ "choices": [], "usage": usage }));
        let model = FakeModel::start(move |_, _| {
            let stop = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
            event_stream(delta("ok") + stop + &last + "data: [DONE]\n\n")
        })
        .await;
        let app = app.another(|config| {
            config.model.openai = Some(model.config());
        });
        let alice = app.sign_up("Alice").await;
        create(&app, &alice, "Hello").await;
        let stored: sqlx::types::Json<Value> = on!(app.state.db.read(), pool => {
            sqlx::query_scalar(r#"select "usage" from "run""#).fetch_one(pool).await
        })
        .unwrap();
        assert_eq!(stored.0, usage);
    }
}

async fn models(flags: &[&str]) -> (FakeModel, TestApp, crate::tests::TestUser) {
    let model = FakeModel::start(|_, path| match path {
        "/v1/models" => Json(json!({ "data": [{ "id": "first" }, { "id": "second" }] })).into_response(),
        _ => whole(&["ok"]),
    })
    .await;
    let flags: Vec<&str> = model.flags()[..2].iter().chain(flags).copied().collect();
    let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
    let alice = app.sign_up("Alice").await;
    (model, app, alice)
}

/// Asks with each model; returns the statuses, and which models the server was asked for.
async fn choose(flags: &[&str], names: &[&str]) -> (Vec<u16>, Vec<String>) {
    let (model, app, alice) = models(flags).await;
    let mut statuses = vec![];
    for name in names {
        let mut input = super::text("Hello");
        input["inference_options"] = json!({ "model": name });
        let response = super::ask(&app, &alice, "threads.create", json!({ "input": input })).await;
        statuses.push(response.status.as_u16());
        assert!(
            response.status == 200 || response.text().contains(&format!("no model `{name}`")),
            "{}",
            response.text()
        );
    }
    let asked = model.asked();
    let asked = asked.iter().filter_map(|asked| asked.body["model"].as_str().map(str::to_owned)).collect();
    (statuses, asked)
}

#[tokio::test]
async fn people_are_offered_the_models_of_the_configuration_or_of_the_server() {
    let check = async |flags: &[&str], expected: &[&str]| {
        let (_model, app, _) = models(flags).await;
        assert_eq!(app.state.chat.models().await, expected, "{flags:?}");
    };
    check(&[], &["first", "second"]).await;
    check(&["--openai-model", "second"], &["second", "first"]).await;
    check(&["--openai-model", "x"], &["x", "first", "second"]).await;
    check(&["--openai-models", "small,large"], &["small", "large"]).await;
    check(&["--openai-models", "small,large", "--openai-model", "large"], &["large", "small"]).await;
    check(&["--openai-models", "small", "--openai-model", "large"], &["large", "small"]).await;
    check(&["--openai-models", "small"], &[]).await;
    // A server that does not say leaves no choice, and is not asked by every page.
    let silent = FakeModel::start(|_, _| StatusCode::NOT_FOUND.into_response()).await;
    let app = TestApp::with_flags(Engine::Sqlite, &silent.flags()[..2]).await;
    for _ in 0..3 {
        assert!(app.state.chat.models().await.is_empty());
    }
    assert_eq!(silent.asked().len(), 1);
    let app = TestApp::new(Engine::Sqlite).await;
    assert!(app.state.chat.models().await.is_empty(), "the demo has none");
}

#[tokio::test]
async fn a_message_chooses_among_the_models_of_the_configuration_or_of_the_server() {
    let check = async |flags: &[&str], names: &[&str], statuses: &[u16], asked: &[&str]| {
        let (got, were_asked) = choose(flags, names).await;
        assert_eq!(
            (got.as_slice(), were_asked.as_slice()),
            (statuses, asked.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>().as_slice()),
            "{flags:?}"
        );
    };
    check(&[], &["second", "third"], &[200, 400], &["second"]).await;
    check(&["--openai-models", "a, b"], &["b", "a", "second"], &[200, 200, 400], &["b", "a"]).await;
    check(&["--openai-model", "x"], &["x", "first", "y"], &[200, 200, 400], &["x", "first"]).await;
    check(&["--openai-model", "x", "--openai-models", "a"], &["x", "a", "first"], &[200, 200, 400], &["x", "a"]).await;
    let (model, app, alice) = models(&["--openai-models", "a,b"]).await;
    create(&app, &alice, "Hello").await;
    assert_eq!(model.asked()[0].body["model"], "a");
}
