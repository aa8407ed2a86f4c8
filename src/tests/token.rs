//! The JWT: who gets one, and what it is worth.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::{
    TestApp, TestResponse, TestUser,
    app::{BASE_URL, SECRET},
    on_both_engines,
};

const WEEK_S: i64 = 604_800;

/// Asks for the list of threads with a token.
async fn list_threads(app: &TestApp, token: &str) -> TestResponse {
    let body = Body::from(json!({ "type": "threads.list", "params": {} }).to_string());
    let request = Request::post("/chatkit").header(header::AUTHORIZATION, format!("Bearer {token}"));
    app.send(request.body(body).unwrap()).await
}

/// Reads the claims without judging them.
fn claims(token: &str) -> Value {
    let data = jsonwebtoken::dangerous::insecure_decode::<Value>(token).unwrap();
    data.claims
}

fn signed(claims: &Value, algorithm: Algorithm, secret: &str) -> String {
    jsonwebtoken::encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
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

on_both_engines! {
    async fn a_token_says_who_and_for_how_long(app) {
        let ada = app.sign_up("Ada").await;
        let claims = claims(&ada.token);
        assert_eq!(claims["sub"], ada.id.as_str());
        assert_eq!(claims["email"], "ada@example.com");
        assert_eq!(claims["iss"], BASE_URL);
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), WEEK_S);
        assert!(claims["sid"].is_string());
        assert!(claims.get("aud").is_none(), "PyJWT refuses an audience that it was not told of");
    }

    async fn nobody_gets_none(app) {
        let response = app.get("/api/auth/token", "").await;
        assert_eq!(response.status, StatusCode::UNAUTHORIZED);
        assert_eq!(response.json(), json!({ "message": "Unauthorized", "code": "UNAUTHORIZED" }));
        let ada = app.sign_up("Ada").await;
        assert_eq!(app.post("/api/auth/token", Some(&ada.cookie), &json!({})).await.status, StatusCode::NOT_FOUND);
    }

    async fn a_good_token_opens_chatkit(app) {
        let ada = app.sign_up("Ada").await;
        assert_eq!(list_threads(&app, &ada.token).await.status, StatusCode::OK);
    }

    async fn a_cookie_alone_does_not(app) {
        let ada = app.sign_up("Ada").await;
        let body = Body::from(json!({ "type": "threads.list", "params": {} }).to_string());
        let request = Request::post("/chatkit").header(header::COOKIE, &ada.cookie).header(header::ORIGIN, BASE_URL);
        let response = app.send(request.body(body).unwrap()).await;
        assert_eq!(response.status, StatusCode::UNAUTHORIZED);
        assert_eq!(response.header("www-authenticate"), "Bearer realm=\"colloquy\"");
    }

    async fn a_token_that_is_not_ours_is_refused_with_the_reason(app) {
        let ada = app.sign_up("Ada").await;
        let good = claims(&ada.token);
        let changed = |name: &str, value: Value| {
            let mut claims = good.clone();
            claims[name] = value;
            claims
        };
        let without = |name: &str| {
            let mut claims = good.clone();
            claims.as_object_mut().unwrap().remove(name);
            claims
        };
        let ours = |claims: &Value| signed(claims, Algorithm::HS256, SECRET);
        assert_eq!(list_threads(&app, &ours(&good)).await.status, StatusCode::OK, "the test signs as we do");
        let none = format!("eyJhbGciOiJub25lIn0.{}.", ada.token.split('.').nth(1).unwrap());
        assert_refused(&app, "garbage", "The token is malformed.").await;
        assert_refused(&app, &none, "The token is malformed.").await;
        assert_refused(&app, &ours(&without("sid")), "The token is malformed.").await;
        assert_refused(&app, &ours(&without("exp")), "The token is malformed.").await;
        assert_refused(&app, &signed(&good, Algorithm::HS256, "another secret"), "The token's signature is not ours.").await;
        assert_refused(&app, &signed(&good, Algorithm::HS512, SECRET), "The token's signature is not ours.").await;
        assert_refused(&app, &ours(&changed("iss", "https://evil.example".into())), "The token has another issuer.").await;
        assert_refused(&app, &ours(&changed("sid", "x".into())), "The session of the token has ended; sign in again.").await;
        assert_refused(&app, &ours(&changed("sub", "x".into())), "The session of the token has ended; sign in again.").await;
    }

    async fn a_token_ends_to_the_second_and_with_its_session(app) {
        let ada = app.sign_up("Ada").await;
        // Used daily, so the session outlives the token.
        for _ in 0..6 {
            app.state.clock.advance_seconds(24 * 3600);
            assert_eq!(list_threads(&app, &ada.token).await.status, StatusCode::OK);
        }
        app.state.clock.advance_seconds(24 * 3600 - 1);
        assert_eq!(list_threads(&app, &ada.token).await.status, StatusCode::OK);
        app.state.clock.advance_seconds(1);
        assert_refused(&app, &ada.token, "The token has expired.").await;
    }

    async fn signing_out_ends_the_token_at_once(app) {
        let ada = app.sign_up("Ada").await;
        sign_out(&app, &ada).await;
        assert_refused(&app, &ada.token, "The session of the token has ended; sign in again.").await;
    }
}

#[tokio::test]
async fn a_configured_audience_is_said_and_asked_for() {
    let app = TestApp::with_flags(super::Engine::Sqlite, &["--jwt-audience", "my-api", "--jwt-issuer", "my-app"]).await;
    let ada = app.sign_up("Ada").await;
    let mut claims = claims(&ada.token);
    assert_eq!((&claims["aud"], &claims["iss"]), (&json!("my-api"), &json!("my-app")));
    assert_eq!(list_threads(&app, &ada.token).await.status, StatusCode::OK);
    claims["aud"] = json!("another");
    assert_refused(&app, &signed(&claims, Algorithm::HS256, SECRET), "The token has another audience.").await;
    claims.as_object_mut().unwrap().remove("aud");
    assert_refused(&app, &signed(&claims, Algorithm::HS256, SECRET), "The token is malformed.").await;
}
