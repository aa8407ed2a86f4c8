//! Operations that require a mail: password resets, verification and change of addresses, deletion; and sign-up
//! policies.

mod mail_settings;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    TestApp, TestResponse, TestUser, both_engines,
    replay::{Replay, Step, parse_with_mails},
    test_app::{BASE_URL, SECRET},
};
use crate::server::{db::on, mail::MailKind};

const PASSWORD_RESET: &str = include_str!("recordings/better-auth/09-password-reset.txt");
const EMAIL_VERIFICATION: &str = include_str!("recordings/better-auth/10-email-verification.txt");
const DELETE_USER: &str = include_str!("recordings/better-auth/12-delete-user.txt");

/// The session of recordings 09 and 10, opened before them.
const ADAS_TOKEN: &str = "Dz8QZyq06DBlO2QuO8ewY0HJKCJGJsu2";

const PASSWORD: &str = "correct horse 1";

/// Exchanges of recording 09 that show the user after the reset.
const AFTER_RESET: [&str; 2] =
    ["(old session still alive: revokeSessionsOnPasswordReset is off by default)", "(sign in with the new password)"];

/// Replays a recording. Each mail in it must be queued, to the same address and with the same link.
async fn replay(app: &TestApp, replay: &mut Replay, text: &str) {
    let steps = parse_with_mails(text);
    assert!(steps.len() >= 2, "a recording holds several steps");
    let mut queued_mails = Vec::new();
    for step in steps {
        match step {
            Step::Exchange(mut exchange) => {
                if AFTER_RESET.contains(&exchange.title.as_str()) {
                    exchange.expect_verified_address();
                }
                replay.check(app, &exchange).await;
                queued_mails.extend(app.queued_mails().await);
            }
            Step::Mail(mail) => {
                let letter = queued_mails.remove(0);
                let ours = token_of(&letter.url);
                replay.know(&mail.token, &ours);
                assert_eq!(letter.url, replay.with_ours(&mail.url));
                match mail.kind.as_str() {
                    // The recording names the new address, while the mail goes to the old one.
                    "change-email" => assert_eq!(letter.kind, MailKind::ConfirmEmailChange { new_email: mail.to }),
                    _ => assert_eq!(letter.to, mail.to),
                }
            }
        }
    }
    queued_mails.retain(|letter| letter.kind != MailKind::AlreadySignedUp);
    assert!(queued_mails.is_empty(), "mails that were not recorded: {queued_mails:?}");
}

/// Returns the token of a link.
pub(super) fn token_of(url: &str) -> String {
    let (before, after) = url.split_once("token=").or_else(|| url.split_once("/reset-password/")).unwrap();
    assert!(before.starts_with("http://127.0.0.1:"), "{url}");
    after.split(['&', '?']).next().unwrap().to_owned()
}

/// Signs up the users of recordings 09 and 10.
async fn ada_and_eve(app: &TestApp) -> Replay {
    let mut state = Replay::default();
    for (name, email) in [("Ada L.", "ada@example.com"), ("Eve", "eve@example.com")] {
        let body = json!({ "name": name, "email": email, "password": PASSWORD }).to_string();
        let request = Request::post("/api/auth/sign-up/email").header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::USER_AGENT, "transcript-recorder/1.0").body(Body::from(body)).unwrap();
        let response = app.send(request).await;
        if name == "Ada L." {
            state.know(ADAS_TOKEN, response.json()["token"].as_str().unwrap());
        }
    }
    state
}

