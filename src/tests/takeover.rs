//! A mailed password reset returns an account to the owner of its address and locks out everybody else.

use axum::http::StatusCode;
use futures_util::future::{join, join_all};
use serde_json::json;

use super::{
    Engine, TestApp, TestUser, both_engines,
    mail_flows::{follow, one_mail, sign_in, token_of, user_of, verify},
    test_app::BASE_URL,
};
use crate::{
    model::auth::Password,
    server::{auth::users::operator::OldSessions, db::on},
};

const NEW_PASSWORD: &str = "quite another 2";

/// Requests a reset link as the owner of the address. Returns its token.
async fn ask(app: &TestApp) -> String {
    app.post("/api/auth/request-password-reset", None, &json!({ "email": "ada@example.com" })).await;
    let (to, link) = one_mail(app).await;
    assert_eq!(to, "ada@example.com");
    token_of(&link)
}

async fn reset_by(app: &TestApp, token: &str) -> StatusCode {
    let body = json!({ "newPassword": NEW_PASSWORD, "token": token });
    app.post("/api/auth/reset-password", None, &body).await.status
}

/// Requests an address change in a session. Returns the link.
async fn change_email(app: &TestApp, user: &TestUser, new_email: &str) -> String {
    let answer = app.post("/api/auth/change-email", Some(&user.cookie), &json!({ "newEmail": new_email })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    one_mail(app).await.1
}

async fn link_account(app: &TestApp, user: &TestUser) {
    on!(app.state.db.write(), pool => sqlx::query(
        r#"
        insert into "account" ("id", "accountId", "providerId", "userId", "createdAt", "updatedAt")
        values ('linked', '1234', 'github', $1, $2, $2)
        "#,
    )
    .bind(&user.id)
    .bind(app.state.clock.now())
    .execute(pool)
    .await
    .map(drop))
    .unwrap();
}

/// Returns the number of a table's rows, and one text of each.
macro_rules! texts {
    ($app:expr, $query:literal) => {{
        let texts: Vec<String> =
            on!($app.state.db.read(), pool => sqlx::query_scalar($query).fetch_all(pool).await).unwrap();
        texts
    }};
}

async fn email_of(app: &TestApp, user: &TestUser) -> String {
    crate::server::auth::users::find(&app.state.db, &user.id).await.unwrap().unwrap().email
}

#[both_engines(&["--delete-user-verification", "on"])]
async fn whoever_signed_up_with_anothers_address_is_out_after_a_reset(app: TestApp) {
    let mallory = app.sign_up("Ada").await;
    let list = json!({ "type": "threads.list", "params": {} });
    assert_eq!(app.send(mallory.chatkit(&list)).await.status, StatusCode::OK);
    link_account(&app, &mallory).await;
    app.post("/api/auth/delete-user", Some(&mallory.cookie), &json!({})).await;
    one_mail(&app).await;
    let taking = change_email(&app, &mallory, "mallory@evil.example").await;
    let token = ask(&app).await;
    // Another mail is queued.
    let body = json!({ "newEmail": "mallory@evil.example" });
    app.post("/api/auth/change-email", Some(&mallory.cookie), &body).await;

    assert_eq!(reset_by(&app, &token).await, StatusCode::OK);

    assert!(user_of(&app, &mallory).await.is_null());
    assert_eq!(app.send(mallory.chatkit(&list)).await.status, StatusCode::UNAUTHORIZED);
    assert!(app.queued_mails().await.is_empty(), "a mail was written for a session that has ended");
    assert_eq!(follow(&app, &taking, None).await.header("location"), "/?error=INVALID_TOKEN");
    assert_eq!(follow(&app, &taking, Some(&mallory.cookie)).await.header("location"), "/?error=INVALID_TOKEN");
    assert_eq!(email_of(&app, &mallory).await, "ada@example.com");
    assert_eq!(texts!(app, r#"select "providerId" from "account""#), ["credential"]);
    assert!(texts!(app, r#"select "identifier" from "verification""#).is_empty());
    let body = json!({ "email": "ada@example.com", "password": NEW_PASSWORD });
    let ada = app.post("/api/auth/sign-in/email", None, &body).await;
    assert_eq!(ada.json()["user"]["emailVerified"], true);
    assert_eq!(sign_in(&app, "ada@example.com", "correct horse 1").await, StatusCode::UNAUTHORIZED);
}

#[both_engines]
async fn other_links_to_a_new_password_are_void_after_a_reset(app: TestApp) {
    app.sign_up("Ada").await;
    let tokens = [ask(&app).await, ask(&app).await];
    assert_eq!(reset_by(&app, &tokens[1]).await, StatusCode::OK);
    assert_eq!(reset_by(&app, &tokens[0]).await, StatusCode::BAD_REQUEST);
}

#[both_engines]
async fn a_change_that_the_old_address_agreed_to_ends_with_its_session(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    verify(&app, &ada).await;
    let agreement = change_email(&app, &ada, "mallory@evil.example").await;
    follow(&app, &agreement, None).await;
    let (_, taking) = one_mail(&app).await;
    let token = ask(&app).await;
    assert_eq!(reset_by(&app, &token).await, StatusCode::OK);
    for link in [agreement, taking] {
        assert_eq!(follow(&app, &link, None).await.header("location"), "/?error=INVALID_TOKEN");
    }
    assert_eq!(email_of(&app, &ada).await, "ada@example.com");
}

#[both_engines]
async fn a_change_ends_with_a_new_password_that_ends_the_sessions(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let taking = change_email(&app, &ada, "mallory@evil.example").await;
    let token = ask(&app).await;
    let body = json!({
        "currentPassword": "correct horse 1", "newPassword": NEW_PASSWORD, "revokeOtherSessions": true,
    });
    assert_eq!(app.post("/api/auth/change-password", Some(&ada.cookie), &body).await.status, StatusCode::OK);
    assert_eq!(reset_by(&app, &token).await, StatusCode::BAD_REQUEST);
    assert_eq!(follow(&app, &taking, None).await.header("location"), "/?error=INVALID_TOKEN");
}

#[both_engines(&["--delete-user-verification", "on", "--revoke-sessions-on-password-reset", "off"])]
async fn a_new_password_voids_all_older_links_whoever_sets_it(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    verify(&app, &ada).await;
    let mut password = "correct horse 1".to_owned();
    for (n, way) in
        ["change", "change and revoke nothing", "reset", "operator", "operator ends sessions"].iter().enumerate()
    {
        let resets = [ask(&app).await, ask(&app).await];
        let agreement = change_email(&app, &ada, "new@example.com").await;
        follow(&app, &agreement, None).await;
        let (_, taking) = one_mail(&app).await;
        let unfollowed = change_email(&app, &ada, "other@example.com").await;
        app.post("/api/auth/delete-user", Some(&ada.cookie), &json!({})).await;
        let (_, deletion) = one_mail(&app).await;

        let new = format!("quite another {n}");
        let operator_sets = async |sessions| {
            let user = crate::server::auth::users::find(&app.state.db, &ada.id).await.unwrap().unwrap();
            crate::server::auth::users::operator::set_password(
                &app.state.auth,
                &user,
                &Password::new(new.clone()),
                sessions,
            )
            .await
            .unwrap();
        };
        match *way {
            "reset" => {
                let body = json!({ "newPassword": new, "token": ask(&app).await });
                assert_eq!(app.post("/api/auth/reset-password", None, &body).await.status, StatusCode::OK);
            }
            "operator" => operator_sets(OldSessions::Stay).await,
            "operator ends sessions" => operator_sets(OldSessions::End).await,
            _ => {
                let mut body = json!({ "currentPassword": password, "newPassword": new });
                if *way != "change" {
                    body["revokeOtherSessions"] = json!(false);
                }
                let answer = app.post("/api/auth/change-password", Some(&ada.cookie), &body).await;
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
            }
        }
        password = new;

        for token in &resets {
            let page =
                follow(&app, &format!("{BASE_URL}/api/auth/reset-password/{token}?callbackURL=%2Fx"), None).await;
            assert!(page.header("location").ends_with("/x?error=INVALID_TOKEN"), "{way}: {}", page.header("location"));
            assert_eq!(reset_by(&app, token).await, StatusCode::BAD_REQUEST, "{way}");
        }
        for link in [&agreement, &taking, &unfollowed] {
            assert_eq!(follow(&app, link, None).await.header("location"), "/?error=INVALID_TOKEN", "{way}");
        }
        assert!(!follow(&app, &deletion, Some(&ada.cookie)).await.status.is_success(), "{way}");
        assert!(app.queued_mails().await.is_empty(), "{way}");
        assert_eq!(email_of(&app, &ada).await, "ada@example.com");
        assert_eq!(sign_in(&app, "ada@example.com", &password).await, StatusCode::OK, "{way}");
    }
}

#[both_engines]
async fn a_password_that_is_not_changed_voids_no_link(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let token = ask(&app).await;
    for body in [
        json!({ "currentPassword": "wrong horse 1", "newPassword": NEW_PASSWORD }),
        json!({ "currentPassword": "correct horse 1", "newPassword": "short" }),
    ] {
        assert_eq!(
            app.post("/api/auth/change-password", Some(&ada.cookie), &body).await.status,
            StatusCode::BAD_REQUEST
        );
    }
    let short = json!({ "newPassword": "short", "token": token });
    assert_eq!(app.post("/api/auth/reset-password", None, &short).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(reset_by(&app, &token).await, StatusCode::OK);
}

#[both_engines]
async fn of_several_links_at_once_one_sets_a_password(app: TestApp) {
    app.sign_up("Ada").await;
    for _ in 0..5 {
        let tokens = [ask(&app).await, ask(&app).await, ask(&app).await];
        let mut statuses = join_all(tokens.iter().map(|token| reset_by(&app, token))).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [StatusCode::OK, StatusCode::BAD_REQUEST, StatusCode::BAD_REQUEST]);
    }
}

#[both_engines]
async fn a_link_to_a_new_address_is_good_once(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let there = change_email(&app, &ada, "new@example.com").await;
    assert_eq!(follow(&app, &there, None).await.header("location"), "/");
    let back = change_email(&app, &ada, "ada@example.com").await;
    follow(&app, &back, None).await;
    assert_eq!(email_of(&app, &ada).await, "ada@example.com");
    assert_eq!(follow(&app, &there, None).await.header("location"), "/?error=INVALID_TOKEN");
    assert_eq!(email_of(&app, &ada).await, "ada@example.com");
}

#[both_engines]
async fn an_address_that_was_proved_meanwhile_has_to_agree(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let taking = change_email(&app, &ada, "mallory@evil.example").await;
    verify(&app, &ada).await;
    assert_eq!(follow(&app, &taking, Some(&ada.cookie)).await.header("location"), "/?error=INVALID_TOKEN");
    assert_eq!(email_of(&app, &ada).await, "ada@example.com");
}

#[both_engines]
async fn a_link_that_went_to_an_old_address_sets_no_password(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let taking = change_email(&app, &ada, "new@example.com").await;
    let token = ask(&app).await;
    assert_eq!(follow(&app, &taking, Some(&ada.cookie)).await.header("location"), "/");
    assert_eq!(email_of(&app, &ada).await, "new@example.com");
    assert_eq!(reset_by(&app, &token).await, StatusCode::BAD_REQUEST);
}

#[both_engines]
async fn of_a_reset_and_a_change_at_once_one_succeeds(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let taking = change_email(&app, &ada, "mallory@evil.example").await;
    let token = ask(&app).await;
    let (status, _) = join(reset_by(&app, &token), follow(&app, &taking, None)).await;
    let email = email_of(&app, &ada).await;
    assert_eq!(status == StatusCode::OK, email == "ada@example.com", "{status}, {email}");
}

#[both_engines]
async fn a_user_who_had_proved_the_address_keeps_linked_accounts(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    verify(&app, &ada).await;
    link_account(&app, &ada).await;
    let token = ask(&app).await;
    assert_eq!(reset_by(&app, &token).await, StatusCode::OK);
    let providers = texts!(app, r#"select "providerId" from "account" order by "providerId""#);
    assert_eq!(providers, ["credential", "github"]);
}

#[both_engines]
async fn an_old_session_takes_no_address_that_nobody_agreed_to(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    app.state.clock.advance_seconds(24 * 3600);
    let body = json!({ "newEmail": "mallory@evil.example" });
    let refused = app.post("/api/auth/change-email", Some(&ada.cookie), &body).await;
    assert_eq!((refused.status, refused.json()["code"].clone()), (StatusCode::FORBIDDEN, json!("SESSION_NOT_FRESH")));
    assert!(app.queued_mails().await.is_empty());
    // If the old address must confirm, any session may ask.
    verify(&app, &ada).await;
    let answer = app.post("/api/auth/change-email", Some(&ada.cookie), &body).await;
    assert_eq!((answer.status, one_mail(&app).await.0.as_str()), (StatusCode::OK, "ada@example.com"));
}

#[tokio::test]
async fn a_change_of_before_the_reset_fails_even_where_sessions_go_on() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--revoke-sessions-on-password-reset", "off"]).await;
    let mallory = app.sign_up("Ada").await;
    let taking = change_email(&app, &mallory, "mallory@evil.example").await;
    let token = ask(&app).await;
    assert_eq!(reset_by(&app, &token).await, StatusCode::OK);
    assert_eq!(user_of(&app, &mallory).await["emailVerified"], true);
    assert_eq!(follow(&app, &taking, Some(&mallory.cookie)).await.header("location"), "/?error=INVALID_TOKEN");
    assert_eq!(email_of(&app, &mallory).await, "ada@example.com");
}

#[tokio::test]
async fn a_change_that_was_turned_off_meanwhile_fails() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ada = app.sign_up("Ada").await;
    let taking = change_email(&app, &ada, "new@example.com").await;
    let another = app.another(|config| config.auth.change_email = false);
    assert_eq!(follow(&another, &taking, None).await.header("location"), "/?error=CHANGE_EMAIL_DISABLED");
}
