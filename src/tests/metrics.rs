//! Metrics: the series that each action changes, and what no series may hold.

use std::collections::BTreeMap;

use axum::{
    Json,
    body::Body,
    http::{Request, StatusCode, header},
    response::IntoResponse,
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{
    Engine, TestApp, TestUser, both_engines,
    chat::{
        model_server::{FakeModel, delta, event_stream},
        text, thread, upload,
    },
};
use crate::server::{
    Error,
    metrics::{Format, Scraper, listener},
};

/// The series of a scrape by their names with labels, without the prefix.
type Series = BTreeMap<String, f64>;

async fn scrape(app: &TestApp) -> Series {
    series(&Scraper::new(app.state.clone()).scrape(Format::OpenMetrics).await)
}

fn series(scraped: &str) -> Series {
    let samples = scraped.lines().filter(|line| !line.starts_with('#'));
    let parse = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.strip_prefix("colloquy_").unwrap_or(name).to_owned(), value.parse().unwrap())
    };
    samples.map(parse).collect()
}

/// Counters whose changes are compared as a whole.
const COUNTERS: [&str; 5] =
    ["signins_total", "limited_total", "runs_total", "tokens_total", "first_token_seconds_count"];

/// Does something, and compares all counters that it changes.
async fn check(app: &TestApp, action: impl Future<Output = StatusCode>, status: u16, expected: &[(&str, f64)]) {
    let before = scrape(app).await;
    assert_eq!(action.await.as_u16(), status, "{expected:?}");
    let after = scrape(app).await;
    let changes = after.iter().filter_map(|(name, value)| {
        let change = value - before.get(name).copied().unwrap_or(0.0);
        let is_compared = COUNTERS.iter().any(|counter| name.starts_with(counter));
        (is_compared && change != 0.0).then_some((name.as_str(), change))
    });
    assert_eq!(changes.collect::<Vec<_>>(), expected);
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> StatusCode {
    app.post("/api/auth/sign-in/email", None, &json!({ "email": email, "password": password })).await.status
}

async fn send(app: &TestApp, user: &TestUser, input: Value) -> StatusCode {
    app.send(user.chatkit(&json!({ "type": "threads.create", "params": { "input": input } }))).await.status
}

#[both_engines]
async fn a_sign_in_counts_by_its_result(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let right = "correct horse 1";
    check(&app, sign_in(&app, &ada.email, "wrong horse 1"), 401, &[("signins_total{result=\"refused\"}", 1.0)]).await;
    check(&app, sign_in(&app, "nobody@example.com", right), 401, &[("signins_total{result=\"refused\"}", 1.0)]).await;
    check(&app, sign_in(&app, &ada.email, right), 200, &[("signins_total{result=\"ok\"}", 1.0)]).await;
    check(&app, sign_in(&app, "no address", right), 400, &[]).await;
}

#[both_engines(&["--require-email-verification", "on"])]
async fn a_sign_in_without_a_verified_address_counts_as_such(app: TestApp) {
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse 1" });
    app.post("/api/auth/sign-up/email", None, &body).await;
    let expected = [("signins_total{result=\"unverified\"}", 1.0)];
    check(&app, sign_in(&app, "ada@example.com", "correct horse 1"), 403, &expected).await;
}

#[tokio::test]
async fn a_refusal_counts_by_its_rule() {
    let flags = ["--rate-limit", "on", "--messages-per-minute", "1"];
    let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
    let ada = app.sign_up("Ada").await;
    let guess = || sign_in(&app, &ada.email, "wrong horse 1");
    for _ in 0..10 {
        app.state.clock.advance_seconds(10);
        assert_eq!(guess().await, 401);
    }
    // The network has one more try; then the account refuses.
    assert_eq!(guess().await, 401);
    let slowed = [("limited_total{rule=\"failed_passwords\"}", 1.0), ("signins_total{result=\"limited\"}", 1.0)];
    check(&app, guess(), 429, &slowed).await;
    check(&app, guess(), 429, &[("limited_total{rule=\"passwords\"}", 1.0)]).await;
    let reset =
        || async { app.post("/api/auth/request-password-reset", None, &json!({ "email": ada.email })).await.status };
    assert_eq!(reset().await, 200);
    check(&app, reset(), 200, &[("limited_total{rule=\"recipients\"}", 1.0)]).await;
    assert_eq!(reset().await, 200);
    check(&app, reset(), 429, &[("limited_total{rule=\"mail_requests\"}", 1.0)]).await;
    assert_eq!(send(&app, &ada, text("/long 1")).await, 200);
    check(&app, send(&app, &ada, text("/long 1")), 429, &[("limited_total{rule=\"messages\"}", 1.0)]).await;
}

#[both_engines]
async fn an_answer_counts_by_its_end(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let first_token =
        [("first_token_seconds_count{part=\"added\"}", 1.0), ("first_token_seconds_count{part=\"model\"}", 1.0)];
    let completed = [first_token[0], first_token[1], ("runs_total{end=\"completed\"}", 1.0)];
    check(&app, send(&app, &ada, text("/long 3")), 200, &completed).await;
    let done = scrape(&app).await;
    assert!(done["deltas_total"] > 1.0 && done["log_bytes"] > 100.0, "{done:?}");
    assert_eq!((done["runs_running"], done["readers{kind=\"own\"}"]), (0.0, 0.0));
    check(&app, send(&app, &ada, text("/fail")), 200, &[("runs_total{end=\"failed\"}", 1.0)]).await;
}

#[both_engines]
async fn a_stream_counts_while_it_is_open(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let slow = json!({ "type": "threads.create", "params": { "input": text("/slow 1000") } });
    let mut running = app.router.clone().oneshot(ada.chatkit(&slow)).await.unwrap().into_body();
    running.frame().await.unwrap().unwrap();
    let open = scrape(&app).await;
    let of = |series: &Series| (series["runs_running"], series["readers{kind=\"own\"}"], series["sessions_watched"]);
    assert_eq!(of(&open), (1.0, 1.0, 1.0));
    // The head was counted when it was sent.
    assert_eq!(open["http_requests_total{route=\"/chatkit\",status=\"200\"}"], 1.0);
    drop(running);
    while !app.state.chat.is_idle() {
        tokio::task::yield_now().await;
    }
    let left = scrape(&app).await;
    assert_eq!(of(&left), (0.0, 0.0, 0.0));
    assert_eq!(left["runs_total{end=\"stopped\"}"], 1.0);
}

#[tokio::test]
async fn tokens_count_for_configured_models_only() {
    let usage = json!({ "prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7 });
    let last = format!("data: {}\n\n", json!({ "choices": [], "usage": usage }));
    let answer = format!("{}{last}data: [DONE]\n\n", delta("Hi."));
    let listed = json!({ "data": [{ "id": "fake-1" }, { "id": "a-model-of-the-server" }] });
    let fake = FakeModel::start(move |_, path| match path.ends_with("/models") {
        true => Json(listed.clone()).into_response(),
        false => event_stream(answer.clone()),
    })
    .await;
    let app = TestApp::with_flags(Engine::Sqlite, &fake.flags()).await;
    let ada = app.sign_up("Ada").await;
    for model in [None, Some("fake-1"), Some("a-model-of-the-server")] {
        let mut input = text("Hello");
        input["inference_options"] = json!({ "model": model });
        assert_eq!(send(&app, &ada, input).await, 200);
    }
    let series = scrape(&app).await;
    let tokens = series.iter().filter(|(name, _)| name.starts_with("tokens_total"));
    let expected = [
        ("tokens_total{model=\"fake-1\",direction=\"in\"}", 10.0),
        ("tokens_total{model=\"fake-1\",direction=\"out\"}", 4.0),
        ("tokens_total{model=\"other\",direction=\"in\"}", 5.0),
        ("tokens_total{model=\"other\",direction=\"out\"}", 2.0),
    ];
    assert_eq!(tokens.map(|(name, n)| (name.as_str(), *n)).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn invented_paths_share_one_route() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ada = app.sign_up("Ada").await;
    let before = scrape(&app).await;
    for n in 0..50 {
        for folder in ["", "/api/auth", "/chatkit/nowhere", "/chatkit/runs", "/chat", "/pkg", "/api/fn"] {
            app.get(&format!("{folder}/random-{n}-{}", rand::random::<u64>()), &ada.cookie).await;
        }
        for probe in ["/healthz", "/readyz"] {
            app.get(probe, "").await;
        }
    }
    let after = scrape(&app).await;
    let new: Vec<_> = after
        .keys()
        .filter(|name| name.starts_with("http_requests_total") && !before.contains_key(*name))
        .map(String::as_str)
        .collect();
    let routes = ["/chat/{thread_id}", "/chatkit/runs/{id}", "/chatkit/{*rest}", "unmatched"];
    let is_known = |name: &&str| routes.iter().any(|route| name.contains(&format!("route=\"{route}\"")));
    assert!(new.iter().all(is_known) && new.len() == routes.len(), "{new:?}");
    // Files, unknown pages, and unknown paths of both APIs; no probe.
    let unmatched: f64 =
        after.iter().filter(|(name, _)| name.contains("requests_total{route=\"unm")).map(|it| it.1).sum();
    assert_eq!(unmatched, 200.0);
}

#[both_engines]
async fn gauges_are_read_from_the_database(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let none = scrape(&app).await;
    assert_eq!((none["mail_waiting"], none["mail_oldest_seconds"], none["files_bytes"]), (0.0, 0.0, 0.0));
    upload(&app, &ada, "notes.txt", "text/plain", b"Milk and bread.").await;
    app.post("/api/auth/request-password-reset", None, &json!({ "email": ada.email })).await;
    app.state.clock.advance_seconds(90);
    let some = scrape(&app).await;
    assert_eq!((some["mail_waiting"], some["mail_oldest_seconds"], some["files_bytes"]), (1.0, 90.0, 15.0));
    let used = |series: &Series| -> f64 {
        series.iter().filter(|(name, _)| name.starts_with("db_pool_connections")).map(|(_, n)| n).sum()
    };
    assert!(used(&some) >= 1.0 && some["process_resident_memory_bytes"] > 1e6, "{some:?}");
}

#[both_engines]
async fn a_scrape_works_while_the_database_is_away(app: TestApp) {
    let errors = "db_errors_total{kind=\"connection\"}";
    let before = scrape(&app).await[errors];
    app.state.db.close().await;
    let away = scrape(&app).await;
    assert!(!away.contains_key("mail_waiting") && !away.contains_key("files_bytes"), "{away:?}");
    assert!(scrape(&app).await[errors] >= before + 2.0, "both queries failed");
    assert!(away.contains_key("runs_running") && away.contains_key("process_cpu_seconds_total"), "{away:?}");
}

#[tokio::test]
async fn a_series_holds_nobody() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ada = app.sign_up("Ada").await;
    let thread_id = thread(&app, &ada, "/long 1").await;
    app.get(&format!("/chat/{thread_id}"), &ada.cookie).await;
    app.get("/api/auth/reset-password/hunter2secret?callbackURL=/", "").await;
    let scraped = Scraper::new(app.state.clone()).scrape(Format::OpenMetrics).await;
    let cookie = ada.cookie.split_once('=').unwrap().1;
    for secret in [&thread_id, &ada.id, &ada.email, &ada.token, cookie, "hunter2secret"] {
        assert!(!scraped.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_listener_has_one_path() {
    let app = TestApp::new(Engine::Sqlite).await;
    let router = listener::router(app.state.clone());
    let check = async |method: &str, path: &str, accept: &str, status: u16, content_type: &str| {
        let request = Request::builder().method(method).uri(path).header(header::ACCEPT, accept);
        let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{method} {path}");
        let given = response.headers().get(header::CONTENT_TYPE).map_or("", |value| value.to_str().unwrap());
        assert!(given.starts_with(content_type), "{accept}: {given}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body.ends_with(b"# EOF\n"), content_type.starts_with("application/openmetrics"), "{path}");
    };
    check("GET", "/metrics", "*/*", 200, "application/openmetrics-text; version=1.0.0").await;
    check("GET", "/metrics", "text/plain", 200, "text/plain; version=0.0.4").await;
    check("POST", "/metrics", "*/*", 405, "").await;
    check("GET", "/", "*/*", 404, "").await;
    check("GET", "/chatkit", "*/*", 404, "").await;
    assert!(!scrape(&app).await.keys().any(|name| name.starts_with("http_requests")), "it is not counted");
}

#[tokio::test]
async fn a_port_of_the_metrics_that_is_taken_is_named() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let app = TestApp::with_flags(Engine::Sqlite, &[]).await;
    let mut config = crate::server::config::Config::clone(&app.state.config);
    assert!(listener::bind(&config).await.unwrap().is_none(), "off by default");
    let address = taken.local_addr().unwrap();
    config.metrics_listen = Some(address);
    let err = listener::bind(&config).await.unwrap_err();
    let sentence = format!("METRICS_LISTEN is {address}, where a program listens already");
    assert!(matches!(&err, Error::Config(text) if text.starts_with(&sentence)), "{err}");
}
