//! Invalid tokens, for each algorithm.

use aws_lc_rs::{encoding::AsDer, signature::KeyPair};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::{assert_refused, claims, list_threads, sign_out};
use crate::{
    server::{
        auth::{
            jwt::jwks::{Key, SigningKey},
            mail_links::mail_tokens::{self, MailClaims},
        },
        config::{JwtAlgorithm, Secret},
        db::on,
    },
    tests::{Engine, TestApp, TestUser, test_app::SECRET},
};
use axum::http::StatusCode;

const MALFORMED: &str = "The token is malformed.";
const SIGNATURE: &str = "The token's signature is not ours.";
const KEY: &str = "The token's key is not ours.";
const EXPIRED: &str = "The token has expired.";
const NOT_YET: &str = "The token is not valid yet.";
const ISSUER: &str = "The token has another issuer.";
const AUDIENCE: &str = "The token has another audience.";
const SESSION_OVER: &str = "The session of the token has ended; sign in again.";

/// Builds a token; `sign` signs the message.
fn token(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn hmac(key: &[u8]) -> impl Fn(&[u8]) -> Vec<u8> {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key);
    move |message| aws_lc_rs::hmac::sign(&key, message).as_ref().to_vec()
}

fn by(key: &Key) -> impl Fn(&[u8]) -> Vec<u8> + '_ {
    |message| key.signing.as_ref().unwrap().sign(message).unwrap()
}

