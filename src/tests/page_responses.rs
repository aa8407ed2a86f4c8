//! The surroundings of pages: forms, headers, other origins.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use super::{Engine, TestApp, TestResponse, both_engines, holds_jwt, test_app::BASE_URL};

/// Posts a form as a browser without JavaScript does.
async fn post_form(app: &TestApp, path: &str, origin: &str, body: &str) -> TestResponse {
    let request = Request::post(path)
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::ORIGIN, origin)
        .header(header::REFERER, format!("{BASE_URL}/sign-in"))
        .header(header::ACCEPT, "text/html,*/*")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

const SIGN_UP: &str = "name=Ada&email=ada%40example.com&password=correct+horse+1";

/// Opens a page as a browser does.
async fn open_page(app: &TestApp, path: &str, cookie: &str) -> TestResponse {
    let request = Request::get(path).header(header::ACCEPT, "text/html,*/*").header(header::COOKIE, cookie);
    app.send(request.body(Body::empty()).unwrap()).await
}

const FITTED: &str = r##"{
    "startScreen": { "greeting": "How can we help?" }, "frameTitle": "Help", "locale": "de",
    "theme": { "colorScheme": "dark", "radius": "soft", "density": "compact", "typography": { "baseSize": 15 },
        "color": { "accent": { "primary": "#4f46e5", "level": 1 } } }
}"##;

#[both_engines(&["--chatkit-page", FITTED])]
async fn a_page_is_fitted_from_its_first_byte(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let html = open_page(&app, "/chat", &ada.cookie).await.text();
    for part in [
        "How can we help?",
        "aria-label=\"Help\"",
        "data-scheme=\"dark\"",
        "data-radius=\"soft\"",
        "data-density=\"compact\"",
        "data-size=\"15\"",
        "data-colors=\"accent\"",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[both_engines(&["--chatkit-api-url", "https://api.example.com:8443/chatkit"])]
async fn a_page_may_ask_another_chatkit_server_by_itself(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let page = open_page(&app, "/chat/any", &ada.cookie).await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("connect-src 'self' https://api.example.com:8443;"), "{policy}");
    assert!(policy.contains("img-src 'self' data: blob: https://api.example.com:8443;"), "{policy}");
    let html = page.text();
    assert!(html.contains("https://api.example.com:8443/chatkit") && html.contains("Loading the chat"), "{html}");
}

#[both_engines]
async fn there_is_no_example_page(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    assert_eq!(open_page(&app, "/examples/chatkit", &ada.cookie).await.status, StatusCode::NOT_FOUND);
}

#[both_engines(&["--examples", "on"])]
async fn a_server_that_is_told_so_has_an_example_page(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let page = open_page(&app, "/examples/chatkit", &ada.cookie).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text().matches("aria-label=\"Conversation\"").count(), 2);
    let visitor = open_page(&app, "/examples/chatkit", "a=b").await;
    let expected = (StatusCode::FOUND, "/sign-in?next=%2Fexamples%2Fchatkit");
    assert_eq!((visitor.status, visitor.header("location")), expected);
}

#[both_engines]
async fn there_is_no_gallery(app: TestApp) {
    assert_eq!(open_page(&app, "/gallery", "a=b").await.status, StatusCode::NOT_FOUND);
}

#[both_engines(&["--gallery", "on"])]
async fn a_server_that_is_told_so_has_a_gallery(app: TestApp) {
    let page = open_page(&app, "/gallery", "a=b").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().matches("aria-label=\"Widget\"").count() > 15);
}

#[both_engines]
async fn a_signed_out_visitor_is_sent_to_sign_in_and_back(app: TestApp) {
    let response = open_page(&app, "/chat/thr_1", "a=b").await;
    let expected = (StatusCode::FOUND, "/sign-in?next=%2Fchat%2Fthr_1");
    assert_eq!((response.status, response.header("location")), expected);
    let ada = app.sign_up("Ada").await;
    let response = open_page(&app, "/sign-in?next=%2Fchat%2Fthr_1", &ada.cookie).await;
    assert_eq!((response.status, response.header("location")), (StatusCode::FOUND, "/chat/thr_1"));
}

