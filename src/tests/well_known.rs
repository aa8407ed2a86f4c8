//! Requests that scanners, password managers and browsers send on their own.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;

use super::{
    Engine, TestApp, TestResponse, both_engines,
    mail_flows::{follow, one_mail, token_of, user_of, verify},
    test_app::BASE_URL,
};

async fn ask(app: &TestApp, method: &str, path: &str, cookie: &str) -> TestResponse {
    let request = Request::builder().method(method).uri(path).header("cookie", cookie).body(Body::empty()).unwrap();
    app.send(request).await
}

#[both_engines(&["--delete-user-verification", "on", "--auto-sign-in-after-verification", "on"])]
async fn head_finds_the_links_of_mails_and_has_no_effect(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let mut links = Vec::new();
    for (path, cookie, body) in [
        ("send-verification-email", None, json!({ "email": ada.email })),
        ("request-password-reset", None, json!({ "email": ada.email, "redirectTo": "/x" })),
        ("delete-user", Some(ada.cookie.as_str()), json!({})),
        ("change-email", Some(ada.cookie.as_str()), json!({ "newEmail": "new@example.com" })),
    ] {
        app.post(&format!("/api/auth/{path}"), cookie, &body).await;
        links.push(one_mail(&app).await.1);
    }
    for _ in 0..3 {
        for link in &links {
            let answer = ask(&app, "HEAD", link.strip_prefix(BASE_URL).unwrap(), &ada.cookie).await;
            assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0), "{link}");
            assert!(answer.cookies().is_empty(), "{link}");
        }
    }
    assert!(app.queued_mails().await.is_empty());
    let user = user_of(&app, &ada).await;
    assert_eq!((&user["email"], &user["emailVerified"]), (&json!(ada.email), &json!(false)));
    // All links are still valid.
    assert!(follow(&app, &links[0], None).await.header("location").starts_with('/'));
    assert_eq!(user_of(&app, &ada).await["emailVerified"], true);
    let reset = follow(&app, &links[1], None).await;
    assert!(reset.header("location").ends_with(&format!("/x?token={}", token_of(&links[1]))));
    assert_eq!(follow(&app, &links[2], Some(&ada.cookie)).await.header("location"), "/");
    assert!(user_of(&app, &ada).await.is_null());
}

#[both_engines]
async fn head_does_not_agree_to_a_new_address(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    verify(&app, &ada).await;
    app.post("/api/auth/change-email", Some(&ada.cookie), &json!({ "newEmail": "new@example.com" })).await;
    let (_, link) = one_mail(&app).await;
    assert_eq!(ask(&app, "HEAD", link.strip_prefix(BASE_URL).unwrap(), "").await.status, StatusCode::OK);
    assert!(app.queued_mails().await.is_empty());
    follow(&app, &link, None).await;
    assert_eq!(one_mail(&app).await.0, "new@example.com");
}

#[tokio::test]
async fn head_finds_nothing_else_below_api_auth() {
    let app = TestApp::new(Engine::Sqlite).await;
    for path in
        ["get-session", "ok", "reset-password", "reset-password/", "reset-password/a/b", "verify-email/x", "sign-out"]
    {
        assert_eq!(ask(&app, "HEAD", &format!("/api/auth/{path}"), "").await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn password_managers_find_the_page_that_changes_a_password() {
    let app = TestApp::new(Engine::Sqlite).await;
    for method in ["GET", "HEAD"] {
        let answer = ask(&app, method, "/.well-known/change-password", "").await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, "/account/password"), "{method}");
    }
    // They use this path to detect servers that answer every path with a page.
    let never = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
    assert_eq!(ask(&app, "GET", never, "").await.status, StatusCode::NOT_FOUND);
}

#[test]
fn the_icon_that_browsers_guess_is_one() {
    let icon = include_bytes!("../../public/favicon.ico");
    assert_eq!(icon[..4], [0, 0, 1, 0]);
    let n_pictures = usize::from(u16::from_le_bytes([icon[4], icon[5]]));
    assert!(n_pictures >= 2);
    for entry in icon[6..6 + 16 * n_pictures].chunks(16) {
        let number = |at: usize| u32::from_le_bytes(entry[at..at + 4].try_into().unwrap()) as usize;
        let picture = &icon[number(12)..number(12) + number(8)];
        let size = image::load_from_memory(picture).unwrap().width();
        assert_eq!(size, u32::from(entry[0]));
    }
}
