//! Model servers: the requests they receive, the choice of the model, and messages about failures.

mod failure_messages;
mod model_choice;

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
    tests::{Engine, TestApp, both_engines},
};

/// The fake's response to its nth request.
type Answers = Arc<dyn Fn(usize, &str) -> Response + Send + Sync>;

/// A request that the fake received.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
    /// The unparsed body.
    pub(super) bytes: Bytes,
}

/// A fake OpenAI-compatible server with scripted responses.
#[derive(Clone)]
pub(in crate::tests) struct FakeModel {
    url: String,
    answers: Answers,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl FakeModel {
    /// Starts a server. `answers` gets the number of the request, from 0, and its path.
    pub(in crate::tests) async fn start(answers: impl Fn(usize, &str) -> Response + Send + Sync + 'static) -> Self {
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

    pub(in crate::tests) fn flags(&self) -> [&str; 6] {
        ["--openai-base-url", &self.url, "--openai-model", "fake-1", "--openai-api-key", "sk-very-secret"]
    }

    /// Returns the settings for using it.
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

pub(in crate::tests) fn delta(text: &str) -> String {
    format!("data: {}\n\n", json!({ "choices": [{ "index": 0, "delta": { "content": text } }] }))
}

pub(in crate::tests) fn event_stream(body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "text/event-stream")], body.into()).into_response()
}

pub(super) fn whole(deltas: &[&str]) -> Response {
    let stop = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    event_stream(deltas.iter().map(|text| delta(text)).collect::<String>() + stop)
}

#[tokio::test]
async fn the_model_is_sent_the_system_prompt_and_what_was_said() {
    let model = FakeModel::streaming(&["Hel", "lo"]).await;
    let flags: Vec<&str> = model.flags().into_iter().chain(["--system-prompt", "Be brief."]).collect();
    let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
    let alice = app.sign_up("Alice").await;
    let thread_id = super::thread(&app, &alice, "one").await;
    super::run_ends::hide(&app, &thread_id, 1).await;
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

#[both_engines]
async fn what_an_answer_cost_is_stored_with_its_run(app: TestApp) {
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