/// Follows a link as a browser does from a mail.
pub(super) async fn follow(app: &TestApp, url: &str, cookie: Option<&str>) -> TestResponse {
    let path = url.strip_prefix(BASE_URL).unwrap();
    let mut request = Request::get(path);
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

/// Takes the only queued mail; returns its address and its link.
pub(super) async fn one_mail(app: &TestApp) -> (String, String) {
    let mut queued_mails = app.queued_mails().await;
    assert_eq!(queued_mails.len(), 1, "{queued_mails:?}");
    let letter = queued_mails.remove(0);
    (letter.to, letter.url)
}

pub(super) async fn user_of(app: &TestApp, user: &TestUser) -> Value {
    app.get("/api/auth/get-session", &user.cookie).await.json()["user"].clone()
}

/// Verifies a user's address.
pub(super) async fn verify(app: &TestApp, user: &TestUser) {
    app.post("/api/auth/send-verification-email", Some(&user.cookie), &json!({ "email": user.email })).await;
    let (_, url) = one_mail(app).await;
    assert_eq!(follow(app, &url, None).await.status, StatusCode::FOUND);
}

pub(super) async fn sign_in(app: &TestApp, email: &str, password: &str) -> StatusCode {
    app.post("/api/auth/sign-in/email", None, &json!({ "email": email, "password": password })).await.status
}

#[both_engines(&["--revoke-sessions-on-password-reset", "off"])]
async fn passwords_are_reset_and_addresses_proved_and_changed_as_recorded(app: TestApp) {
    let mut state = ada_and_eve(&app).await;
    replay(&app, &mut state, PASSWORD_RESET).await;
    // Unlike Better Auth's, our reset verifies the address. The next recording starts with an unverified one.
    on!(app.state.db.write(), pool => sqlx::query(r#"update "user" set "emailVerified" = $1"#)
        .bind(false)
        .execute(pool)
        .await
        .map(drop))
    .unwrap();
    replay(&app, &mut state, EMAIL_VERIFICATION).await;
}

#[both_engines]
async fn users_are_deleted_as_recorded(app: TestApp) {
    replay(&app, &mut Replay::default(), DELETE_USER).await;
}

#[both_engines]
async fn a_link_to_a_new_password_is_good_for_an_hour_and_once(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        app.post("/api/auth/request-password-reset", None, &json!({ "email": "ADA@example.com" })).await;
        tokens.push(token_of(&one_mail(&app).await.1));
    }
    let reset = async |token: &str| {
        let body = json!({ "newPassword": "quite another 2", "token": token });
        app.post("/api/auth/reset-password", None, &body).await
    };
    let racers = join_all((0..4).map(|_| reset(&tokens[0]))).await;
    assert_eq!(racers.iter().filter(|answer| answer.status == StatusCode::OK).count(), 1);
    app.state.clock.advance_seconds(3600);
    assert_eq!(reset(&tokens[1]).await.json()["code"], "INVALID_TOKEN");
    assert_eq!(sign_in(&app, &ada.email, "quite another 2").await, StatusCode::OK);
    assert_eq!(sign_in(&app, &ada.email, PASSWORD).await, StatusCode::UNAUTHORIZED);
}

#[both_engines]
async fn an_unknown_address_gets_no_mail_and_the_same_answer(app: TestApp) {
    app.sign_up("Ada").await;
    for path in ["/api/auth/request-password-reset", "/api/auth/send-verification-email"] {
        let known = app.post(path, None, &json!({ "email": "ada@example.com" })).await;
        assert_eq!(app.queued_mails().await.len(), 1);
        let unknown = app.post(path, None, &json!({ "email": "nobody@example.com" })).await;
        assert!(app.queued_mails().await.is_empty());
        assert_eq!((known.status, known.text()), (unknown.status, unknown.text()));
    }
}

#[both_engines]
async fn a_mail_token_is_no_other_kind_of_token(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    app.post("/api/auth/send-verification-email", None, &json!({ "email": ada.email })).await;
    let token = token_of(&one_mail(&app).await.1);
    // A chat token in a mailed link, and vice versa.
    let refused = app.get(&format!("/api/auth/verify-email?token={}", ada.token), "x=y").await;
    assert_eq!((refused.status, refused.json()["code"].clone()), (StatusCode::UNAUTHORIZED, json!("INVALID_TOKEN")));
    let mallory = TestUser { token, ..ada };
    let list = json!({ "type": "threads.list", "params": {} });
    assert_eq!(app.send(mallory.chatkit(&list)).await.status, StatusCode::UNAUTHORIZED);
}

#[both_engines]
async fn a_backend_that_holds_the_shared_secret_cannot_write_a_mail_token(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let claims = json!({ "email": ada.email, "userId": ada.id, "iat": 1_795_392_000, "exp": 4_000_000_000_i64 });
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
    let forged = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
    let answer = app.get(&format!("/api/auth/verify-email?token={forged}"), "x=y").await;
    assert_eq!(answer.json()["code"], "INVALID_TOKEN");
    assert_eq!(user_of(&app, &ada).await["emailVerified"], false);
}

#[both_engines]
async fn an_expired_link_says_so(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    app.post("/api/auth/send-verification-email", None, &json!({ "email": ada.email, "callbackURL": "/in?a=b#c" }))
        .await;
    let (_, url) = one_mail(&app).await;
    app.state.clock.advance_seconds(3600);
    assert_eq!(follow(&app, &url, None).await.header("location"), "/in?a=b&error=TOKEN_EXPIRED#c");
    let bare = url.split_once("&callbackURL").unwrap().0;
    assert_eq!(follow(&app, bare, None).await.json()["code"], "TOKEN_EXPIRED");
}

#[both_engines]
async fn a_new_address_needs_both_and_is_not_taken_twice(app: TestApp) {
    let (ada, eve) = (app.sign_up("Ada").await, app.sign_up("Eve").await);
    verify(&app, &ada).await;
    let change = json!({ "newEmail": "Countess@example.com" });
    app.post("/api/auth/change-email", Some(&ada.cookie), &change).await;
    let (to, first) = one_mail(&app).await;
    assert_eq!(to, "ada@example.com");
    assert_eq!(follow(&app, &first, Some(&eve.cookie)).await.header("location"), "/?error=INVALID_USER");
    follow(&app, &first, None).await;
    let (to, second) = one_mail(&app).await;
    assert_eq!((to.as_str(), &user_of(&app, &ada).await["email"]), ("countess@example.com", &json!("ada@example.com")));
    // Meanwhile another user takes the address.
    let body = json!({ "name": "C", "email": "countess@example.com", "password": PASSWORD });
    app.post("/api/auth/sign-up/email", None, &body).await;
    let location = follow(&app, &second, None).await;
    assert_eq!(location.header("location"), "/?error=USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
    assert_eq!(user_of(&app, &ada).await["email"], "ada@example.com");
}

#[both_engines]
async fn an_unverified_address_is_changed_by_one_mail(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    app.post("/api/auth/change-email", Some(&ada.cookie), &json!({ "newEmail": "new@example.com" })).await;
    let (to, url) = one_mail(&app).await;
    assert_eq!(to, "new@example.com");
    follow(&app, &url, Some(&ada.cookie)).await;
    assert_eq!(user_of(&app, &ada).await["email"], "new@example.com");
    assert_eq!(follow(&app, &url, Some(&ada.cookie)).await.header("location"), "/?error=INVALID_TOKEN");
}

#[both_engines]
async fn a_deleted_user_leaves_nothing_and_no_token_that_counts(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let create = json!({ "type": "threads.create", "params": { "input": {
        "content": [{ "type": "input_text", "text": "Hello" }], "attachments": [], "inference_options": {} } } });
    assert_eq!(app.send(ada.chatkit(&create)).await.status, StatusCode::OK);
    app.post("/api/auth/request-password-reset", None, &json!({ "email": ada.email })).await;
    let reset = token_of(&one_mail(&app).await.1);
    app.state.clock.advance_seconds(24 * 3600);
    let refused = app.post("/api/auth/delete-user", Some(&ada.cookie), &json!({})).await;
    assert_eq!((refused.status, refused.json()["code"].clone()), (StatusCode::BAD_REQUEST, json!("SESSION_EXPIRED")));
    let deleted = app.post("/api/auth/delete-user", Some(&ada.cookie), &json!({ "password": PASSWORD })).await;
    assert_eq!((deleted.status, deleted.cookies().len()), (StatusCode::OK, 3));
    let list = json!({ "type": "threads.list", "params": {} });
    assert_eq!(app.send(ada.chatkit(&list)).await.status, StatusCode::UNAUTHORIZED);
    let body = json!({ "newPassword": "quite another 2", "token": reset });
    assert_eq!(app.post("/api/auth/reset-password", None, &body).await.json()["code"], "INVALID_TOKEN");
    for table in ["user", "account", "session", "verification", "thread", "item"] {
        let text = sqlx::AssertSqlSafe(format!(r#"select count(*) from "{table}""#));
        let n_rows: i64 = on!(app.state.db.read(), pool => sqlx::query_scalar(text)
            .fetch_one(pool)
            .await)
        .unwrap();
        assert_eq!(n_rows, 0, "{table}");
    }
}

#[both_engines]
async fn no_session_of_the_old_password_outlives_a_change_that_ends_them(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let body = json!({
        "currentPassword": PASSWORD, "newPassword": "quite another 2", "revokeOtherSessions": true,
    });
    let change = app.post("/api/auth/change-password", Some(&ada.cookie), &body);
    let racers = join_all((0..12).map(|_| sign_in(&app, &ada.email, PASSWORD)));
    let (changed, _) = futures_util::future::join(change, racers).await;
    assert_eq!(changed.status, StatusCode::OK);
    let cookie = changed.cookies()[0].split(';').next().unwrap().to_owned();
    let sessions = app.get("/api/auth/list-sessions", &cookie).await.json();
    assert_eq!(sessions.as_array().unwrap().len(), 1, "{sessions}");
}

#[both_engines]
async fn who_signs_in_while_being_deleted_is_told_so_without_a_failure(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let body = json!({ "password": PASSWORD });
    let deletion = app.post("/api/auth/delete-user", Some(&ada.cookie), &body);
    let racers = join_all((0..12).map(|_| sign_in(&app, &ada.email, PASSWORD)));
    let (deleted, racers) = futures_util::future::join(deletion, racers).await;
    assert_eq!(deleted.status, StatusCode::OK);
    assert!(racers.iter().all(|status| [StatusCode::OK, StatusCode::UNAUTHORIZED].contains(status)), "{racers:?}");
}