#[both_engines]
async fn an_opened_thread_is_in_the_page_and_no_credential_is(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let input =
        json!({ "content": [{ "type": "input_text", "text": "/long 3" }], "attachments": [], "inference_options": {} });
    let created = app.send(ada.chatkit(&json!({ "type": "threads.create", "params": { "input": input } }))).await;
    let events = created.text();
    let (_, id) = events.split_once(r#""id":"thr_"#).unwrap();
    let path = format!("/chat/thr_{}", id.split('"').next().unwrap());

    let page = open_page(&app, &path, &ada.cookie).await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
    let html = page.text();
    assert!(html.contains("/long 3") && html.contains("aria-label=\"Assistant\""), "{html}");
    let (_, session_token) = ada.cookie.split_once('=').unwrap();
    assert!(!html.contains(session_token.split('.').next().unwrap()), "the session's token");
    assert!(!holds_jwt(&html), "a JWT");
    let policy = page.header("content-security-policy");
    let (_, nonce) = policy.split_once("'nonce-").unwrap();
    let nonce = nonce.split('\'').next().unwrap();
    let trusted = html.matches("<script").count() + html.matches("<link rel=\"modulepreload\"").count();
    assert_eq!(trusted, html.matches(&format!("nonce=\"{nonce}\"")).count());

    let bob = app.sign_up("Bob").await;
    let foreign = open_page(&app, &path, &bob.cookie).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    assert!(!foreign.text().contains("/long 3"));
}

#[both_engines]
async fn a_form_without_javascript_signs_up_and_goes_on(app: TestApp) {
    let response = post_form(&app, "/api/fn/sign-up", BASE_URL, SIGN_UP).await;
    assert_eq!((response.status, response.header("location")), (StatusCode::FOUND, "/chat"));
    let cookie = response.cookies().remove(0);
    let session = app.get("/api/auth/get-session", cookie.split(';').next().unwrap()).await;
    assert_eq!(session.json()["user"]["email"], "ada@example.com");
}

#[both_engines]
async fn a_refused_form_keeps_what_was_typed_but_not_the_password(app: TestApp) {
    app.sign_up("Ada").await;
    let body = "email=ada%40example.com&password=wrong+password";
    let response = post_form(&app, "/api/fn/sign-in", BASE_URL, body).await;
    assert_eq!(response.status, StatusCode::FOUND);
    assert!(response.header("location").starts_with("http://127.0.0.1:4701/sign-in?"), "back to the form");
    assert!(!response.header("location").contains("ada"), "an address does not belong into a URL");
    let cookie = response.cookies().remove(0);
    assert!(cookie.contains("ada%40example.com") && cookie.contains("Max-Age=60"), "{cookie}");
    assert!(!cookie.contains("wrong"), "{cookie}");
}

#[both_engines]
async fn a_script_that_is_refused_gets_a_4xx(app: TestApp) {
    let request = Request::post("/api/fn/sign-in")
        .header(header::ORIGIN, BASE_URL)
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = Body::from("email=ada%40example.com&password=wrong+password");
    let response = app.send(request.body(body).unwrap()).await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    assert_eq!(response.json(), json!({ "auth": "invalid_email_or_password" }));
}

#[both_engines]
async fn a_form_of_another_site_is_refused(app: TestApp) {
    let response = post_form(&app, "/api/fn/sign-up", "https://evil.example", SIGN_UP).await;
    assert_eq!(response.status, StatusCode::FORBIDDEN);
}

#[both_engines]
async fn a_form_that_is_too_large_is_refused(app: TestApp) {
    let body = format!("{SIGN_UP}&next=/{}", "x".repeat(70_000));
    let response = post_form(&app, "/api/fn/sign-up", BASE_URL, &body).await;
    assert_eq!(response.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[both_engines]
async fn nobody_is_sent_to_another_site(app: TestApp) {
    let elsewhere = ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example"];
    for (n, next) in elsewhere.into_iter().enumerate() {
        let body = format!("name=A&email=a{n}%40example.com&password=correct+horse+1&next={next}");
        let response = post_form(&app, "/api/fn/sign-up", BASE_URL, &body).await;
        assert_eq!(response.header("location"), "/chat", "{next}");
    }
    let body = "name=A&email=b%40example.com&password=correct+horse+1&next=%2Fchat%2Fthr_1";
    assert_eq!(post_form(&app, "/api/fn/sign-up", BASE_URL, body).await.header("location"), "/chat/thr_1");
}

#[both_engines]
async fn code_and_formulas_are_set_for_those_who_are_signed_in(app: TestApp) {
    let passages = json!({ "passages": [
        { "Code": { "language": "rust", "text": "fn" } },
        { "Formula": { "text": "x", "is_display": false } },
        { "Formula": { "text": "}", "is_display": true } },
    ] });
    let send = async |cookie: &str| {
        let request = Request::post("/api/fn/typeset").header(header::ORIGIN, BASE_URL).header(header::COOKIE, cookie);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        app.send(request.body(Body::from(passages.to_string())).unwrap()).await
    };
    assert_eq!(send("a=b").await.status, StatusCode::UNAUTHORIZED);
    let ada = app.sign_up("Ada").await;
    let set: serde_json::Value = serde_json::from_str(&send(&ada.cookie).await.text()).unwrap();
    let math = json!(["math", [], [{ "Element": ["mi", [], [{ "Text": "x" }]] }]]);
    assert_eq!(set, json!([{ "Code": [["Keyword", "fn"]] }, { "Formula": { "Element": math } }, null]));
}

#[both_engines]
async fn the_chat_token_goes_to_those_who_are_signed_in(app: TestApp) {
    let post = |cookie: &str| {
        let request =
            Request::post("/api/fn/chat-token").header(header::ORIGIN, BASE_URL).header(header::COOKIE, cookie);
        request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::empty()).unwrap()
    };
    let nobody = app.send(post("a=b")).await;
    assert_eq!((nobody.status, nobody.json()), (StatusCode::UNAUTHORIZED, json!("signed_out")));
    let ada = app.sign_up("Ada").await;
    let response = app.send(post(&ada.cookie)).await;
    assert_eq!((response.status, response.header("cache-control")), (StatusCode::OK, "no-store"));
    assert_eq!(response.json().as_str().unwrap().split('.').count(), 3);
}

async fn trusting_app() -> TestApp {
    TestApp::with_flags(Engine::Sqlite, &["--better-auth-trusted-origins", "https://app.example.com"]).await
}

fn preflight(path: &str, origin: &str) -> Request<Body> {
    let request = Request::options(path).header(header::ORIGIN, origin);
    request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST").body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_page_on_a_trusted_origin_may_call_us() {
    let app = trusting_app().await;
    for path in ["/api/auth/sign-in/email", "/chatkit"] {
        let response = app.send(preflight(path, "https://app.example.com")).await;
        assert_eq!(response.status, StatusCode::NO_CONTENT, "{path}");
        assert_eq!(response.header("access-control-allow-origin"), "https://app.example.com");
        assert_eq!(response.header("access-control-allow-credentials"), "true");
        assert_eq!(response.header("access-control-allow-headers"), "authorization, content-type, last-event-id");
    }
    let request = Request::post("/chatkit").header(header::ORIGIN, "https://app.example.com");
    let refused = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.header("access-control-allow-origin"), "https://app.example.com", "a page may read the refusal");
}

#[tokio::test]
async fn a_page_elsewhere_may_not() {
    let app = trusting_app().await;
    let response = app.send(preflight("/api/auth/sign-in/email", "https://evil.example")).await;
    assert_eq!((response.status, response.header("access-control-allow-origin")), (StatusCode::NOT_FOUND, ""));
    let response = app.send(preflight("/api/fn/sign-in", "https://app.example.com")).await;
    assert_eq!(response.header("access-control-allow-origin"), "", "our own forms are nobody else's");
}

#[tokio::test]
async fn pictures_come_from_hosts_that_the_owner_names() {
    let policy_of = async |flags: &[&str]| {
        let app = TestApp::with_flags(Engine::Sqlite, flags).await;
        open_page(&app, "/sign-in", "a=b").await.header("content-security-policy").to_owned()
    };
    assert!(policy_of(&[]).await.contains("; img-src 'self' data: blob:;"));
    let policy = policy_of(&["--image-hosts", "images.example.com,*.example.org"]).await;
    assert!(
        policy.contains("img-src 'self' data: blob: https://images.example.com https://*.example.org;"),
        "{policy}"
    );
}

#[tokio::test]
async fn https_turns_on_secure_cookies_and_hsts() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--better-auth-url", "https://chat.example.com"]).await;
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse 1" }).to_string();
    let request = Request::post("/api/auth/sign-up/email").header(header::ORIGIN, "https://chat.example.com");
    let request = request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body)).unwrap();
    let response = app.send(request).await;
    let cookie = response.cookies().remove(0);
    assert!(cookie.starts_with("__Secure-better-auth.session_token="), "{cookie}");
    assert!(cookie.ends_with("; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Lax"), "{cookie}");
    assert!(response.header("strict-transport-security").starts_with("max-age="));
}
