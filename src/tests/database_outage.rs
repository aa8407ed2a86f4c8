//! PostgreSQL is away: what each door answers meanwhile and afterwards.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::Connection;
use tokio::time::Instant;

use super::{
    Engine, Link, TestApp, TestResponse, TestUser,
    chat::{thread, upload},
    test_app::BASE_URL,
};
use crate::server::db::on;

/// Part of the sentence that people read.
const SENTENCE: &str = "database cannot be reached at the moment";

/// Credentials of a request.
#[derive(Clone, Copy, Debug)]
enum Sent {
    Nothing,
    Cookie,
    Token,
}

/// Form of the refusal.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// Better Auth's wire format.
    Auth,
    /// ChatKit's `error` event.
    Chat,
    /// The error of a server function.
    Function,
    /// A page without scripts.
    Page,
}

struct Door {
    method: &'static str,
    path: String,
    sent: Sent,
    body: String,
    form: Form,
}

impl Door {
    fn new(method: &'static str, path: impl Into<String>, sent: Sent, body: impl ToString, form: Form) -> Self {
        Self { method, path: path.into(), sent, body: body.to_string(), form }
    }

    async fn knock(&self, app: &TestApp, user: &TestUser) -> TestResponse {
        let (accept, media_type) = match self.form {
            Form::Auth | Form::Chat => ("application/json", "application/json"),
            Form::Function => ("application/json", "application/x-www-form-urlencoded"),
            Form::Page => ("text/html,*/*", "application/x-www-form-urlencoded"),
        };
        let mut request = Request::builder()
            .method(self.method)
            .uri(&self.path)
            .header(header::ACCEPT, accept)
            .header(header::ORIGIN, BASE_URL)
            .header(header::REFERER, format!("{BASE_URL}/sign-in?next=%2Fchat"))
            .header(header::CONTENT_TYPE, media_type);
        request = match self.sent {
            Sent::Nothing => request,
            Sent::Cookie => request.header(header::COOKIE, &user.cookie),
            Sent::Token => request.header(header::AUTHORIZATION, format!("Bearer {}", user.token)),
        };
        app.send(request.body(Body::from(self.body.clone())).unwrap()).await
    }

    fn assert_unavailable(&self, response: &TestResponse) {
        let door = format!("{} {}: {}", self.method, self.path, response.text());
        assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{door}");
        assert_eq!(response.header("retry-after"), "1", "{door}");
        assert_eq!(response.header("location"), "", "{door}");
        match self.form {
            Form::Auth => assert_eq!(response.json()["code"], "SERVICE_UNAVAILABLE", "{door}"),
            Form::Chat => {
                let body = response.json();
                assert_eq!((&body["type"], &body["code"]), (&json!("error"), &json!("unavailable")), "{door}");
                assert_eq!(body["allow_retry"], true, "{door}");
                assert!(body["message"].as_str().unwrap().contains(SENTENCE), "{door}");
            }
            Form::Function => assert_eq!(response.json(), json!("unavailable"), "{door}"),
            Form::Page => {
                assert!(response.header("content-type").starts_with("text/html"), "{door}");
                assert!(response.header("content-security-policy").starts_with("default-src 'none'"), "{door}");
                assert!(response.text().contains(SENTENCE) && !response.text().contains("<script"), "{door}");
            }
        }
    }
}

/// Doors of `/api/auth`. Those that end the session come last.
async fn auth_doors(app: &TestApp, user: &TestUser) -> Vec<Door> {
    use {Form::Auth, Sent::*};
    let post = |path: &str, sent, body: Value| Door::new("POST", format!("/api/auth{path}"), sent, body, Auth);
    let get = |path: &str, sent| Door::new("GET", format!("/api/auth{path}"), sent, "", Auth);
    let password = "correct horse 1";
    let email = &user.email;
    let link = mail_link(app, user).await;
    vec![
        post("/sign-up/email", Nothing, json!({ "name": "Bo", "email": "bo@example.com", "password": password })),
        post("/sign-in/email", Nothing, json!({ "email": email, "password": password })),
        post("/sign-in/email", Nothing, json!({ "email": "nobody@example.com", "password": password })),
        get("/get-session", Cookie),
        get("/token", Cookie),
        get("/jwks", Nothing),
        get("/list-sessions", Cookie),
        get("/list-accounts", Cookie),
        get("/account-info", Cookie),
        get("/reset-password/unknown?callbackURL=%2Freset-password", Nothing),
        Door { form: Form::Page, ..get("/reset-password/unknown?callbackURL=%2Freset-password", Nothing) },
        get(&link, Nothing),
        Door { form: Form::Page, ..get(&link, Nothing) },
        post("/send-verification-email", Nothing, json!({ "email": email })),
        post("/request-password-reset", Nothing, json!({ "email": email })),
        post("/reset-password", Nothing, json!({ "newPassword": password, "token": "unknown" })),
        post("/update-user", Cookie, json!({ "name": "Ada L." })),
        post("/update-session", Cookie, json!({})),
        post("/change-email", Cookie, json!({ "newEmail": "new@example.com" })),
        post("/verify-password", Cookie, json!({ "password": password })),
        post("/unlink-account", Cookie, json!({ "providerId": "github", "accountId": "unknown" })),
        post("/link-social", Cookie, json!({ "provider": "github" })),
        get("/delete-user/callback?token=unknown", Cookie),
        post("/delete-user", Cookie, json!({ "password": "wrong horse 1" })),
        post("/revoke-session", Cookie, json!({ "token": "unknown" })),
        post("/revoke-other-sessions", Cookie, json!({})),
        post(
            "/change-password",
            Cookie,
            json!({ "currentPassword": password, "newPassword": password, "revokeOtherSessions": false }),
        ),
        post("/sign-out", Cookie, json!({})),
    ]
}