/// Returns the claims with one of them changed, or removed if the value is null.
fn with(claims: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims.clone();
    match value.into() {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}

/// Better Auth's claims of a verification mail's token (reference §1.5).
fn mail_claims(user: &TestUser, now: i64) -> Value {
    json!({ "email": user.email, "userId": user.id, "iat": now, "exp": now + 3600 })
}

/// Builds this server's token of a verification mail.
fn mail_token(app: &TestApp, user: &TestUser) -> String {
    let (email, user_id) = (user.email.clone(), user.id.clone());
    let claims = MailClaims {
        email,
        update_to: None,
        request_type: None,
        user_id,
        session_id: None,
        link_id: None,
        has_agreed: false,
    };
    mail_tokens::mint(&app.state.auth, claims).unwrap()
}

/// Returns the public key in the forms that are mistakenly passed to a library as a secret.
fn public_forms(app: &TestApp, key: &Key) -> Vec<Vec<u8>> {
    let published = serde_json::to_value(key.published()).unwrap();
    let mut jwk = published.clone();
    jwk.as_object_mut().unwrap().retain(|name, _| name != "alg" && name != "kid");
    let der = match key.signing.as_ref().unwrap() {
        SigningKey::Ed25519(pair) => pair.public_key().as_der(),
        SigningKey::P256(pair) => pair.public_key().as_der(),
        SigningKey::Rsa(pair) => pair.public_key().as_der(),
    };
    let der = der.unwrap().as_ref().to_vec();
    let base64 = BASE64_STANDARD.encode(&der);
    let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", lines.join("\n"));
    let number = jwk["x"].as_str().or(jwk["n"].as_str()).unwrap();
    vec![
        der,
        format!("{pem}\n").into(),
        pem.into(),
        jwk.to_string().into(),
        published.to_string().into(),
        BASE64_URL_SAFE_NO_PAD.decode(number).unwrap(),
        // Other values that are not keys of such tokens.
        app.state.config.secret.expose().into(),
        Vec::new(),
    ]
}

/// Checks each row: a description, the token, and the reason of its refusal.
async fn check(app: &TestApp, rows: Vec<(&str, String, &str)>) {
    for (what, token, reason) in rows {
        let response = list_threads(app, &token).await;
        assert_eq!(response.status, StatusCode::UNAUTHORIZED, "{what}, {:?}", app.state.config.jwt.algorithm);
        assert_eq!(response.json()["message"], reason, "{what}, {:?}", app.state.config.jwt.algorithm);
    }
}

/// Checks refusals that apply to every algorithm; `sign` builds a token as this server does.
async fn check_claims(app: &TestApp, ada: &TestUser, sign: impl Fn(&Value) -> String) {
    let good = claims(&ada.token);
    let now = app.state.clock.now().seconds();
    assert_eq!(list_threads(app, &sign(&good)).await.status, StatusCode::OK, "the test signs as we do");
    let on_time = with(&good, "nbf", now);
    assert_eq!(list_threads(app, &sign(&on_time)).await.status, StatusCode::OK, "`nbf` is the first second");
    let session = app.get("/api/auth/get-session", &ada.cookie).await.json();
    let session_token = session["session"]["token"].as_str().unwrap().to_owned();
    let (_, cookie) = ada.cookie.split_once('=').unwrap();
    let payload = ada.token.split('.').nth(1).unwrap();
    let unsigned = |alg: &str| {
        let header = BASE64_URL_SAFE_NO_PAD.encode(json!({ "alg": alg }).to_string());
        format!("{header}.{payload}.")
    };
    check(
        app,
        vec![
            ("unsigned", unsigned("none"), MALFORMED),
            ("unsigned, in capitals", unsigned("NONE"), MALFORMED),
            (
                "unsigned, under our algorithm",
                format!("{}.{payload}.", ada.token.split('.').next().unwrap()),
                SIGNATURE,
            ),
            ("garbage", "a.b.c".to_owned(), MALFORMED),
            ("a session token", session_token, MALFORMED),
            ("a session cookie", cookie.to_owned(), MALFORMED),
            ("expired this second", sign(&with(&good, "exp", now)), EXPIRED),
            ("expired long ago", sign(&with(&good, "exp", 0)), EXPIRED),
            ("without an expiry", sign(&with(&good, "exp", Value::Null)), MALFORMED),
            ("valid in a second", sign(&with(&good, "nbf", now + 1)), NOT_YET),
            ("of another issuer", sign(&with(&good, "iss", "https://evil.example")), ISSUER),
            ("without an issuer", sign(&with(&good, "iss", Value::Null)), MALFORMED),
            ("for another audience", sign(&with(&good, "aud", "https://evil.example")), AUDIENCE),
            ("without an audience", sign(&with(&good, "aud", Value::Null)), MALFORMED),
            ("without a session", sign(&with(&good, "sid", Value::Null)), MALFORMED),
            ("without a user", sign(&with(&good, "sub", Value::Null)), MALFORMED),
            ("of another session", sign(&with(&good, "sid", "x")), SESSION_OVER),
            ("of another user", sign(&with(&good, "sub", "x")), SESSION_OVER),
            ("a mail's claims under our key", sign(&mail_claims(ada, now)), MALFORMED),
        ],
    )
    .await;
}

/// Checks that neither an access token nor a mail's claims under a key of access tokens verify an address.
async fn check_mail_tokens(app: &TestApp, ada: &TestUser, sign: impl Fn(&Value) -> String) {
    let now = app.state.clock.now().seconds();
    let both = {
        let mut claims = claims(&ada.token);
        claims.as_object_mut().unwrap().extend(mail_claims(ada, now).as_object().unwrap().clone());
        claims
    };
    let refused = [
        ("an access token", ada.token.clone()),
        ("a mail's claims under the key of access tokens", sign(&mail_claims(ada, now))),
        ("all claims under the key of access tokens", sign(&both)),
    ];
    for (what, token) in refused {
        let answer = app.get(&format!("/api/auth/verify-email?token={token}"), "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}: {}", answer.text());
        assert_eq!(answer.json()["code"], "INVALID_TOKEN", "{what}");
    }
    let verified = app.get(&format!("/api/auth/verify-email?token={}", mail_token(app, ada)), "").await;
    assert_eq!(verified.status, StatusCode::OK, "{}", verified.text());
}

/// Checks that tokens become invalid with the end of the session and the deletion of the user.
async fn check_endings(app: &TestApp, ada: &TestUser) {
    sign_out(app, ada).await;
    assert_refused(app, &ada.token, SESSION_OVER).await;
    let eve = app.sign_up("Eve").await;
    assert_eq!(list_threads(app, &eve.token).await.status, StatusCode::OK);
    on!(app.state.db.write(), pool => sqlx::query(r#"delete from "user" where "id" = $1"#)
        .bind(&eve.id).execute(pool).await.map(drop))
    .unwrap();
    assert_refused(app, &eve.token, SESSION_OVER).await;
}

#[tokio::test]
async fn of_the_shared_secret() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--jwt-audience", "my-api"]).await;
    let ada = app.sign_up("Ada").await;
    let good = claims(&ada.token);
    let now = app.state.clock.now().seconds();
    let signed = |alg: &str, claims: &Value, key: &[u8]| token(&json!({ "alg": alg, "typ": "JWT" }), claims, hmac(key));
    check_claims(&app, &ada, |claims| signed("HS256", claims, SECRET.as_bytes())).await;
    check_mail_tokens(&app, &ada, |claims| signed("HS256", claims, SECRET.as_bytes())).await;
    let keys = app.another(|config| config.jwt.algorithm = JwtAlgorithm::EdDsa);
    let key = keys.state.auth.keys.signing(&keys.state.auth).await.unwrap();
    check(
        &app,
        vec![
            ("under another secret", signed("HS256", &good, b"another secret"), SIGNATURE),
            ("under an empty secret", signed("HS256", &good, b""), SIGNATURE),
            ("under another algorithm's name", signed("HS512", &good, SECRET.as_bytes()), SIGNATURE),
            ("a mail's token", mail_token(&app, &ada), SIGNATURE),
            ("a mail's token of Better Auth", signed("HS256", &mail_claims(&ada, now), SECRET.as_bytes()), MALFORMED),
            ("by a key of the table", token(&json!({ "alg": "EdDSA", "kid": key.id }), &good, by(&key)), SIGNATURE),
        ],
    )
    .await;
    check_endings(&app, &ada).await;
}

#[tokio::test]
async fn of_keys() {
    for algorithm in [JwtAlgorithm::EdDsa, JwtAlgorithm::Es256, JwtAlgorithm::Rs256] {
        let app = TestApp::with_flags(Engine::Sqlite, &["--jwt-algorithm", algorithm.name()]).await;
        let ada = app.sign_up("Ada").await;
        let key = app.state.auth.keys.signing(&app.state.auth).await.unwrap();
        let ours = |claims: &Value| token(&json!({ "alg": algorithm.name(), "kid": key.id }), claims, by(&key));
        check_claims(&app, &ada, ours).await;
        check_mail_tokens(&app, &ada, ours).await;
        check_keys(&app, &ada, &key).await;
        check_confusion(&app, &ada, &key).await;
        check_endings(&app, &ada).await;
    }
}

/// Checks that the key must be ours, of our algorithm, and the one named by the token.
async fn check_keys(app: &TestApp, ada: &TestUser, key: &Key) {
    let algorithm = app.state.config.jwt.algorithm;
    let good = claims(&ada.token);
    // A key of the same kind in another database.
    let foreign = TestApp::with_flags(Engine::Sqlite, &["--jwt-algorithm", algorithm.name()]).await;
    let foreign = foreign.state.auth.keys.signing(&foreign.state.auth).await.unwrap();
    // A key of another algorithm in our database.
    let other = if algorithm == JwtAlgorithm::EdDsa { JwtAlgorithm::Es256 } else { JwtAlgorithm::EdDsa };
    let another = app.another(|config| config.jwt.algorithm = other);
    let odd = another.state.auth.keys.signing(&another.state.auth).await.unwrap();
    app.state.clock.advance_seconds(3);
    let named = |alg: JwtAlgorithm, kid: Value, key: &Key| {
        token(&with(&json!({ "alg": alg.name() }), "kid", kid), &good, by(key))
    };
    check(
        app,
        vec![
            ("a foreign key by its id", named(algorithm, foreign.id.as_str().into(), &foreign), KEY),
            ("a foreign key by our id", named(algorithm, key.id.as_str().into(), &foreign), SIGNATURE),
            ("no id", named(algorithm, Value::Null, key), KEY),
            ("an empty id", named(algorithm, "".into(), key), KEY),
            ("an id that nobody has", named(algorithm, "x' or 1=1 --".into(), key), KEY),
            ("an id that is no text", named(algorithm, 1.into(), key), MALFORMED),
            ("a key of another algorithm", named(other, odd.id.as_str().into(), &odd), SIGNATURE),
            ("such a key under ours", named(algorithm, odd.id.as_str().into(), &odd), KEY),
        ],
    )
    .await;
}

/// Checks that public values, and values that backends hold, cannot sign (RFC 8725 §2.1).
async fn check_confusion(app: &TestApp, ada: &TestUser, key: &Key) {
    let good = claims(&ada.token);
    for secret in public_forms(app, key) {
        let signed = |header: Value| token(&header, &good, hmac(&secret));
        check(
            app,
            vec![
                ("HS256 by our id", signed(json!({ "alg": "HS256", "kid": key.id })), SIGNATURE),
                ("HS256 without an id", signed(json!({ "alg": "HS256", "typ": "JWT" })), SIGNATURE),
                (
                    "HMAC under our algorithm",
                    signed(json!({ "alg": app.state.config.jwt.algorithm.name(), "kid": key.id })),
                    SIGNATURE,
                ),
            ],
        )
        .await;
    }
    let now = app.state.clock.now().seconds();
    let theirs = token(&json!({ "alg": "HS256" }), &mail_claims(ada, now), hmac(SECRET.as_bytes()));
    check(app, vec![("a mail's token", mail_token(app, ada), SIGNATURE), ("one of Better Auth's", theirs, SIGNATURE)])
        .await;
}

/// Checks that each other algorithm is refused by name, before any key lookup.
#[tokio::test]
async fn of_another_algorithm() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--jwt-algorithm", "RS256"]).await;
    let ada = app.sign_up("Ada").await;
    let key = app.state.auth.keys.signing(&app.state.auth).await.unwrap();
    let names =
        [Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA, Algorithm::HS512];
    for name in names {
        let header = json!({ "alg": name, "kid": key.id });
        check(&app, vec![("another algorithm", token(&header, &claims(&ada.token), by(&key)), SIGNATURE)]).await;
    }
}

/// Checks that a JWT opens no session: neither as a bearer session token nor as a cookie, signed or not.
#[tokio::test]
async fn as_a_session_token() {
    for algorithm in ["HS256", "EdDSA"] {
        let app = TestApp::with_flags(Engine::Sqlite, &["--jwt-algorithm", algorithm]).await;
        let ada = app.sign_up("Ada").await;
        let signed = crate::server::auth::cookies::sign(&Secret::new(SECRET), &ada.token);
        for token in [&ada.token, &signed] {
            let cookie = format!("better-auth.session_token={token}");
            assert_eq!(app.get("/api/auth/get-session", &cookie).await.text(), "null");
            let request = axum::http::Request::get("/api/auth/get-session")
                .header("authorization", format!("Bearer {token}"))
                .body(axum::body::Body::empty());
            assert_eq!(app.send(request.unwrap()).await.text(), "null");
        }
    }
}
