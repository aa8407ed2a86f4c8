//! The JWT: who gets one, and what it authorises.

mod jwks_keys;
mod recorded_tokens;
mod refused_tokens;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::{TestApp, TestResponse, TestUser, both_engines, test_app::BASE_URL};

const WEEK_S: i64 = 604_800;

/// Requests the list of threads with a token.
async fn list_threads(app: &TestApp, token: &str) -> TestResponse {
    let body = Body::from(json!({ "type": "threads.list", "params": {} }).to_string());
    let request = Request::post("/chatkit").header(header::AUTHORIZATION, format!("Bearer {token}"));
    app.send(request.body(body).unwrap()).await
}

/// Reads the claims without verifying them.
fn claims(token: &str) -> Value {
    let data = jsonwebtoken::dangerous::insecure_decode::<Value>(token).unwrap();
    data.claims
}

async fn assert_refused(app: &TestApp, token: &str, reason: &str) {
    let response = list_threads(app, token).await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED, "{reason}");
    assert_eq!(response.json()["message"], reason);
    assert!(response.header("www-authenticate").starts_with("Bearer "), "{reason}");
    assert!(response.header("www-authenticate").contains(reason), "{reason}");
}

async fn sign_out(app: &TestApp, user: &TestUser) {
    let response = app.post("/api/auth/sign-out", Some(&user.cookie), &json!({})).await;
    assert_eq!(response.status, StatusCode::OK);
}

#[both_engines]
async fn a_token_says_who_and_for_how_long(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let claims = claims(&ada.token);
    assert_eq!(claims["sub"], ada.id.as_str());
    assert_eq!(claims["email"], "ada@example.com");
    assert_eq!(claims["iss"], BASE_URL);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), WEEK_S);
    assert!(claims["sid"].is_string());
    assert!(claims.get("aud").is_none(), "PyJWT refuses an audience that it was not told of");
}

#[both_engines]
async fn nobody_gets_none(app: TestApp) {
    let response = app.get("/api/auth/token", "").await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    assert_eq!(response.json(), json!({ "message": "Unauthorized", "code": "UNAUTHORIZED" }));
    let ada = app.sign_up("Ada").await;
    assert_eq!(app.post("/api/auth/token", Some(&ada.cookie), &json!({})).await.status, StatusCode::NOT_FOUND);
}

#[both_engines]
async fn a_good_token_opens_chatkit(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    assert_eq!(list_threads(&app, &ada.token).await.status, StatusCode::OK);
}

#[both_engines]
async fn a_cookie_alone_does_not(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let body = Body::from(json!({ "type": "threads.list", "params": {} }).to_string());
    let request = Request::post("/chatkit").header(header::COOKIE, &ada.cookie).header(header::ORIGIN, BASE_URL);
    let response = app.send(request.body(body).unwrap()).await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    assert_eq!(response.header("www-authenticate"), "Bearer realm=\"colloquy\"");
}

#[both_engines]
async fn a_token_ends_to_the_second_and_with_its_session(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    // Daily use keeps the session alive for longer than the token.
    for _ in 0..6 {
        app.state.clock.advance_seconds(24 * 3600);
        assert_eq!(list_threads(&app, &ada.token).await.status, StatusCode::OK);
    }
    app.state.clock.advance_seconds(24 * 3600 - 1);
    assert_eq!(list_threads(&app, &ada.token).await.status, StatusCode::OK);
    app.state.clock.advance_seconds(1);
    assert_refused(&app, &ada.token, "The token has expired.").await;
}

#[both_engines]
async fn signing_out_ends_the_token_at_once(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    sign_out(&app, &ada).await;
    assert_refused(&app, &ada.token, "The session of the token has ended; sign in again.").await;
}

#[tokio::test]
async fn a_configured_audience_and_issuer_are_said() {
    let app = TestApp::with_flags(super::Engine::Sqlite, &["--jwt-audience", "my-api", "--jwt-issuer", "my-app"]).await;
    let ada = app.sign_up("Ada").await;
    let claims = claims(&ada.token);
    assert_eq!((&claims["aud"], &claims["iss"]), (&json!("my-api"), &json!("my-app")));
    assert_eq!(list_threads(&app, &ada.token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_carries_no_token_where_that_is_off() {
    let app = TestApp::with_flags(super::Engine::Sqlite, &["--set-auth-jwt", "off"]).await;
    let ada = app.sign_up("Ada").await;
    let session = app.get("/api/auth/get-session", &ada.cookie).await;
    assert_eq!(session.json()["user"]["id"], ada.id.as_str());
    assert!(!session.headers.contains_key("set-auth-jwt"));
    assert_eq!(session.header("access-control-expose-headers"), "");
}
