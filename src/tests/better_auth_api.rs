//! `/api/auth`, compared with recordings of the real Better Auth, and further cases.

mod session_lifetimes;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use crate::server::db::on;

use super::{
    Engine, TestApp, both_engines,
    replay::{Replay, parse},
};

const SIGN_UP: &str = include_str!("recordings/better-auth/01-sign-up-email.txt");
const SIGN_IN: &str = include_str!("recordings/better-auth/02-sign-in-email.txt");
const GET_SESSION: &str = include_str!("recordings/better-auth/03-get-session.txt");
const SESSIONS: &str = include_str!("recordings/better-auth/05-sessions.txt");
const CHANGE_PASSWORD: &str = include_str!("recordings/better-auth/06-change-password.txt");
const UPDATE_USER: &str = include_str!("recordings/better-auth/07-update-user.txt");
const ACCOUNTS: &str = include_str!("recordings/better-auth/08-accounts.txt");
const MISC: &str = include_str!("recordings/better-auth/14-misc.txt");
const ORIGINS: &str = include_str!("recordings/better-auth/11-origin-csrf.txt");
const SECURE_COOKIES: &str = include_str!("recordings/better-auth/16-secure-cookies.txt");
const REFRESH: &str = include_str!("recordings/better-auth/18-session-refresh.txt");
const SIGN_OUT: &str = include_str!("recordings/better-auth/13-sign-out.txt");

/// The settings of recording 18.
const SHORT_LIVED: &[&str] = &[
    "--better-auth-url",
    "http://127.0.0.1:4714",
    "--session-expires-in",
    "10s",
    "--session-update-age",
    "2s",
    "--session-fresh-age",
    "4s",
];

/// The session of recordings 11 and 13, opened before them.
const ADAS_TOKEN: &str = "Dz8QZyq06DBlO2QuO8ewY0HJKCJGJsu2";

async fn replay(app: &TestApp, replay: &mut Replay, text: &str) {
    let exchanges = parse(text);
    assert!(exchanges.len() >= 4, "a recording holds several exchanges");
    for exchange in &exchanges {
        replay.check(app, exchange).await;
    }
}

/// Signs in the user of recordings 11 and 13.
async fn ada(app: &TestApp) -> Replay {
    let body = json!({ "name": "Ada L.", "email": "ada2@example.com", "password": "brand new pw 3" });
    let response = app.post("/api/auth/sign-up/email", None, &body).await;
    let mut replay = Replay::default();
    replay.know(ADAS_TOKEN, response.json()["token"].as_str().unwrap());
    replay
}

#[both_engines]
async fn sign_up_sign_in_and_get_session_answer_as_recorded(app: TestApp) {
    let mut state = Replay::default();
    for recording in [SIGN_UP, SIGN_IN, GET_SESSION] {
        replay(&app, &mut state, recording).await;
    }
}

#[both_engines]
async fn sessions_passwords_users_and_accounts_answer_as_recorded(app: TestApp) {
    let mut state = Replay::default();
    // One history: later recordings use the sessions of earlier ones.
    for recording in [SIGN_UP, SIGN_IN, GET_SESSION, SESSIONS, CHANGE_PASSWORD, UPDATE_USER, ACCOUNTS] {
        for exchange in parse(recording) {
            // Better Auth stores a name that is a number. This server rejects it, which a separate test covers.
            if !exchange.title.starts_with("update-user: name of wrong type") {
                state.check(&app, &exchange).await;
            }
        }
    }
}

#[both_engines]
async fn the_rest_answers_as_recorded(app: TestApp) {
    replay(&app, &mut Replay::default(), MISC).await;
}

#[both_engines]
async fn a_name_that_is_no_text_is_refused(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let response = app.post("/api/auth/update-user", Some(&ada.cookie), &json!({ "name": 123 })).await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    assert_eq!(response.json()["message"], "[body.name] Invalid input: expected string, received number");
}

#[both_engines]
async fn somebody_elses_session_and_account_are_not_touched(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let eve = app.sign_up("Eve").await;
    let adas = app.get("/api/auth/get-session", &ada.cookie).await.json();
    let body = json!({ "token": adas["session"]["token"] });
    assert_eq!(app.post("/api/auth/revoke-session", Some(&eve.cookie), &body).await.status, StatusCode::OK);
    assert_eq!(app.get("/api/auth/get-session", &ada.cookie).await.json()["user"]["id"], ada.id.as_str());
    assert_eq!(app.post("/api/auth/revoke-other-sessions", Some(&eve.cookie), &json!({})).await.status, StatusCode::OK);
    assert_eq!(app.post("/api/auth/revoke-sessions", Some(&eve.cookie), &json!({})).await.status, StatusCode::OK);
    assert_eq!(app.get("/api/auth/get-session", &ada.cookie).await.json()["user"]["id"], ada.id.as_str());
    assert_eq!(app.get("/api/auth/get-session", &eve.cookie).await.text(), "null");
}

