//! Another cause of void links besides a new password (`takeover`): the end of sessions.

use axum::http::{StatusCode, header};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    TestApp, TestUser, both_engines,
    mail_flows::{follow, one_mail, token_of, user_of, verify},
    test_app::BASE_URL,
};

const PASSWORD: &str = "correct horse 1";

/// Opens another session, and returns its cookie and its token.
async fn another_session(app: &TestApp, user: &TestUser) -> (String, Value) {
    let body = json!({ "email": user.email, "password": PASSWORD });
    let answer = app.post("/api/auth/sign-in/email", None, &body).await;
    (answer.cookies()[0].split(';').next().unwrap().to_owned(), answer.json()["token"].clone())
}

/// Posts a form of the account pages.
async fn submit(app: &TestApp, form: &str, cookie: &str, fields: String) -> StatusCode {
    let request = axum::http::Request::post(format!("/api/fn/{form}"))
        .header(header::ORIGIN, BASE_URL)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.send(request.body(fields.into()).unwrap()).await.status
}

#[both_engines(&["--delete-user-verification", "on"])]
async fn whoever_ends_sessions_voids_the_links_of_before(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    verify(&app, &ada).await;
    let mut own = ada.cookie.clone();
    for (way, is_void) in [
        ("revoke-other-sessions", true),
        ("revoke-session", true),
        ("revoke-session of nobody", false),
        ("form of all others", true),
        ("form of one", true),
        ("form of none", false),
        ("operator", true),
        ("revoke-sessions", true),
        ("sign-out", false),
    ] {
        let (other, token) = another_session(&app, &ada).await;
        app.post("/api/auth/request-password-reset", None, &json!({ "email": ada.email })).await;
        let reset = token_of(&one_mail(&app).await.1);
        app.post("/api/auth/delete-user", Some(&other), &json!({})).await;
        let deletion = one_mail(&app).await.1;
        app.post("/api/auth/change-email", Some(&own), &json!({ "newEmail": "new@example.com" })).await;
        let change = one_mail(&app).await.1;

        let sessions = app.get("/api/auth/list-sessions", &own).await.json();
        let other_id = sessions.as_array().unwrap().iter().find(|it| it["token"] == token).unwrap()["id"].clone();
        let post = async |path: &str, cookie: &str, body: Value| app.post(path, Some(cookie), &body).await.status;
        let done = match way {
            "revoke-session" => post("/api/auth/revoke-session", &own, json!({ "token": token })).await,
            "revoke-session of nobody" => post("/api/auth/revoke-session", &own, json!({ "token": "nobody's" })).await,
            "revoke-sessions" => post("/api/auth/revoke-sessions", &own, json!({})).await,
            "revoke-other-sessions" => post("/api/auth/revoke-other-sessions", &own, json!({})).await,
            "sign-out" => post("/api/auth/sign-out", &other, json!({})).await,
            "form of all others" => submit(&app, "revoke-other-sessions", &own, String::new()).await,
            "form of one" => {
                submit(&app, "revoke-session", &own, format!("session_id={}", other_id.as_str().unwrap())).await
            }
            "form of none" => submit(&app, "revoke-session", &own, "session_id=nobodys".to_owned()).await,
            _ => {
                crate::server::auth::sessions::revoke_all(&app.state.db, &ada.id).await.unwrap();
                StatusCode::OK
            }
        };
        assert!(done.is_success() || done.is_redirection(), "{way}: {done}");

        let page = follow(&app, &format!("{BASE_URL}/api/auth/reset-password/{reset}?callbackURL=%2Fx"), None).await;
        assert_eq!(page.header("location").contains("error=INVALID_TOKEN"), is_void, "{way}");
        // A confirmation by the old address counts only while the session that asked is alive.
        let agreed = follow(&app, &change, None).await;
        assert_eq!(agreed.header("location").contains("error=INVALID_TOKEN"), is_void, "{way}");
        app.queued_mails().await;
        if is_void {
            let (own, _) = another_session(&app, &ada).await;
            assert_eq!(follow(&app, &deletion, Some(&own)).await.status, StatusCode::NOT_FOUND, "{way}");
        }
        own = another_session(&app, &ada).await.0;
    }
    assert_eq!(user_of(&app, &TestUser { cookie: own, ..ada }).await["email"], "ada@example.com");
}

#[both_engines(&["--auto-sign-in-after-verification", "on"])]
async fn the_link_that_proves_an_address_signs_in_once(app: TestApp) {
    for (n, (way, signs_in)) in [
        ("nothing", true),
        ("a new password", false),
        ("the end of other sessions", false),
        ("the end of all sessions", false),
        ("another request", true),
    ]
    .into_iter()
    .enumerate()
    {
        let ada = app.sign_up(&format!("Ada{n}")).await;
        let order = json!({ "email": ada.email });
        app.post("/api/auth/send-verification-email", None, &order).await;
        let link = one_mail(&app).await.1;
        let post = async |path: &str, body: Value| {
            let answer = app.post(&format!("/api/auth/{path}"), Some(&ada.cookie), &body).await;
            assert_eq!(answer.status, StatusCode::OK, "{way}: {}", answer.text());
        };
        match way {
            "nothing" => {}
            "a new password" => {
                post("change-password", json!({ "currentPassword": PASSWORD, "newPassword": "quite another 2" })).await;
            }
            "the end of other sessions" => post("revoke-other-sessions", json!({})).await,
            "the end of all sessions" => post("revoke-sessions", json!({})).await,
            _ => {
                post("send-verification-email", order).await;
                one_mail(&app).await;
            }
        }
        let followed = join_all((0..8).map(|_| follow(&app, &link, None))).await;
        assert!(followed.iter().all(|it| it.header("location") == "/"), "{way}: an address is proved all the same");
        let n_opened = followed.iter().filter(|it| !it.cookies().is_empty()).count();
        assert_eq!(n_opened, usize::from(signs_in), "{way}");
        let user = crate::server::auth::users::find(&app.state.db, &ada.id).await.unwrap().unwrap();
        assert!(user.email_verified, "{way}");
    }
}
