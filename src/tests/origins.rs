//! Origins that may send requests, and valid redirect targets.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::{Engine, TestApp, TestResponse, test_app::BASE_URL};

const TRUSTED: &str = "https://app.example.com,*.preview.example.com,myapp://";

/// Names and values.
type Headers<'a> = &'a [(&'a str, &'a str)];

async fn trusting_app() -> TestApp {
    TestApp::with_flags(Engine::Sqlite, &["--better-auth-trusted-origins", TRUSTED]).await
}

/// Returns the status of a refusal, and its code or else its message.
fn refusal(response: &TestResponse) -> (u16, String) {
    let body = response.json();
    (response.status.as_u16(), body["code"].as_str().or(body["message"].as_str()).unwrap_or_default().to_owned())
}

/// Posts a request that is refused with 401 or 404 only after all checks tested here.
async fn post(app: &TestApp, path: &str, headers: Headers<'_>, body: &Value) -> TestResponse {
    let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn the_configured_host_is_ours_by_the_configured_scheme_alone() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--better-auth-url", "https://chat.example.com"]).await;
    let body = json!({ "email": "nobody@example.com", "password": "wrong password" });
    for (host, origin, is_trusted) in [
        ("chat.example.com", "https://chat.example.com", true),
        ("chat.example.com", "http://chat.example.com", false),
        ("chat.example.com", "http://chat.example.com/", false),
        ("chat.example.com:80", "http://chat.example.com", false),
        ("CHAT.example.com", "http://chat.EXAMPLE.com", false),
        ("evil.example", "http://chat.example.com", false),
        // A name in the local network.
        ("chat.lan:3000", "http://chat.lan:3000", true),
        ("192.168.1.7:3000", "http://192.168.1.7:3000", true),
    ] {
        let response = post(&app, "/api/auth/sign-in/email", &[("host", host), ("origin", origin)], &body).await;
        assert_eq!(response.status != StatusCode::FORBIDDEN, is_trusted, "{host} {origin}");
    }
}