#[both_engines]
async fn a_revoked_session_ends_its_jwt_at_once(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let list = json!({ "type": "threads.list", "params": {} });
    assert_eq!(app.send(ada.chatkit(&list)).await.status, StatusCode::OK);
    app.post("/api/auth/revoke-sessions", Some(&ada.cookie), &json!({})).await;
    assert_eq!(app.send(ada.chatkit(&list)).await.status, StatusCode::UNAUTHORIZED);
}

#[both_engines]
async fn an_account_is_unlinked_unless_it_is_the_last_or_anothers(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let eve = app.sign_up("Eve").await;
    let now = app.state.clock.now();
    for (id, user) in [("acc_ada", &ada), ("acc_eve", &eve)] {
        on!(app.state.db.write(), pool => sqlx::query(
            r#"
            insert into "account" ("id", "accountId", "providerId", "userId", "scope", "createdAt", "updatedAt")
            values ($1, $2, 'github', $3, 'repo,user', $4, $4)
            "#,
        )
        .bind(id)
        .bind(format!("gh-{id}"))
        .bind(&user.id)
        .bind(now.plus_seconds(1))
        .execute(pool)
        .await
        .map(drop))
        .unwrap();
    }
    let accounts = app.get("/api/auth/list-accounts", &ada.cookie).await.json();
    assert_eq!(accounts[1]["scopes"], json!(["repo", "user"]));
    assert!(!accounts.to_string().contains("assword"), "{accounts}");
    let unlink = async |id: &str| {
        app.post("/api/auth/unlink-account", Some(&ada.cookie), &json!({ "accountId": id })).await.json()
    };
    assert_eq!(unlink("acc_eve").await["code"], "ACCOUNT_NOT_FOUND");
    assert_eq!(unlink("acc_ada").await["status"], true);
    assert_eq!(unlink(accounts[0]["id"].as_str().unwrap()).await["code"], "FAILED_TO_UNLINK_LAST_ACCOUNT");
}

#[both_engines]
async fn an_old_session_lists_no_sessions(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    app.state.clock.advance_seconds(24 * 3600 - 1);
    assert_eq!(app.get("/api/auth/list-sessions", &ada.cookie).await.status, StatusCode::OK);
    app.state.clock.advance_seconds(1);
    let refused = app.get("/api/auth/list-sessions", &ada.cookie).await;
    assert_eq!((refused.status, refused.json()["code"].clone()), (StatusCode::FORBIDDEN, json!("SESSION_NOT_FRESH")));
    assert_eq!(refused.cookies().len(), 1, "it is refreshed, but not fresh");
}

#[both_engines]
async fn sign_out_answers_as_recorded(app: TestApp) {
    let mut state = ada(&app).await;
    replay(&app, &mut state, SIGN_OUT).await;
}

