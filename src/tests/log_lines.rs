//! The log: request ids, the spans of requests and runs, both formats, and what no line may hold.

use std::{
    collections::BTreeSet,
    io::Write,
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::{EnvFilter, layer::SubscriberExt};

use super::{Engine, TestApp, chat::text, test_app::BASE_URL};
use crate::server::{config::LogFormat, db::on, log};

/// A log in memory.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Takes the log of this thread until the guard is dropped.
    pub fn capture(format: LogFormat, filter: &str) -> (Self, DefaultGuard) {
        let log = Self::default();
        let written = log.clone();
        let subscriber = log::subscriber(format, EnvFilter::new(filter), move || written.clone());
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// Returns all that was logged.
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Returns the lines, which are JSON.
    fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
    }

    /// Returns the spans of the lines that a filter lets through.
    fn spans(&self, filter: impl Fn(&Value) -> bool) -> Vec<Value> {
        self.lines().into_iter().filter(filter).map(|mut line| line["span"].take()).collect()
    }
}

/// Returns the names of a JSON object's members.
fn names(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

async fn id_of(app: &TestApp, path: &str, id: Option<&[u8]>) -> String {
    let request = id.into_iter().fold(Request::get(path), |it, id| it.header("x-request-id", id));
    let response = app.send(request.body(Body::empty()).unwrap()).await;
    response.header("x-request-id").to_owned()
}

#[tokio::test]
async fn a_request_id_is_echoed_everywhere() {
    let app = TestApp::new(Engine::Sqlite).await;
    for path in ["/", "/nowhere", "/api/auth/ok", "/api/auth/nowhere", "/chatkit", "/chatkit/nowhere", "/icons.svg"] {
        assert_eq!(id_of(&app, path, Some(b"4bf92f35-77b3")).await, "4bf92f35-77b3", "{path}");
    }
}

#[tokio::test]
async fn a_request_id_is_made_when_absent_and_replaced_when_malformed() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut seen = BTreeSet::new();
    for given in [None, None, Some(&b""[..]), Some(b"a b"), Some(b"\xc3\xa4"), Some(&[b'x'; 129])] {
        let id = id_of(&app, "/api/auth/ok", given).await;
        assert!(id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{given:?}: {id}");
        assert!(seen.insert(id), "{given:?}");
    }
}

#[tokio::test]
async fn a_line_of_a_request_has_its_route_status_time_and_user() {
    let app = TestApp::new(Engine::Sqlite).await;
    let alice = app.sign_up("Alice").await;
    let check = async |request: Request<Body>, method: &str, route: &str, status: StatusCode, user: Option<&str>| {
        let (log, _guard) = Log::capture(LogFormat::Json, log::DEFAULT_FILTER);
        let response = app.send(request).await;
        assert_eq!(response.status, status, "{route}");
        let [span] = &log.spans(|line| line["message"] == "responded")[..] else { panic!("{}", log.text()) };
        let mut expected = BTreeSet::from(["name", "request.id", "method", "route", "status", "duration_ms"]);
        expected.extend(user.map(|_| "user.id"));
        assert_eq!(names(span), expected, "{span}");
        assert_eq!(span["name"], "request");
        assert_eq!(span["request.id"], response.header("x-request-id"));
        assert_eq!((span["method"].as_str(), span["route"].as_str()), (Some(method), Some(route)));
        assert_eq!(span["status"], status.as_u16());
        assert!(span["duration_ms"].as_u64().is_some_and(|it| it < 60_000), "{span}");
        assert_eq!(span["user.id"].as_str(), user, "{route}");
    };
    let get = |path: &str| Request::get(path).header(header::COOKIE, &alice.cookie).body(Body::empty()).unwrap();
    let anonymous = Request::get("/api/auth/get-session").body(Body::empty()).unwrap();
    let list = json!({ "type": "threads.list", "params": {} });
    let (ok, id) = (StatusCode::OK, Some(alice.id.as_str()));
    check(anonymous, "GET", "/api/auth/get-session", ok, None).await;
    check(get("/api/auth/get-session?disableRefresh=true"), "GET", "/api/auth/get-session", ok, id).await;
    check(get("/account"), "GET", "/account", ok, id).await;
    check(alice.chatkit(&list), "POST", "/chatkit", ok, id).await;
    let link = Request::get("/api/auth/reset-password/hunter2secret?callbackURL=/").body(Body::empty()).unwrap();
    check(link, "GET", "/api/auth/reset-password/{token}", StatusCode::FOUND, None).await;
}

/// Counts the spans that are opened.
#[derive(Clone, Default)]
struct Opened(Arc<Mutex<Vec<&'static str>>>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Opened {
    fn on_new_span(
        &self,
        attributes: &tracing::span::Attributes<'_>,
        _: &tracing::span::Id,
        _: tracing_subscriber::layer::Context<'_, S>,
    ) {
        self.0.lock().unwrap().push(attributes.metadata().name());
    }
}

#[tokio::test]
async fn a_request_opens_one_span_and_an_answer_another() {
    let opened = Opened::default();
    let filter = EnvFilter::new(log::DEFAULT_FILTER);
    let subscriber = tracing_subscriber::registry().with(filter).with(opened.clone());
    let app = TestApp::new(Engine::Sqlite).await;
    let alice = app.sign_up("Alice").await;
    let _guard = tracing::subscriber::set_default(subscriber);
    let check = async |request: Request<Body>, expected: &[&str]| {
        app.send(request).await;
        assert_eq!(std::mem::take(&mut *opened.0.lock().unwrap()), expected);
    };
    let page = Request::get("/account").header(header::COOKIE, &alice.cookie).body(Body::empty()).unwrap();
    check(page, &["request"]).await;
    check(Request::get("/nowhere").body(Body::empty()).unwrap(), &["request"]).await;
    let ask = json!({ "type": "threads.create", "params": { "input": text("hello") } });
    check(alice.chatkit(&ask), &["request", "run"]).await;
}

#[tokio::test]
async fn what_happens_in_a_run_has_its_id_and_its_threads() {
    let (log, _guard) = Log::capture(LogFormat::Json, log::DEFAULT_FILTER);
    let flags = ["--openai-base-url", "http://127.0.0.1:1/v1", "--openai-model", "m"];
    let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
    let alice = app.sign_up("Alice").await;
    let ask = json!({ "type": "threads.create", "params": { "input": text("hello") } });
    app.send(alice.chatkit(&ask)).await;
    let runs: Vec<(String, String)> = on!(app.state.db.read(), pool => sqlx::query_as(
        r#"select "id", "threadId" from "run""#,
    )
    .fetch_all(pool)
    .await)
    .unwrap();
    let [(run_id, thread_id)] = &runs[..] else { panic!("{runs:?}") };
    let spans = log.spans(|line| line["span"]["name"] == "run");
    assert!(!spans.is_empty(), "{}", log.text());
    for span in spans {
        assert_eq!(span, json!({ "name": "run", "thread.id": thread_id, "run.id": run_id }));
    }
}

#[tokio::test]
async fn no_line_holds_what_people_write_or_sign_in_with() {
    no_line_holds_secrets(LogFormat::Text).await;
    no_line_holds_secrets(LogFormat::Json).await;
}

async fn no_line_holds_secrets(format: LogFormat) {
    let (log, _guard) = Log::capture(format, "info,colloquy=trace,tower_http=trace,sqlx=warn");
    let app = TestApp::new(Engine::Sqlite).await;
    let alice = app.sign_up("Alice").await;
    let wrong = json!({ "email": alice.email, "password": "hunter2secret" });
    app.post("/api/auth/sign-in/email", None, &wrong).await;
    let reset = json!({ "email": alice.email, "redirectTo": format!("{BASE_URL}/hunter2secret") });
    app.post("/api/auth/request-password-reset", None, &reset).await;
    for path in [
        "/api/auth/reset-password/hunter2secret?callbackURL=/hunter2secret",
        "/api/auth/verify-email?token=hunter2secret",
        "/reset-password?token=hunter2secret",
        "/hunter2secret?hunter2secret",
        "/chat/hunter2secret",
        "/chatkit/attachments/hunter2secret/file?token=hunter2secret",
        "/api/fn/hunter2secret",
        "/api/auth/hunter2secret",
    ] {
        app.get(path, &alice.cookie).await;
    }
    let ask = json!({ "type": "threads.create", "params": { "input": text("hunter2secret") } });
    app.send(alice.chatkit(&ask)).await;
    let mut stranger = alice.chatkit(&json!("hunter2secret"));
    stranger.headers_mut().insert(header::AUTHORIZATION, "Bearer hunter2secret".parse().unwrap());
    app.send(stranger).await;
    let log = log.text();
    assert!(log.contains("responded") && log.contains(&alice.id), "{log}");
    let (_, cookie) = alice.cookie.split_once('=').unwrap();
    for secret in ["hunter2secret", "correct horse", &alice.email, "example.com", &alice.token, cookie] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}