#[tokio::test]
async fn sign_ins_without_a_cookie_are_judged_by_what_browsers_say() {
    let app = trusting_app().await;
    let body = json!({ "email": "nobody@example.com", "password": "wrong password" });
    let passed = (401, "INVALID_EMAIL_OR_PASSWORD");
    let missing = (403, "MISSING_OR_NULL_ORIGIN");
    let invalid = (403, "INVALID_ORIGIN");
    let blocked = (403, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED");
    let site = "sec-fetch-site";
    let mode = "sec-fetch-mode";
    let rows: &[(Headers, (u16, &str))] = &[
        (&[], passed),
        (&[("origin", BASE_URL)], passed),
        (&[("origin", "https://app.example.com")], passed),
        (&[("origin", "https://a.b.preview.example.com")], passed),
        (&[("origin", "myapp://")], passed),
        (&[("origin", "https://evil.example")], invalid),
        (&[("origin", "")], passed),
        (&[("origin", "null")], missing),
        (&[("origin", "null"), (site, "same-origin")], passed),
        (&[("origin", "null"), (site, "same-site")], missing),
        (&[("origin", "null"), (site, "cross-site")], missing),
        (&[("referer", "https://evil.example/page")], invalid),
        (&[("referer", "https://app.example.com/page")], passed),
        // The referer counts only if the origin is missing.
        (&[("origin", "https://evil.example"), ("referer", BASE_URL)], invalid),
        (&[("origin", ""), ("referer", BASE_URL)], passed),
        (&[("origin", "null"), ("referer", BASE_URL)], missing),
        (&[("origin", "\u{e4}"), ("referer", BASE_URL)], invalid),
        (&[(site, "same-origin")], missing),
        (&[(site, "none")], missing),
        (&[(mode, "cors")], missing),
        (&[("sec-fetch-dest", "empty")], missing),
        (&[(site, " ")], passed),
        (&[(site, "cross-site"), (mode, "navigate"), ("origin", BASE_URL)], blocked),
        (&[(site, "cross-site"), (mode, "cors"), ("origin", BASE_URL)], passed),
        (&[(site, "same-site"), (mode, "navigate"), ("origin", BASE_URL)], passed),
        // With a cookie the navigation is not checked, but the origin always is.
        (&[("cookie", "a=b"), (site, "cross-site"), (mode, "navigate"), ("origin", BASE_URL)], passed),
        (&[("cookie", "a=b")], missing),
        (&[("cookie", ""), (site, " ")], missing),
    ];
    for (headers, (status, code)) in rows {
        let response = post(&app, "/api/auth/sign-in/email", headers, &body).await;
        assert_eq!(refusal(&response), (*status, (*code).to_owned()), "{headers:?}");
    }
}

#[tokio::test]
async fn people_are_sent_to_trusted_places_only() {
    let app = trusting_app().await;
    let check = async |query: &str, target: Value, expected: (u16, &str)| {
        let mut body = json!({ "email": "nobody@example.com", "password": "wrong password" });
        body.as_object_mut().unwrap().extend(target.as_object().unwrap().clone());
        let response = post(&app, &format!("/api/auth/sign-in/email{query}"), &[], &body).await;
        assert_eq!(refusal(&response), (expected.0, expected.1.to_owned()), "{query} {target}");
    };
    let passed = (401, "INVALID_EMAIL_OR_PASSWORD");
    for good in
        ["/", "/chat?x=//y", BASE_URL, "https://app.example.com/a", "http://x.preview.example.com", "myapp://done", ""]
    {
        for name in ["callbackURL", "redirectTo", "errorCallbackURL", "newUserCallbackURL"] {
            check("", json!({ name: good }), passed).await;
        }
    }
    let codes = [
        ("callbackURL", "INVALID_CALLBACK_URL", "Invalid callbackURL: expected a string"),
        ("redirectTo", "INVALID_REDIRECT_URL", "Invalid redirectURL: expected a string"),
        ("errorCallbackURL", "INVALID_ERROR_CALLBACK_URL", "Invalid errorCallbackURL: expected a string"),
        ("newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL", "Invalid newUserCallbackURL: expected a string"),
    ];
    for (name, code, no_text) in codes {
        for bad in [
            "//evil.example",
            "/\\evil.example",
            "/%2Fevil.example",
            "https://evil.example",
            "chat",
            "javascript:alert(1)",
        ] {
            check("", json!({ name: bad }), (403, code)).await;
        }
        check("", json!({ name: ["/chat"] }), (400, no_text)).await;
        check("", json!({ name: 1 }), (400, no_text)).await;
    }
    // The query counts only if the body has no value, and only for `callbackURL`.
    check("?callbackURL=https%3A%2F%2Fevil.example", json!({}), (403, "INVALID_CALLBACK_URL")).await;
    check("?callbackURL=https%3A%2F%2Fevil.example", json!({ "callbackURL": "" }), (403, "INVALID_CALLBACK_URL")).await;
    check("?callbackURL=https%3A%2F%2Fevil.example", json!({ "callbackURL": "/chat" }), passed).await;
    check("?callbackURL=%2Fchat", json!({}), passed).await;
    check("?callbackURL=%2Fa&callbackURL=%2Fb", json!({}), (400, codes[0].2)).await;
    check("?redirectTo=https%3A%2F%2Fevil.example", json!({}), passed).await;
    // The first invalid field is reported.
    let all = json!({ "newUserCallbackURL": "x", "errorCallbackURL": "x", "redirectTo": "x", "callbackURL": "/chat" });
    check("", all, (403, "INVALID_REDIRECT_URL")).await;
}

#[tokio::test]
async fn origins_come_before_targets_and_targets_before_the_schema() {
    let app = trusting_app().await;
    let body = json!({ "callbackURL": "https://evil.example" });
    let path = "/api/auth/sign-in/email";
    let with_cookie = [("cookie", "a=b"), ("origin", "https://evil.example")];
    assert_eq!(refusal(&post(&app, path, &with_cookie, &body).await).1, "INVALID_ORIGIN");
    assert_eq!(refusal(&post(&app, path, &with_cookie[1..], &body).await).1, "INVALID_CALLBACK_URL");
    assert_eq!(refusal(&post(&app, path, &with_cookie[1..], &json!({})).await).1, "VALIDATION_ERROR");
    let good = json!({ "email": "nobody@example.com", "password": "wrong password" });
    assert_eq!(refusal(&post(&app, path, &with_cookie[1..], &good).await).1, "INVALID_ORIGIN");
    let unknown = app.send(Request::post("/api/auth/none").header(header::COOKIE, "a=b").body(Body::empty()).unwrap());
    assert_eq!(unknown.await.status, StatusCode::NOT_FOUND, "routes come before origins");
}

#[tokio::test]
async fn a_form_takes_a_hidden_origin_for_ours_when_the_browser_says_so() {
    let app = trusting_app().await;
    let send = async |site: &str| {
        let request = Request::post("/api/fn/session")
            .header(header::ORIGIN, "null")
            .header("sec-fetch-site", site)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        app.send(request.body(Body::empty()).unwrap()).await.status
    };
    assert_eq!(send("same-origin").await, StatusCode::OK);
    assert_eq!(send("cross-site").await, StatusCode::FORBIDDEN);
}

/// Returns every request that queues a mail, with the field of its redirect target.
fn mail_requests() -> Vec<(&'static str, &'static str, Value)> {
    let credentials = json!({ "email": "ada@example.com", "password": "correct horse 1", "name": "Ada" });
    vec![
        ("/sign-up/email", "callbackURL", credentials.clone()),
        ("/sign-in/email", "callbackURL", credentials),
        ("/request-password-reset", "redirectTo", json!({ "email": "ada@example.com" })),
        ("/send-verification-email", "callbackURL", json!({ "email": "ada@example.com" })),
        ("/change-email", "callbackURL", json!({ "newEmail": "new@example.com" })),
        ("/delete-user", "callbackURL", json!({})),
    ]
}

#[tokio::test]
async fn a_host_says_nothing_of_where_the_links_of_mails_lead() {
    let unset: &[&str] = &["--better-auth-url", "", "--better-auth-trusted-origins", TRUSTED];
    for flags in [&["--better-auth-trusted-origins", TRUSTED], unset] {
        let app = TestApp::with_flags(Engine::Sqlite, flags).await;
        for (host, origin) in [("evil.example", "https://evil.example"), ("192.0.2.5:3000", "http://192.0.2.5:3000")] {
            let headers = [("host", host), ("origin", origin)];
            for (path, field, body) in mail_requests() {
                let path = format!("/api/auth{path}");
                let with = |target: String| {
                    let mut body = body.clone();
                    body[field] = target.into();
                    body
                };
                let refused = refusal(&post(&app, &path, &headers, &with(format!("{origin}/x"))).await);
                assert_eq!((refused.0, refused.1.ends_with("_URL")), (403, true), "{path} of {host}: {}", refused.1);
                let long = with(format!("/{}", "x".repeat(2048)));
                assert_eq!(refusal(&post(&app, &path, &headers, &long).await).0, 403, "{path}: a long target");
                // The origin of the request is trusted by its `Host`, and paths of this server are valid.
                for good in ["/x", "https://app.example.com/x"] {
                    let answer = post(&app, &path, &headers, &with(good.to_owned())).await;
                    assert_ne!(answer.status, StatusCode::FORBIDDEN, "{path} {good}: {}", answer.text());
                }
            }
        }
        assert!(
            app.queued_mails()
                .await
                .iter()
                .all(|letter| !letter.url.contains("evil") && !letter.url.contains("192.0.2.5"))
        );
    }
}

#[tokio::test]
async fn whoever_follows_a_link_that_is_no_good_gets_a_page() {
    let app = trusting_app().await;
    let evil = "callbackURL=https%3A%2F%2Fevil.example%2Fx";
    for (path, status, code) in [
        (format!("/api/auth/reset-password/x?{evil}"), 403, "INVALID_CALLBACK_URL"),
        (format!("/api/auth/verify-email?token=x&{evil}"), 403, "INVALID_CALLBACK_URL"),
        (format!("/api/auth/delete-user/callback?token=x&{evil}"), 403, "INVALID_CALLBACK_URL"),
        ("/api/auth/reset-password/x".to_owned(), 400, "VALIDATION_ERROR"),
        ("/api/auth/verify-email".to_owned(), 400, "VALIDATION_ERROR"),
        ("/api/auth/verify-email?token=x".to_owned(), 401, "INVALID_TOKEN"),
        ("/api/auth/delete-user/callback?token=x".to_owned(), 404, "FAILED_TO_GET_USER_INFO"),
    ] {
        let follow = async |accept: &str, host: &str| {
            let request = Request::get(&path).header(header::ACCEPT, accept).header(header::HOST, host);
            app.send(request.body(Body::empty()).unwrap()).await
        };
        for host in ["127.0.0.1:4701", "evil.example"] {
            assert_eq!(refusal(&follow("*/*", host).await), (status, code.to_owned()), "{path}");
            let answer = follow("text/html,application/xhtml+xml,*/*;q=0.8", host).await;
            let location = format!("/?error={code}");
            assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, location.as_str()), "{path}");
        }
    }
    let page = app.get("/?error=INVALID_CALLBACK_URL", "x=y").await.text();
    assert!(page.contains("It leads to a page that this server does not trust."), "{page}");
}