#[both_engines]
async fn origins_are_judged_as_recorded(app: TestApp) {
    let mut state = ada(&app).await;
    // In the recording this user's address was already verified.
    on!(app.state.db.write(), pool => sqlx::query(r#"update "user" set "emailVerified" = true"#)
        .execute(pool)
        .await
        .map(drop))
    .unwrap();
    replay(&app, &mut state, ORIGINS).await;
}

#[both_engines]
async fn a_referer_stands_in_for_a_missing_origin(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let request = Request::post("/api/auth/sign-out")
        .header(header::COOKIE, &ada.cookie)
        .header(header::REFERER, "http://127.0.0.1:4701/some/page");
    assert_eq!(app.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
}

#[both_engines]
async fn an_origin_equal_to_the_requests_own_host_is_trusted(app: TestApp) {
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse 1" }).to_string();
    let sign_up = |origin: &str| {
        Request::post("/api/auth/sign-up/email")
            .header(header::HOST, "192.168.1.7:3000")
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.clone()))
            .unwrap()
    };
    assert_eq!(app.send(sign_up("http://192.168.1.7:3001")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(app.send(sign_up("http://192.168.1.7:3000")).await.status, StatusCode::OK);
}

#[both_engines]
async fn a_body_that_is_too_large_is_refused(app: TestApp) {
    let body = json!({ "email": "ada@example.com", "password": "x".repeat(70_000) });
    let response = app.post("/api/auth/sign-in/email", None, &body).await;
    assert_eq!(response.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(response.json()["code"], "PAYLOAD_TOO_LARGE");
}

#[both_engines]
async fn a_name_that_no_header_holds_is_refused(app: TestApp) {
    let body = json!({ "name": "é".repeat(257), "email": "ada@example.com", "password": "correct horse 1" });
    let refused = app.post("/api/auth/sign-up/email", None, &body).await;
    assert_eq!(refused.json()["message"], "[body.name] Too big: expected string to have <=256 characters");
    let ada = app.sign_up("Ada").await;
    let refused = app.post("/api/auth/update-user", Some(&ada.cookie), &json!({ "name": "x".repeat(257) })).await;
    assert_eq!((refused.status, refused.json()["code"].clone()), (StatusCode::BAD_REQUEST, json!("VALIDATION_ERROR")));
    let picture = json!({ "image": format!("data:image/png;base64,{}", "A".repeat(20_000)) });
    assert_eq!(app.post("/api/auth/update-user", Some(&ada.cookie), &picture).await.status, StatusCode::OK);
    let session = app.get("/api/auth/get-session", &ada.cookie).await;
    assert!(session.json()["user"]["image"].is_string() && !session.headers.contains_key("set-auth-jwt"));
}

#[both_engines]
async fn text_that_no_database_keeps_is_refused(app: TestApp) {
    let body = json!({ "name": "A\0da", "email": "ada@example.com", "password": "correct horse 1" });
    let response = app.post("/api/auth/sign-up/email", None, &body).await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    assert_eq!(response.json()["message"], "[body.name] Invalid input: must not contain the character U+0000");
}

#[both_engines]
async fn of_a_race_for_one_address_one_wins(app: TestApp) {
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse 1" });
    let racers = (0..8).map(|_| app.post("/api/auth/sign-up/email", None, &body));
    let answers = futures_util::future::join_all(racers).await;
    let won = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
    let lost = answers.iter().filter(|answer| answer.status == StatusCode::UNPROCESSABLE_ENTITY).count();
    assert_eq!((won, lost), (1, 7));
}

#[both_engines]
async fn wrong_password_and_unknown_user_take_the_same_work(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let mut took = Vec::new();
    for email in [ada.email.as_str(), "nobody@example.com"] {
        let body = json!({ "email": email, "password": "wrong password" });
        let begun = std::time::Instant::now();
        let response = app.post("/api/auth/sign-in/email", None, &body).await;
        took.push(begun.elapsed());
        assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    }
    // Without verifying a hash, the response would be hundreds of times faster.
    assert!(took[1] * 10 > took[0], "{took:?}");
}

#[both_engines(&["--better-auth-url", "https://app.example.com"])]
async fn cookies_of_https_are_secure_as_recorded(app: TestApp) {
    replay(&app, &mut Replay::default(), SECURE_COOKIES).await;
}

/// Requests the user of a token.
async fn bearer_name(app: &TestApp, token: &str) -> serde_json::Value {
    let request = Request::get("/api/auth/get-session").header(header::AUTHORIZATION, format!("Bearer {token}"));
    app.send(request.body(Body::empty()).unwrap()).await.json()["user"]["name"].clone()
}

#[tokio::test]
async fn bearer_tokens_are_taken_as_configured() {
    for (flag, raw, signed) in [("on", true, true), ("signed", false, true), ("off", false, false)] {
        let app = TestApp::with_flags(Engine::Sqlite, &["--bearer", flag]).await;
        let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse 1" });
        let response = app.post("/api/auth/sign-up/email", None, &body).await;
        let token = response.json()["token"].as_str().unwrap().to_owned();
        let with_signature = crate::server::auth::cookies::sign(&app.state.config.secret, &token);
        assert_eq!(response.header("set-auth-token"), if flag == "off" { "" } else { &with_signature });
        assert_eq!(bearer_name(&app, &token).await == "Ada", raw, "{flag}");
        assert_eq!(bearer_name(&app, &with_signature).await == "Ada", signed, "{flag}");
        assert!(bearer_name(&app, &format!("{token}.AAAA")).await.is_null(), "{flag}");
    }
}
