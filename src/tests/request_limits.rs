//! Rate limits, and the requests that share a counter.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::{
    Engine, TestApp, TestResponse, both_engines,
    replay::{Replay, parse},
    test_app::BASE_URL,
};
use crate::server::{
    Db,
    auth::rate_limits::{Limits, rules::Verdict},
    db::on,
};

const RATE_LIMIT: &str = include_str!("recordings/better-auth/15-rate-limit.txt");

/// Signs in with a wrong password.
async fn sign_in(app: &TestApp) -> TestResponse {
    let body = json!({ "email": "nobody@example.com", "password": "wrong password" });
    app.post("/api/auth/sign-in/email", None, &body).await
}

/// Signs in with a wrong password by our page's form.
async fn sign_in_by_form(app: &TestApp, accept: &str) -> TestResponse {
    let request = Request::post("/api/fn/sign-in")
        .header(header::ORIGIN, BASE_URL)
        .header(header::REFERER, format!("{BASE_URL}/sign-in"))
        .header(header::ACCEPT, accept)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.send(request.body(Body::from("email=nobody%40example.com&password=wrong+password")).unwrap()).await
}

async fn get_forwarded(app: &TestApp, path: &str, forwarded_for: &str) -> TestResponse {
    app.send(Request::get(path).header("x-forwarded-for", forwarded_for).body(Body::empty()).unwrap()).await
}

/// Replays the recording. A trusted proxy corresponds to Better Auth's trust in any single address. A chain is read up
/// to its nearest hop that is not a proxy, where Better Auth without proxies gives up. A sign-in also sets our device
/// cookie, by which the browser is known later.
async fn replay_limits(app: TestApp) {
    let app = app.seen_from("127.0.0.1");
    let mut state = Replay::default();
    let device = format!("{}.{}", "x".repeat(25), "x".repeat(22));
    let device = format!("colloquy.device={device}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax");
    for mut exchange in parse(RATE_LIMIT) {
        if exchange.status == 200 && exchange.path.contains("/sign-") {
            exchange.expect_header("set-cookie", &device);
        }
        if exchange.title == "GET /ok now limited" {
            for _ in 0..100 {
                assert_eq!(app.get("/api/auth/ok", "").await.status, StatusCode::OK);
            }
        }
        match exchange.title.contains("with a chain") {
            true => assert_eq!(state.send(&app, &exchange).await.status, StatusCode::UNAUTHORIZED),
            false => state.check_at_its_time(&app, &exchange).await,
        }
    }
}

const RECORDED: [&str; 4] = ["--better-auth-url", "http://127.0.0.1:4711", "--trusted-proxies", "127.0.0.1"];

#[tokio::test]
async fn limits_in_memory_answer_as_recorded() {
    let flags = [&RECORDED[..], &["--rate-limit", "on"]].concat();
    replay_limits(TestApp::with_flags(Engine::Sqlite, &flags).await).await;
}

#[both_engines(&[&RECORDED, IN_DATABASE].concat())]
async fn limits_in_the_database_answer_as_recorded(app: TestApp) {
    replay_limits(app).await;
}

/// Stores counters in the database.
const IN_DATABASE: &[&str] = &["--rate-limit", "on", "--rate-limit-storage", "database"];

#[both_engines(IN_DATABASE)]
async fn of_requests_at_once_to_several_servers_no_more_than_the_rule_says_are_allowed(app: TestApp) {
    let mut servers = Vec::new();
    for _ in 0..3 {
        let db = Db::open(&app.state.config.database_url).await.unwrap();
        servers.push(Limits::new(&app.state.config.limits, &db, &app.state.clock, &app.state.metrics));
    }
    for round in 0..2 {
        let requests = (0..48).map(|n| servers[n % 3].count("192.0.2.1", "/sign-in/email", None));
        let verdicts = futures_util::future::join_all(requests).await;
        let allowed = verdicts.iter().filter(|it| matches!(it, Ok(Verdict::Allowed))).count();
        let refused = verdicts.iter().filter(|it| matches!(it, Ok(Verdict::Refused { retry_after_s: 10 }))).count();
        assert_eq!((allowed, refused), (3, 45), "round {round}");
        app.state.clock.advance_seconds(10);
    }
}

