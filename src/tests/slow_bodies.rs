//! Request bodies that do not arrive, or arrive a byte at a time.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::{Engine, TestApp, test_app::BASE_URL};
use crate::{
    model::ApiError,
    server::{listen::MinRate, router::with_body_rate},
};

/// More bytes than any of these bodies has.
const RATE: MinRate = MinRate { period: Duration::from_millis(100), n_bytes: usize::MAX };

async fn app() -> TestApp {
    let mut app = TestApp::new(Engine::Sqlite).await;
    app.router = with_body_rate(app.state.clone(), RATE);
    app
}

/// The beginning of a body, followed by nothing or by a byte now and then.
fn slow(beginning: &str, trickles: bool) -> Body {
    let beginning = stream::once(std::future::ready(Bytes::from(beginning.to_owned())));
    let trickle = stream::unfold((), move |()| async move {
        if !trickles {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        Some((Bytes::from_static(b" "), ()))
    });
    Body::from_stream(beginning.chain(trickle).map(Ok::<_, Infallible>))
}

#[tokio::test]
async fn a_slow_body_is_refused_in_the_form_of_its_door() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let attachment = json!({
        "type": "attachments.create",
        "params": { "name": "a.txt", "size": 1000, "mime_type": "text/plain" },
    });
    let announced = app.send(ada.chatkit(&attachment)).await.json();
    let upload = announced["upload_descriptor"]["url"].as_str().unwrap().trim_start_matches(BASE_URL).to_owned();
    let json_type = "application/json";
    let cases = [
        (Method::POST, "/api/auth/sign-in/email", json_type, r#"{"email":"#),
        (Method::POST, "/api/auth/sign-up/email", "application/x-www-form-urlencoded", "email=a"),
        (Method::POST, "/api/auth/sign-out", json_type, "{"),
        (Method::POST, "/chatkit", json_type, r#"{"type":"#),
        (Method::POST, "/chatkit/attachments", "multipart/form-data; boundary=b", "--b\r\ncontent-dispo"),
        (
            Method::POST,
            "/chatkit/attachments",
            "multipart/form-data; boundary=b",
            "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\ncontent-type: text/plain\r\n\r\nabc",
        ),
        (Method::PUT, &upload, "text/plain", "abc"),
        (Method::POST, "/api/fn/sign-in", "application/x-www-form-urlencoded", "email=a"),
        (Method::POST, "/api/fn/typeset", json_type, "{"),
    ];
    for (method, path, media_type, beginning) in cases {
        for trickles in [false, true] {
            let request = Request::builder()
                .method(&method)
                .uri(path)
                .header(header::ORIGIN, BASE_URL)
                .header(header::CONTENT_TYPE, media_type)
                .header(header::AUTHORIZATION, format!("Bearer {}", ada.token));
            let response = app.send(request.body(slow(beginning, trickles)).unwrap()).await;
            let case = format!("{method} {path} {trickles}: {}", response.text());
            assert_eq!(response.status, StatusCode::REQUEST_TIMEOUT, "{case}");
            assert_eq!(response.header("connection"), "close", "{case}");
            let body: Value = response.json();
            if path.starts_with("/api/fn") {
                assert_eq!(body, serde_json::to_value(ApiError::BadRequest).unwrap(), "{case}");
                continue;
            }
            let is_chat = path.starts_with("/chatkit");
            assert_eq!(body["code"], if is_chat { "request_timeout" } else { "REQUEST_TIMEOUT" }, "{case}");
            let sentence = body["message"].as_str().unwrap().to_lowercase();
            assert!(sentence.starts_with("the body came too slowly: send it within half a minute"), "{case}");
        }
    }
    // Nothing was stored, and the upload may be retried.
    let whole = Request::put(&upload).body(Body::from("x".repeat(1000))).unwrap();
    assert_eq!(app.send(whole).await.status, StatusCode::OK);
}