/// Returns the path and query of a mailed verification link, below `/api/auth`.
async fn mail_link(app: &TestApp, user: &TestUser) -> String {
    app.post("/api/auth/send-verification-email", None, &json!({ "email": user.email })).await;
    let mail = app.queued_mails().await.pop().expect("a mail is queued");
    let (_, link) = mail.url.split_once("/api/auth").expect("the link leads to an endpoint");
    link.to_owned()
}

/// Doors of the chat.
async fn chat_doors(app: &TestApp, user: &TestUser) -> Vec<Door> {
    use {Form::Chat, Sent::*};
    let thread_id = thread(app, user, "/long 1").await;
    let file = upload(app, user, "notes.txt", "text/plain", b"Milk").await;
    let announce = json!({ "type": "attachments.create",
        "params": { "name": "a.txt", "size": 4, "mime_type": "text/plain" } });
    let announced = app.send(user.chatkit(&announce)).await.json();
    let own = |url: &Value| url.as_str().unwrap().strip_prefix(BASE_URL).unwrap().to_owned();
    let upload_path = own(&announced["upload_descriptor"]["url"]);
    let file_path = own(&file["colloquy"]["url"]);
    let input = json!({ "content": [{ "type": "input_text", "text": "/long 1" }], "attachments": [],
        "inference_options": {} });
    let chatkit = |kind: &str, params: Value| {
        Door::new("POST", "/chatkit", Token, json!({ "type": kind, "params": params }), Chat)
    };
    vec![
        chatkit("threads.create", json!({ "input": input })),
        chatkit("threads.add_user_message", json!({ "thread_id": thread_id, "input": input })),
        chatkit("threads.list", json!({})),
        chatkit("threads.get_by_id", json!({ "thread_id": thread_id })),
        chatkit("items.list", json!({ "thread_id": thread_id })),
        Door::new("GET", "/chatkit/runs/run_unknown", Token, "", Chat),
        Door::new("POST", "/chatkit/runs/run_unknown/stop", Token, "", Chat),
        Door::new("POST", "/chatkit/attachments", Token, "", Chat),
        Door::new("GET", file_path, Nothing, "", Chat),
        Door::new("PUT", upload_path, Nothing, "Milk", Chat),
    ]
}

/// Doors of the pages: documents, server functions of scripts, and forms without scripts.
fn page_doors(user: &TestUser) -> Vec<Door> {
    use Sent::*;
    let page = |path: &str, sent| Door::new("GET", path, sent, "", Form::Page);
    let form = |name: &str, sent, body: &str| Door::new("POST", format!("/api/fn/{name}"), sent, body, Form::Page);
    let sign_in = format!("email={}&password=correct+horse+1", user.email.replace('@', "%40"));
    let forms = || {
        vec![
            form("sign-up", Nothing, "name=Cy&email=cy%40example.com&password=correct+horse+1"),
            form("sign-in", Nothing, &sign_in),
            form("request-reset", Nothing, "email=ada%40example.com"),
            form("reset-password", Nothing, "token=unknown&new_password=correct+horse+1"),
            form("send-verification", Nothing, "email=ada%40example.com"),
            form("entry-start", Nothing, "reset_token=unknown"),
            form("session", Cookie, ""),
            form("chat-token", Cookie, ""),
            form("chat-start", Cookie, ""),
            form("account-overview", Cookie, ""),
            form("update-profile", Cookie, "name=Ada"),
            form("color-scheme", Cookie, "scheme=dark"),
        ]
    };
    let pages = ["/", "/chat", "/chat/thr_unknown", "/account", "/account/sessions", "/sign-in", "/no-such-page"];
    let mut doors: Vec<_> = pages.iter().map(|path| page(path, Cookie)).collect();
    doors.push(page("/reset-password?token=unknown", Nothing));
    doors.extend(forms().into_iter().map(|door| Door { form: Form::Function, ..door }));
    doors.extend(forms());
    doors
}