#[both_engines(IN_DATABASE)]
async fn the_window_moves_with_each_request_that_is_allowed(app: TestApp) {
    let check = async |seconds: i64, expected: Verdict| {
        app.state.clock.advance_seconds(seconds);
        let verdict = app.state.auth.limits.count("192.0.2.1", "/change-email", Some("/change-email")).await.unwrap();
        assert_eq!(verdict, expected, "{seconds}");
    };
    check(0, Verdict::Allowed).await;
    check(9, Verdict::Allowed).await;
    check(9, Verdict::Allowed).await;
    check(0, Verdict::Refused { retry_after_s: 10 }).await;
    check(9, Verdict::Refused { retry_after_s: 1 }).await;
    check(1, Verdict::Allowed).await;
}

#[both_engines(IN_DATABASE)]
async fn the_networks_around_an_ipv6_address_count_too(app: TestApp) {
    let count = async |address: String| app.state.auth.limits.count(&address, "/sign-in/email", None).await.unwrap();
    let allowed = async |addresses: Vec<String>| {
        let mut n_allowed = 0;
        for address in addresses {
            n_allowed += usize::from(count(address).await == Verdict::Allowed);
        }
        n_allowed
    };
    let of_48 = |site: u16, n: u16| format!("2001:0db8:{site:04x}:{n:04x}:0000:0000:0000:0000");
    assert_eq!(allowed(vec![of_48(1, 0x0100); 9]).await, 3, "a /64");
    assert_eq!(allowed((0..9).map(|n| of_48(1, 0x0101 + n)).collect()).await, 9, "another /64 each");
    assert_eq!(allowed((0..9).map(|n| of_48(1, 0x0181 + n)).collect()).await, 0, "a /56 has 12");
    assert_eq!(allowed((0..99).map(|n| of_48(1, n * 0x100 + 0x200)).collect()).await, 36, "a /48 has 48");
    assert_eq!(allowed(vec![of_48(2, 0)]).await, 1, "another /48");
    app.state.clock.advance_seconds(10);
    assert_eq!(allowed(vec![of_48(1, 0x0181)]).await, 1);
}

#[both_engines(IN_DATABASE)]
async fn counts_are_kept_as_better_auth_keeps_them(app: TestApp) {
    let app = app.seen_from("2001:db8:1:2:3:4:5:6");
    for _ in 0..2 {
        assert_eq!(sign_in(&app).await.status, StatusCode::UNAUTHORIZED);
    }
    let row: (String, i32, i64) = on!(app.state.db.read(), pool => sqlx::query_as(
        r#"select "key", "count", "lastRequest" from "rateLimit""#,
    )
    .fetch_one(pool)
    .await)
    .unwrap();
    let key = "2001:0db8:0001:0002:0000:0000:0000:0000|/sign-in/email".to_owned();
    assert_eq!(row, (key, 2, app.state.clock.now().millis()));
}

/// Enables rate limits behind a trusted proxy.
const BEHIND_A_PROXY: &[&str] = &["--rate-limit", "on", "--trusted-proxies", "10.0.0.0/8"];

#[both_engines(BEHIND_A_PROXY)]
async fn a_form_counts_as_the_request_that_does_the_same(app: TestApp) {
    let app = app.seen_from("192.0.2.1");
    for _ in 0..4 {
        let page = app.send(Request::get("/sign-in").body(Body::empty()).unwrap()).await;
        assert_eq!(page.status, StatusCode::OK, "looking at the page does not count");
    }
    assert_eq!(sign_in_by_form(&app, "application/json").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&app).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in_by_form(&app, "application/json").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&app).await.status, StatusCode::TOO_MANY_REQUESTS);

    let by_script = sign_in_by_form(&app, "application/json").await;
    assert_eq!((by_script.status, by_script.header("x-retry-after")), (StatusCode::TOO_MANY_REQUESTS, "10"));
    assert_eq!(by_script.json(), json!({ "auth": "too_many_requests" }));
    let without_script = sign_in_by_form(&app, "text/html,*/*").await;
    assert_eq!(without_script.status, StatusCode::FOUND);
    let location = without_script.header("location").to_owned();
    assert!(location.starts_with("http://127.0.0.1:4701/sign-in?"), "back to the form: {location}");
    assert!(without_script.cookies()[0].contains("nobody%40example.com"), "what was typed is kept");
    let page = app.send(Request::get(&location).body(Body::empty()).unwrap()).await;
    assert!(page.text().contains("Too many attempts. Wait a moment, then try again."), "{}", page.text());

    let other_form = Request::post("/api/fn/sign-up")
        .header(header::ORIGIN, BASE_URL)
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("name=Ada&email=ada%40example.com&password=correct+horse+1"));
    assert_eq!(app.send(other_form.unwrap()).await.status, StatusCode::OK, "signing up is counted by itself");
}

