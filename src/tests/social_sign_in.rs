//! Sign-in with other providers: requests are validated although no provider is configured.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Engine, TestApp};

const RESERVED: [&str; 8] = [
    "state",
    "client_id",
    "redirect_uri",
    "response_type",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "scope",
];
const REFUSAL: &str = "[body.additionalParams] additionalParams cannot include reserved OAuth parameters: state, \
                       client_id, redirect_uri, response_type, code_challenge, code_challenge_method, nonce, scope";

#[tokio::test]
async fn additional_parameters_are_checked_before_the_provider_is_looked_up() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ada = app.sign_up("Ada").await;
    let check = async |params: Value, expected: (u16, &str)| {
        for (path, cookie) in [("sign-in", None), ("link", Some(ada.cookie.as_str()))] {
            let path = if path == "link" { "/api/auth/link-social" } else { "/api/auth/sign-in/social" };
            let body = json!({ "provider": "github", "additionalParams": params });
            let answer = app.post(path, cookie, &body).await;
            let told = answer.json()["message"].as_str().unwrap_or_default().to_owned();
            assert_eq!((answer.status.as_u16(), told.as_str()), expected, "{path} {params}");
        }
    };
    for name in RESERVED {
        check(json!({ name: "x" }), (400, REFUSAL)).await;
        check(json!({ "hd": "example.com", name: "" }), (400, REFUSAL)).await;
    }
    let unknown = (404, "Provider not found");
    for good in
        [json!({}), json!({ "hd": "example.com" }), json!({ "State": "x", "client-id": "x", "prompt": "login" })]
    {
        check(good, unknown).await;
    }
    for (wrong, message) in [
        (json!("state"), "[body.additionalParams] Invalid input: expected record, received string"),
        (json!(["state"]), "[body.additionalParams] Invalid input: expected record, received array"),
        (json!(null), "[body.additionalParams] Invalid input: expected record, received null"),
        (json!({ "hd": 1 }), "[body.additionalParams.hd] Invalid input: expected string, received number"),
        (json!({ "state": null }), "[body.additionalParams.state] Invalid input: expected string, received null"),
    ] {
        check(wrong, (400, message)).await;
    }
    let answer = app.post("/api/auth/sign-in/social", None, &json!({ "additionalParams": { "state": "x" } })).await;
    let both = format!("[body.provider] Invalid input: expected string, received undefined; {REFUSAL}");
    assert_eq!((answer.status, answer.json()["message"].as_str()), (StatusCode::BAD_REQUEST, Some(both.as_str())));
}
