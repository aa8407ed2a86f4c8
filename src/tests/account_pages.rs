//! The account pages and the sign-in pages in a browser without JavaScript.

mod operator_settings;
mod visitor_pages;

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use super::{Engine, TestApp, TestResponse, TestUser, both_engines, holds_jwt, test_app::BASE_URL};
use crate::server::auth::sessions;

const ACCOUNT_PAGES: [&str; 7] = [
    "/account",
    "/account/email",
    "/account/password",
    "/account/sessions",
    "/account/linked",
    "/account/delete",
    "/account/delete/confirm",
];

/// A browser without JavaScript: it stores cookies, posts forms, and follows redirects.
struct Browser<'a> {
    app: &'a TestApp,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    fn new(app: &'a TestApp) -> Self {
        Self { app, cookies: BTreeMap::new() }
    }

    fn of(app: &'a TestApp, user: &TestUser) -> Self {
        let (name, value) = user.cookie.split_once('=').unwrap();
        Self { app, cookies: BTreeMap::from([(name.to_owned(), value.to_owned())]) }
    }

    async fn open(&mut self, path: &str) -> TestResponse {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Posts a form of `page`, and opens the page that follows.
    async fn submit(&mut self, page: &str, form: &str, fields: &str) -> String {
        let request = Request::post(format!("/api/fn/{form}"))
            .header(header::CONTENT_LENGTH, fields.len())
            .header(header::ORIGIN, BASE_URL)
            .header(header::REFERER, format!("{BASE_URL}{page}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = self.send(request.body(Body::from(fields.to_owned())).unwrap()).await;
        assert_eq!(response.status, StatusCode::FOUND, "{}", response.text());
        let next = response.header("location").trim_start_matches(BASE_URL).to_owned();
        let page = self.open(&next).await;
        assert_eq!(page.status, StatusCode::OK, "{next} leads to {}", page.header("location"));
        page.text()
    }

    async fn send(&mut self, mut request: Request<Body>) -> TestResponse {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        request.headers_mut().insert(header::ACCEPT, "text/html,*/*".parse().unwrap());
        let response = self.app.send(request).await;
        for cookie in response.cookies() {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match cookie.contains("Max-Age=0;") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        response
    }
}

/// Signs in from another device.
async fn sign_in(app: &TestApp, user: &TestUser, user_agent: &str) -> String {
    let body = json!({ "email": user.email, "password": "correct horse 1" }).to_string();
    let request = Request::post("/api/auth/sign-in/email")
        .header(header::ORIGIN, BASE_URL)
        .header(header::USER_AGENT, user_agent)
        .header(header::CONTENT_TYPE, "application/json");
    let response = app.send(request.body(Body::from(body)).unwrap()).await;
    response.cookies().remove(0).split(';').next().unwrap().to_owned()
}

async fn is_signed_in(app: &TestApp, cookie: &str) -> bool {
    !app.get("/api/auth/get-session", cookie).await.json().is_null()
}

#[both_engines]
async fn who_is_signed_out_signs_in_first_and_comes_back(app: TestApp) {
    for page in ACCOUNT_PAGES {
        let response = Browser::new(&app).open(page).await;
        let next = page.replace('/', "%2F");
        let expected = (StatusCode::FOUND, format!("/sign-in?next={next}"));
        assert_eq!((response.status, response.header("location").to_owned()), expected);
    }
}

#[both_engines]
async fn no_account_page_holds_a_token(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    sign_in(&app, &ada, "curl/8.14.1").await;
    let rows = sessions::list(&app.state.auth, &ada.id).await.unwrap();
    assert_eq!(rows.len(), 2);
    for page in ACCOUNT_PAGES {
        let response = Browser::of(&app, &ada).open(page).await;
        assert_eq!((response.status, response.header("cache-control")), (StatusCode::OK, "no-store"), "{page}");
        let html = response.text();
        assert!(rows.iter().all(|row| !html.contains(&row.token)), "{page}");
        assert!(!holds_jwt(&html) && !html.contains("$argon2"), "{page}");
    }
}

#[both_engines]
async fn a_saved_profile_is_shown_and_said_once(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let mut browser = Browser::of(&app, &ada);
    let html = browser.submit("/account", "update-profile", "name=+Ada+King+").await;
    assert!(html.contains("Your profile is saved.") && html.contains("value=\"Ada King\""), "{html}");
    let html = browser.open("/account").await.text();
    assert!(!html.contains("Your profile is saved.") && html.contains("value=\"Ada King\""));
}

#[both_engines]
async fn a_password_is_changed_by_who_knows_it(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let other = sign_in(&app, &ada, "curl/8.14.1").await;
    let mut browser = Browser::of(&app, &ada);
    let page = "/account/password";
    let html = browser.submit(page, "change-password", "current_password=wrong+horse&new_password=a+new+horse+2").await;
    assert!(html.contains("This is not your password."), "{html}");
    let html = browser.submit(page, "change-password", "current_password=correct+horse+1&new_password=short").await;
    assert!(html.contains("Use at least 8 characters."), "{html}");
    assert!(is_signed_in(&app, &other).await);

    let fields = "current_password=correct+horse+1&new_password=a+new+horse+2&revoke_others=on";
    let html = browser.submit(page, "change-password", fields).await;
    assert!(html.contains("Your password is changed, and you are signed out everywhere else."), "{html}");
    assert!(!is_signed_in(&app, &other).await);
    let sign_in = json!({ "email": ada.email, "password": "a new horse 2" });
    assert_eq!(app.post("/api/auth/sign-in/email", None, &sign_in).await.status, StatusCode::OK);
}

#[both_engines]
async fn sessions_are_listed_in_words_also_when_this_one_is_old(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    app.state.clock.advance_seconds(2 * 24 * 60 * 60);
    sign_in(&app, &ada, "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0").await;
    let stale = app.get("/api/auth/list-sessions", &ada.cookie).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN, "Better Auth's own list wants a fresh session");
    let html = Browser::of(&app, &ada).open("/account/sessions").await.text();
    assert!(html.contains("This device") && html.contains("Firefox on Linux"), "{html}");
    assert!(html.contains("2026-11-23 00:00 UTC") && html.contains("2026-11-25 00:00 UTC"), "{html}");
}

#[both_engines]
async fn a_session_is_ended_by_its_own_user_only(app: TestApp) {
    let (ada, bob) = (app.sign_up("Ada").await, app.sign_up("Bob").await);
    let theirs = sessions::list(&app.state.auth, &bob.id).await.unwrap().remove(0);
    let other = sign_in(&app, &ada, "curl/8.14.1").await;
    let rows = sessions::list(&app.state.auth, &ada.id).await.unwrap();
    let row = rows.iter().find(|row| row.user_agent.starts_with("curl")).unwrap();
    let mut browser = Browser::of(&app, &ada);
    browser.submit("/account/sessions", "revoke-session", &format!("session_id={}", theirs.id)).await;
    assert!(is_signed_in(&app, &bob.cookie).await);
    browser.submit("/account/sessions", "revoke-session", &format!("session_id={}", row.token)).await;
    assert!(is_signed_in(&app, &other).await, "a token is no id");

    let html = browser.submit("/account/sessions", "revoke-session", &format!("session_id={}", row.id)).await;
    assert!(html.contains("That device is signed out.") && !html.contains("curl"), "{html}");
    assert!(!is_signed_in(&app, &other).await);
    assert!(is_signed_in(&app, &ada.cookie).await);
}

#[both_engines]
async fn all_other_sessions_are_ended_at_once(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let others = [sign_in(&app, &ada, "curl/8").await, sign_in(&app, &ada, "node").await];
    let html = Browser::of(&app, &ada).submit("/account/sessions", "revoke-other-sessions", "").await;
    assert!(html.contains("You are signed out everywhere else."), "{html}");
    for other in others {
        assert!(!is_signed_in(&app, &other).await);
        let page = app.get("/account", &other).await;
        assert_eq!(page.header("location"), "/sign-in?next=%2Faccount");
    }
    assert!(is_signed_in(&app, &ada.cookie).await);
}

#[both_engines]
async fn the_last_way_to_sign_in_stays(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let accounts = app.get("/api/auth/list-accounts", &ada.cookie).await.json();
    let fields = format!("account_id={}", accounts[0]["id"].as_str().unwrap());
    let html = Browser::of(&app, &ada).submit("/account/linked", "unlink-account", &fields).await;
    assert!(html.contains("This is your only way to sign in. It stays."), "{html}");
    assert!(html.contains("Email and password"));
}

#[both_engines]
async fn an_address_is_judged_before_a_mail_is_ordered(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let mut browser = Browser::of(&app, &ada);
    let html = browser.submit("/account/email", "change-email", "email=ada%40localhost").await;
    assert!(html.contains("Enter an email address such as ada@example.com."), "{html}");
    assert!(html.contains("value=\"ada@localhost\""), "what was typed is kept");
    let html = browser.submit("/account/email", "change-email", "email=ADA%40example.com").await;
    assert!(html.contains("This is your address already."), "{html}");
    let html = browser.submit("/account/email", "change-email", "email=ada.king%40example.com").await;
    assert!(html.contains("A mail is on its way to the new address."), "{html}");
}

#[both_engines]
async fn an_account_is_deleted_by_its_password(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let mut browser = Browser::of(&app, &ada);
    for wrong in ["", "current_password=", "current_password=wrong+horse"] {
        let html = browser.submit("/account/delete/confirm", "delete-account", wrong).await;
        assert!(html.contains("This is not your password."), "{wrong}: {html}");
    }
    let html = browser.submit("/account/delete/confirm", "delete-account", "current_password=correct+horse+1").await;
    assert!(html.contains("Your account is deleted"), "{html}");
    assert!(!is_signed_in(&app, &ada.cookie).await);
    assert!(!browser.cookies.contains_key("better-auth.session_token"), "{:?}", browser.cookies);
    let sign_in = json!({ "email": ada.email, "password": "correct horse 1" });
    assert_eq!(app.post("/api/auth/sign-in/email", None, &sign_in).await.status, StatusCode::UNAUTHORIZED);
}

#[both_engines]
async fn a_changed_password_is_judged_together_with_the_old_one(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let (not_yours, short) = ("This is not your password.", "Use at least 8 characters.");
    let check = async |fields: &str, expected: [bool; 2]| {
        let html = Browser::of(&app, &ada).submit("/account/password", "change-password", fields).await;
        assert_eq!([not_yours, short].map(|it| html.contains(it)), expected, "{fields}: {html}");
    };
    check("current_password=wrong&new_password=short", [true, true]).await;
    check("current_password=&new_password=", [true, true]).await;
    check("current_password=correct+horse+1&new_password=short", [false, true]).await;
    check("current_password=wrong&new_password=a+new+horse+2", [true, false]).await;
}

#[both_engines]
async fn the_note_about_the_demo_stays_closed(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let mut browser = Browser::of(&app, &ada);
    assert!(browser.open("/chat").await.text().contains("Demo answers"));
    let html = browser.submit("/chat", "close-demo-note", "").await;
    assert!(!html.contains("Demo answers"), "{html}");
    assert!(!browser.open("/chat").await.text().contains("Demo answers"));
    assert!(app.get("/chat", &ada.cookie).await.text().contains("Demo answers"), "in another browser it is open");
}

#[both_engines]
async fn a_new_password_ends_other_sessions_unless_unticked(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let html = Browser::of(&app, &ada).open("/account/password").await.text();
    let (_, tag) = html.split_once(r#"name="revoke_others""#).expect("the box");
    assert!(tag.split('>').next().unwrap().contains("checked"), "{html}");
}

#[both_engines]
async fn what_a_link_says_is_never_somebody_elses_sentence(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let mut browser = Browser::of(&app, &ada);
    // `"Call +1 555 0100"` and `{"auth":"too_many_requests"}`, as Leptos writes errors into a URL.
    let (forged, ours) = ("IkNhbGwgKzEgNTU1IDAxMDAi", "eyJhdXRoIjoidG9vX21hbnlfcmVxdWVzdHMifQ==");
    for (page, form) in [
        ("/account", "update-profile"),
        ("/account/password", "change-password"),
        ("/forgot-password", "request-reset"),
    ] {
        let html = browser.open(&format!("{page}?__path=/api/fn/{form}&__err={forged}")).await.text();
        let (_, body) = html.split_once("<main").unwrap();
        assert!(!body.split("</main>").next().unwrap().contains("555"), "{page}");
        assert!(html.contains("Something went wrong on the server. Try again."), "{page}: {html}");
        let html = browser.open(&format!("{page}?__path=/api/fn/{form}&__err={ours}")).await.text();
        assert!(html.contains("Too many attempts. Wait a moment, then try again."), "{page}: {html}");
    }
    for page in ["/?error=Call+555", "/verify-email?error=Call+555", "/account/email?error=Call+555"] {
        let html = browser.open(page).await.text();
        let (_, body) = html.split_once("<main").unwrap();
        assert!(body.contains("The link could not be followed.") && !body.contains("555"), "{page}: {body}");
    }
    let html = browser.open("/?error=INVALID_TOKEN").await.text();
    assert!(html.contains("It is used up, too old or not whole."), "{html}");
}

async fn app_with(flags: &[&str]) -> TestApp {
    TestApp::with_flags(Engine::Sqlite, flags).await
}

#[tokio::test]
async fn fields_that_cannot_be_read_are_a_bad_request() {
    let app = TestApp::new(Engine::Sqlite).await;
    for body in ["email=a&email=b", "email[]=1&name[x]=2"] {
        let request = Request::post("/api/fn/sign-in")
            .header(header::ORIGIN, BASE_URL)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        let answer = app.send(request).await;
        assert_eq!((answer.status, answer.text().as_str()), (StatusCode::BAD_REQUEST, r#""bad_request""#), "{body}");
    }
}

#[tokio::test]
async fn nobody_is_told_by_a_link_that_his_account_is_gone() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ada = app.sign_up("Ada").await;
    assert_eq!(app.get("/account/deleted", &ada.cookie).await.header("location"), "/account");
    assert_eq!(app.get("/account/deleted", "x=y").await.header("location"), "/sign-in");
}