#[both_engines(BEHIND_A_PROXY)]
async fn each_address_is_counted_by_itself(app: TestApp) {
    let ask = async |app: &TestApp, forwarded_for: &str| {
        get_forwarded(app, "/api/auth/sign-in/none", forwarded_for).await.status
    };
    let app = app.seen_from("192.0.2.1");
    for n in 0..3 {
        assert_eq!(ask(&app, &format!("203.0.113.{n}")).await, StatusCode::NOT_FOUND);
    }
    assert_eq!(ask(&app, "203.0.113.77").await, StatusCode::TOO_MANY_REQUESTS, "forged");
    let app = app.seen_from("192.0.2.2");
    assert_eq!(ask(&app, "").await, StatusCode::NOT_FOUND, "another address");
    let app = app.seen_from("10.0.0.1");
    for n in 0..3 {
        assert_eq!(ask(&app, &format!("203.0.113.{n}, 2001:db8:1:2::{n}")).await, StatusCode::NOT_FOUND);
    }
    assert_eq!(ask(&app, "2001:db8:1:2:ffff::").await, StatusCode::TOO_MANY_REQUESTS, "the same /64");
    assert_eq!(ask(&app, "2001:db8:1:3::").await, StatusCode::NOT_FOUND, "another /64");
}

#[both_engines(BEHIND_A_PROXY)]
async fn a_session_remembers_the_address_that_it_was_opened_from(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse 1" });
    let request = Request::post("/api/auth/sign-up/email")
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-forwarded-for", "198.51.100.66, 203.0.113.7");
    let signed_up = app.send(request.body(Body::from(body.to_string())).unwrap()).await;
    let cookie = signed_up.cookies()[0].split(';').next().unwrap().to_owned();
    let session = app.get("/api/auth/get-session", &cookie).await.json();
    assert_eq!(session["session"]["ipAddress"], "203.0.113.7");
}

#[tokio::test]
async fn a_refusal_comes_first_and_says_when_to_come_back() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--rate-limit", "on"]).await.seen_from("192.0.2.1");
    for _ in 0..3 {
        assert_eq!(app.get("/api/auth/sign-in/none", "").await.status, StatusCode::NOT_FOUND);
    }
    app.state.clock.advance_seconds(4);
    let refused = app.get("/api/auth/sign-in/none", "").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.json(), json!({ "message": "Too many requests. Please try again later." }));
    assert_eq!((refused.header("x-retry-after"), refused.header("retry-after")), ("6", ""));
    // Refused requests do not count.
    app.state.clock.advance_seconds(6);
    assert_eq!(app.get("/api/auth/sign-in/none", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn paths_of_ones_own_invention_are_counted_together() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--rate-limit", "on"]).await.seen_from("192.0.2.1");
    for n in 0..100 {
        assert_eq!(app.get(&format!("/api/auth/none-{n}/{n}"), "").await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(app.get("/api/auth/another", "").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(app.get("/api/auth/ok", "").await.status, StatusCode::OK, "a route of ours is counted by itself");
    for n in 0..100 {
        assert_eq!(app.get(&format!("/api/auth/callback/{n}"), "").await.status, StatusCode::FOUND);
    }
    assert_eq!(app.get("/api/auth/callback/another", "").await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn limits_can_be_switched_off() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--rate-limit", "off"]).await.seen_from("192.0.2.1");
    for _ in 0..150 {
        let answer = app.get("/api/auth/sign-in/none", "").await;
        assert_eq!((answer.status, answer.text()), (StatusCode::NOT_FOUND, String::new()));
    }
}

#[tokio::test]
async fn a_page_of_another_origin_may_read_when_to_come_back() {
    let flags = ["--rate-limit", "on", "--better-auth-trusted-origins", "https://app.example.com"];
    let app = TestApp::with_flags(Engine::Sqlite, &flags).await.seen_from("192.0.2.1");
    let ask = async || {
        let request = Request::get("/api/auth/sign-up/none").header(header::ORIGIN, "https://app.example.com");
        app.send(request.body(Body::empty()).unwrap()).await
    };
    for _ in 0..3 {
        ask().await;
    }
    let refused = ask().await;
    assert_eq!((refused.status, refused.header("x-retry-after")), (StatusCode::TOO_MANY_REQUESTS, "10"));
    assert_eq!(refused.header("access-control-allow-origin"), "https://app.example.com");
    assert!(refused.header("access-control-expose-headers").contains("x-retry-after"));
    assert_eq!(refused.json().get("code"), None::<&Value>);
}