#[tokio::test]
async fn every_door_is_unavailable_while_the_database_is_away() {
    let flags = ["--jwt-algorithm", "EdDSA", "--delete-user", "on"];
    let (app, proxy) = TestApp::behind_proxy(&flags).await;
    let ada = app.sign_up("Ada").await;
    let mut doors = chat_doors(&app, &ada).await;
    doors.extend(page_doors(&ada));
    doors.extend(auth_doors(&app, &ada).await);
    proxy.set(Link::Cut);
    for door in &doors {
        door.assert_unavailable(&door.knock(&app, &ada).await);
    }
    proxy.set(Link::Up);
    let mut failed = Vec::new();
    for door in &doors {
        let response = door.knock(&app, &ada).await;
        if response.status.is_server_error() {
            failed.push(format!("{} {}: {} {}", door.method, door.path, response.status, response.text()));
        }
    }
    assert_eq!(failed, Vec::<String>::new());
}

#[tokio::test]
async fn a_feed_is_refused_and_then_opens() {
    let (app, proxy) = TestApp::behind_proxy(&[]).await;
    let ada = app.sign_up("Ada").await;
    let door = Door::new("GET", "/chatkit/feed", Sent::Token, "", Form::Chat);
    proxy.set(Link::Cut);
    door.assert_unavailable(&door.knock(&app, &ada).await);
    // A restart takes longer.
    tokio::time::sleep(Duration::from_millis(150)).await;
    proxy.set(Link::Up);
    // A feed has no end.
    assert!(tokio::time::timeout(Duration::from_millis(300), door.knock(&app, &ada)).await.is_err());
}

#[tokio::test]
async fn connections_that_a_restart_broke_are_never_handed_out() {
    let (app, proxy) = TestApp::behind_proxy(&[]).await;
    let ada = app.sign_up("Ada").await;
    let crowd = || join_all((0..40).map(|_| app.get("/api/auth/get-session", &ada.cookie)));
    crowd().await;
    for _ in 0..3 {
        // A restart takes longer.
        proxy.set(Link::Cut);
        tokio::time::sleep(Duration::from_millis(150)).await;
        proxy.set(Link::Up);
        for response in crowd().await {
            assert_eq!(response.status, StatusCode::OK, "{}", response.text());
        }
    }
}

#[tokio::test]
async fn connections_that_fell_silent_are_replaced() {
    let (app, proxy) = TestApp::behind_proxy(&[]).await;
    let ada = app.sign_up("Ada").await;
    join_all((0..40).map(|_| app.get("/api/auth/get-session", &ada.cookie))).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    proxy.silence_open_connections();
    for response in join_all((0..16).map(|_| app.get("/api/auth/get-session", &ada.cookie))).await {
        assert_eq!(response.status, StatusCode::OK, "{}", response.text());
    }
}

#[tokio::test]
async fn a_silent_or_stopped_database_is_waited_for_three_seconds() {
    let (app, proxy) = TestApp::behind_proxy(&[]).await;
    let ada = app.sign_up("Ada").await;
    let door = Door::new("GET", "/api/auth/get-session", Sent::Cookie, "", Form::Auth);
    tokio::time::sleep(Duration::from_millis(150)).await;
    proxy.set(Link::Silent);
    let began = Instant::now();
    door.assert_unavailable(&door.knock(&app, &ada).await);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    proxy.refuse().await;
    let began = Instant::now();
    door.assert_unavailable(&door.knock(&app, &ada).await);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    proxy.set(Link::Up);
    assert_eq!(door.knock(&app, &ada).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_sqlite_database_that_stays_locked_is_unavailable() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ada = app.sign_up("Ada").await;
    // The server's own timeout is ten seconds.
    on!(app.state.db.write(), pool => sqlx::query("pragma busy_timeout = 0").execute(pool).await.map(drop)).unwrap();
    let mut other = sqlx::SqliteConnection::connect(&app.state.config.database_url).await.unwrap();
    sqlx::query("begin immediate").execute(&mut other).await.unwrap();
    let door = Door::new("POST", "/api/auth/update-user", Sent::Cookie, json!({ "name": "Ada L." }), Form::Auth);
    door.assert_unavailable(&door.knock(&app, &ada).await);
    sqlx::query("rollback").execute(&mut other).await.unwrap();
    assert_eq!(door.knock(&app, &ada).await.status, StatusCode::OK);
}
