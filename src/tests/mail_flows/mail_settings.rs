//! Settings that affect mails, and sign-up policies.

use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::json;

use super::{PASSWORD, follow, one_mail, replay, sign_in, token_of, user_of};
use crate::{
    server::mail::MailKind,
    tests::{Engine, TestApp, replay::Replay},
};

const REQUIRE_VERIFICATION: &str = include_str!("../recordings/better-auth/19-require-email-verification.txt");
const DELETE_VERIFICATION: &str = include_str!("../recordings/better-auth/21-delete-user-verification.txt");
const AUTO_SIGN_IN_OFF: &str = include_str!("../recordings/better-auth/22-auto-sign-in-off.txt");

async fn replay_with(flags: &[&str], text: &str) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = TestApp::with_flags(engine, flags).await;
        replay(&app, &mut Replay::default(), text).await;
    }
}

#[tokio::test]
async fn required_verification_answers_as_recorded() {
    let flags = ["--better-auth-url", "http://127.0.0.1:4715", "--require-email-verification", "on"];
    replay_with(&flags, REQUIRE_VERIFICATION).await;
}

#[tokio::test]
async fn deletion_by_mail_answers_as_recorded() {
    let flags = ["--better-auth-url", "http://127.0.0.1:4717", "--delete-user-verification", "on"];
    replay_with(&flags, DELETE_VERIFICATION).await;
}

#[tokio::test]
async fn signing_up_without_signing_in_answers_as_recorded() {
    replay_with(&["--better-auth-url", "http://127.0.0.1:4718", "--auto-sign-in", "off"], AUTO_SIGN_IN_OFF).await;
}

#[tokio::test]
async fn whoever_has_an_address_learns_that_it_was_tried() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--require-email-verification", "on"]).await;
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD });
    app.post("/api/auth/sign-up/email", None, &body).await;
    app.queued_mails().await;
    app.post("/api/auth/sign-up/email", None, &body).await;
    let queued_mails = app.queued_mails().await;
    assert_eq!((queued_mails[0].to.as_str(), &queued_mails[0].kind), ("ada@example.com", &MailKind::AlreadySignedUp));
}

#[tokio::test]
async fn a_refused_sign_in_sends_a_new_mail_by_setting() {
    for (flag, n_letters) in [("on", 1), ("off", 0)] {
        let flags = ["--require-email-verification", "on", "--send-on-sign-in", flag];
        let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
        let body = json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD });
        app.post("/api/auth/sign-up/email", None, &body).await;
        app.queued_mails().await;
        assert_eq!(sign_in(&app, "ada@example.com", "wrong password").await, StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(&app, "ada@example.com", PASSWORD).await, StatusCode::FORBIDDEN);
        assert_eq!(app.queued_mails().await.len(), n_letters);
    }
}

#[tokio::test]
async fn a_proved_address_signs_in_by_setting() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--auto-sign-in-after-verification", "on"]).await;
    let ada = app.sign_up("Ada").await;
    app.post("/api/auth/send-verification-email", None, &json!({ "email": ada.email })).await;
    let (_, url) = one_mail(&app).await;
    let cookies = follow(&app, &url, None).await.cookies();
    let cookie = cookies[0].split(';').next().unwrap();
    assert_eq!(app.get("/api/auth/get-session", cookie).await.json()["user"]["emailVerified"], true);
    assert!(follow(&app, &url, None).await.cookies().is_empty(), "a link that was followed signs nobody in");
}

#[tokio::test]
async fn a_reset_ends_the_sessions_unless_the_setting_says_otherwise() {
    for (flags, is_over) in [(&[][..], true), (&["--revoke-sessions-on-password-reset", "off"], false)] {
        let app = TestApp::with_flags(Engine::Sqlite, flags).await;
        let ada = app.sign_up("Ada").await;
        app.post("/api/auth/request-password-reset", None, &json!({ "email": ada.email })).await;
        let body = json!({ "newPassword": "quite another 2", "token": token_of(&one_mail(&app).await.1) });
        assert_eq!(app.post("/api/auth/reset-password", None, &body).await.status, StatusCode::OK);
        assert_eq!(user_of(&app, &ada).await.is_null(), is_over);
    }
}

#[tokio::test]
async fn what_is_turned_off_says_so() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--change-email", "off", "--delete-user", "off"]).await;
    let ada = app.sign_up("Ada").await;
    let change = app.post("/api/auth/change-email", Some(&ada.cookie), &json!({ "newEmail": "a@example.com" })).await;
    assert_eq!(
        (change.status, change.json()["code"].clone()),
        (StatusCode::BAD_REQUEST, json!("CHANGE_EMAIL_DISABLED"))
    );
    let delete = app.post("/api/auth/delete-user", Some(&ada.cookie), &json!({})).await;
    assert_eq!((delete.status, delete.text()), (StatusCode::NOT_FOUND, String::new()));
    assert_eq!(app.get("/api/auth/delete-user/callback?token=x", &ada.cookie).await.json()["code"], "NOT_FOUND");
}

#[tokio::test]
async fn nobody_signs_up_where_it_is_closed() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--sign-up", "closed"]).await;
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD });
    let refused = app.post("/api/auth/sign-up/email", None, &body).await;
    assert_eq!(refused.json()["code"], "EMAIL_PASSWORD_SIGN_UP_DISABLED");
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

/// Class of CVEs: with several workers, several users became the first administrator.
async fn of_fifty_sign_ups_at_once_one_is_the_first_user(engine: Engine) {
    let app = TestApp::with_flags(engine, &["--sign-up", "first-user"]).await;
    let sign_up = async |n: usize| {
        let body = json!({ "name": "X", "email": format!("user{n}@example.com"), "password": PASSWORD });
        app.post("/api/auth/sign-up/email", None, &body).await.status
    };
    let answers = join_all((0..50).map(sign_up)).await;
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::OK).count(), 1);
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::BAD_REQUEST).count(), 49);
    assert_eq!(sign_up(50).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_first_user_is_one_sqlite() {
    of_fifty_sign_ups_at_once_one_is_the_first_user(Engine::Sqlite).await;
}

#[tokio::test]
async fn the_first_user_is_one_postgres() {
    of_fifty_sign_ups_at_once_one_is_the_first_user(Engine::Postgres).await;
}
