//! Databases created by the real Better Auth, opened in place; see fixtures/better-auth*/README.md.

mod version_1_2;

use axum::http::StatusCode;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Engine, TestApp, TestResponse};
use crate::{
    model::auth::Password,
    server::{
        auth::passwords::{Algorithm, HashRequester, credentials},
        db::on,
    },
};

const SECRET: &str = "fixture-secret-0123456789abcdefghijklmnopqrstuvwxyz";
const SQLITE: &str = include_str!("fixtures/better-auth/sqlite.sql");
const POSTGRES: &str = include_str!("fixtures/better-auth/postgres.sql");

const ADA: (&str, &str) = ("ada@example.com", "correct horse battery");
const GRACE: (&str, &str) = ("grace@example.com", "pässwörd ½ ﬁve 日本語");
const ALAN: (&str, &str) = ("alan@example.com", "tape-head-state");

const ADAS_COOKIE: &str =
    "better-auth.session_token=fixtureSessionAdaLaptop000000001.xky5eNOpLtfaa6ja1SJsQLaqJwlMq6vpBPf9S1e5%2FV0%3D";
const GRACES_COOKIE: &str =
    "better-auth.session_token=fixtureSessionGraceLaptop0000003.UL4jeQNm6%2FJyu9xp%2BuEYf8gkCmzgGygmm3kXBYKrGLs%3D";
const ALANS_ENDED_COOKIE: &str =
    "better-auth.session_token=fixtureSessionAlanExpired0000004.a8sW%2B0Hr7w9Br%2Fo7McyzcM0SQwRivCpElPX%2FshoROF0%3D";

async fn moved(engine: Engine, flags: &[&str]) -> TestApp {
    let statements = match engine {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => POSTGRES,
    };
    let flags = [&["--better-auth-secret", SECRET], flags].concat();
    TestApp::on_database(engine, statements, &flags).await
}

async fn sign_in(app: &TestApp, (email, password): (&str, &str)) -> TestResponse {
    app.post("/api/auth/sign-in/email", None, &json!({ "email": email, "password": password })).await
}

fn cookie_of(response: &TestResponse) -> String {
    assert_eq!(response.status, StatusCode::OK, "{}", response.text());
    response.cookies()[0].split(';').next().unwrap().to_owned()
}

/// Returns the stored hashes of an address.
async fn hashes(app: &TestApp, email: &str) -> Vec<String> {
    on!(app.state.db.read(), pool => sqlx::query_scalar(
        r#"
        select a."password"
        from "account" a
        join "user" u on u."id" = a."userId"
        where u."email" = $1 and a."password" is not null
        "#,
    )
    .bind(email)
    .fetch_all(pool)
    .await)
    .unwrap()
}

async fn algorithm(app: &TestApp, email: &str) -> Algorithm {
    let [hash] = &hashes(app, email).await[..] else { panic!("{email} has one password") };
    Algorithm::of(hash).unwrap()
}

/// Generates two tests of each `async fn name(app, flags)`, on databases created by Better Auth.
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident $(, $flag:literal)*) $body:block)*) => {$(
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn run($app: TestApp) $body

            #[tokio::test]
            async fn sqlite() {
                run(moved(Engine::Sqlite, &[$($flag),*]).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                run(moved(Engine::Postgres, &[$($flag),*]).await).await;
            }
        }
    )*};
}

on_both_databases! {
    async fn everybody_signs_in_with_the_old_password(app) {
        let spelled_otherwise = (GRACE.0, "pa\u{308}sswo\u{308}rd 1\u{2044}2 five 日本語");
        for user in [ADA, GRACE, ALAN, spelled_otherwise] {
            let cookie = cookie_of(&sign_in(&app, user).await);
            let session = app.get("/api/auth/get-session", &cookie).await.json();
            assert_eq!(session["user"]["email"], user.0);
        }
        for user in [(ADA.0, GRACE.1), (GRACE.0, "passwörd ½ ﬁve 日本語"), ("nobody@example.com", ADA.1)] {
            let response = sign_in(&app, user).await;
            assert_eq!((response.status, &response.json()["code"]), (StatusCode::UNAUTHORIZED, &json!("INVALID_EMAIL_OR_PASSWORD")));
        }
    }

    async fn old_cookies_are_valid_until_they_expire(app) {
        let session = app.get("/api/auth/get-session", ADAS_COOKIE).await.json();
        assert_eq!(session["user"], json!({
            "id": "fixtureUser000000000000000000001",
            "name": "Ada Lovelace",
            "email": "ada@example.com",
            "emailVerified": true,
            "image": null,
            "createdAt": "2026-11-01T10:00:00.000Z",
            "updatedAt": "2026-11-01T10:00:00.000Z",
        }));
        assert_eq!(session["session"]["expiresAt"], "2126-11-01T10:00:00.000Z");
        assert_eq!(app.get("/api/auth/get-session", ALANS_ENDED_COOKIE).await.text(), "null");
        let token = app.get("/api/auth/token", GRACES_COOKIE).await;
        assert_eq!(token.status, StatusCode::OK, "{}", token.text());
    }

    async fn an_old_cookie_is_a_chat_user(app) {
        let token = app.get("/api/auth/token", ADAS_COOKIE).await.json()["token"].as_str().unwrap().to_owned();
        let ada = super::super::TestUser { id: String::new(), email: ADA.0.to_owned(), cookie: ADAS_COOKIE.to_owned(), token };
        let list = json!({ "type": "threads.list", "params": {} });
        assert_eq!(app.send(ada.chatkit(&list)).await.status, StatusCode::OK);
    }

    async fn accounts_and_sessions_are_listed_though_one_was_linked_twice(app) {
        let accounts = app.get("/api/auth/list-accounts", GRACES_COOKIE).await.json();
        let of_provider = |provider: &str| {
            let all = accounts.as_array().unwrap().iter();
            all.filter(|account| account["providerId"] == provider).cloned().collect::<Vec<Value>>()
        };
        let [github] = &of_provider("github")[..] else { panic!("{accounts}") };
        assert_eq!((&github["accountId"], &github["scopes"]), (&json!("583231"), &json!(["read:user", "user:email"])));
        assert_eq!(of_provider("credential").len(), 1);

        let cookie = cookie_of(&sign_in(&app, ADA).await);
        let sessions = app.get("/api/auth/list-sessions", &cookie).await.json();
        assert_eq!(sessions.as_array().unwrap().len(), 3, "{sessions}");
    }

    async fn a_session_without_address_and_browser_is_read(app) {
        on!(app.state.db.write(), pool => sqlx::query(r#"update "session" set "ipAddress" = null, "userAgent" = null"#)
            .execute(pool)
            .await
            .map(drop))
        .unwrap();
        let session = app.get("/api/auth/get-session", ADAS_COOKIE).await.json();
        assert_eq!((&session["session"]["ipAddress"], &session["session"]["userAgent"]), (&json!(""), &json!("")));
    }

    async fn no_hash_leaves_the_server(app) {
        let mut secrets = hashes(&app, GRACE.0).await;
        let cookie = cookie_of(&sign_in(&app, GRACE).await);
        let mut answers = String::new();
        for path in ["get-session", "list-accounts", "list-sessions", "token"] {
            answers.push_str(&app.get(&format!("/api/auth/{path}"), &cookie).await.text());
        }
        for path in ["update-user", "verify-password", "change-password", "sign-in/email"] {
            let body = json!({
                "name": "Grace", "email": GRACE.0, "password": GRACE.1,
                "currentPassword": GRACE.1, "newPassword": GRACE.1, "revokeOtherSessions": false,
            });
            let body = if path == "update-user" { json!({ "name": "Grace" }) } else { body };
            let response = app.post(&format!("/api/auth/{path}"), Some(&cookie), &body).await;
            assert_eq!(response.status, StatusCode::OK, "{path}: {}", response.text());
            answers.push_str(&response.text());
        }
        assert!(answers.contains("583231"), "the answers tell of Grace's accounts");
        secrets.extend(hashes(&app, GRACE.0).await);
        secrets.push("gho_fixture".to_owned());
        assert_eq!(secrets.len(), 3);
        for secret in secrets {
            assert!(!answers.contains(&secret), "{secret} is in {answers}");
        }
    }

    async fn a_pending_link_to_a_new_password_is_good_once(app) {
        let body = json!({ "token": "fixtureResetToken0000001", "newPassword": "brand new pw 3" });
        let response = app.post("/api/auth/reset-password", None, &body).await;
        assert_eq!(response.status, StatusCode::OK, "{}", response.text());
        cookie_of(&sign_in(&app, (ADA.0, "brand new pw 3")).await);
        assert_eq!(app.post("/api/auth/reset-password", None, &body).await.json()["code"], "INVALID_TOKEN");
    }

    async fn a_pending_link_deletes_its_user(app) {
        let path = "/api/auth/delete-user/callback?token=fixturedeletetoken00000000000001";
        let response = app.get(path, GRACES_COOKIE).await;
        assert!(response.status.is_success() || response.status.is_redirection(), "{}", response.text());
        assert_eq!(sign_in(&app, GRACE).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(&app, ALAN).await.status, StatusCode::OK);
    }

    async fn whoever_is_new_has_rows_like_better_auths(app) {
        let hedy = app.sign_up("Hedy").await;
        assert!(app.state.db.engine() != "SQLite" || rows_are_better_auths(&app).await);
        let is_id = |id: &str| id.len() == 32 && id.bytes().all(|b| b.is_ascii_alphanumeric());
        assert!(is_id(&hedy.id), "{}", hedy.id);
        let again = json!({ "name": "Ada", "email": ADA.0, "password": "correct horse 1" });
        let refused = app.post("/api/auth/sign-up/email", None, &again).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    }

    async fn old_hashes_stay_and_new_ones_are_argon2id(app) {
        cookie_of(&sign_in(&app, ADA).await);
        assert_eq!(algorithm(&app, ADA.0).await, Algorithm::Scrypt);
        let hedy = app.sign_up("Hedy").await;
        assert_eq!(algorithm(&app, &hedy.email).await, Algorithm::Argon2id);
    }

    async fn hashes_are_upgraded_at_a_successful_sign_in(app, "--password-hash", "argon2id") {
        assert_eq!(sign_in(&app, (ADA.0, "wrong horse battery")).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(algorithm(&app, ADA.0).await, Algorithm::Scrypt);
        cookie_of(&sign_in(&app, ADA).await);
        assert_eq!(algorithm(&app, ADA.0).await, Algorithm::Argon2id);
        let upgraded = hashes(&app, ADA.0).await;
        cookie_of(&sign_in(&app, ADA).await);
        assert_eq!(hashes(&app, ADA.0).await, upgraded, "once is enough");
        assert_eq!(algorithm(&app, ALAN.0).await, Algorithm::Scrypt, "nobody else's");
    }

    async fn sign_ins_at_once_upgrade_a_hash_once(app, "--password-hash", "argon2id") {
        let entered = futures_util::future::join_all((0..4).map(|_| sign_in(&app, ADA))).await;
        assert!(entered.iter().all(|response| response.status == StatusCode::OK));
        cookie_of(&sign_in(&app, ADA).await);
    }

    async fn a_hash_that_changed_meanwhile_is_not_overwritten(app, "--password-hash", "argon2id") {
        let [old] = &hashes(&app, ADA.0).await[..] else { unreachable!() };
        let change = json!({ "currentPassword": ADA.1, "newPassword": "brand new pw 3" });
        assert_eq!(app.post("/api/auth/change-password", Some(ADAS_COOKIE), &change).await.status, StatusCode::OK);
        // A sign-in with the old password was verified before the change and continues after it.
        let user = "fixtureUser000000000000000000001";
        credentials::rehash(&app.state.auth, &HashRequester::operator(), user, &Password::new(ADA.1), old.clone()).await.unwrap();
        assert_eq!(sign_in(&app, ADA).await.status, StatusCode::UNAUTHORIZED);
        cookie_of(&sign_in(&app, (ADA.0, "brand new pw 3")).await);
    }

    async fn where_better_auth_runs_too_every_hash_is_its_own(app, "--password-hash", "scrypt") {
        let hedy = app.sign_up("Hedy").await;
        assert_eq!(algorithm(&app, &hedy.email).await, Algorithm::Scrypt);
        // A hash from before PASSWORD_HASH was set.
        let argon2id = crate::server::auth::passwords::PasswordHasher::new(crate::server::config::PasswordHashing::Keep);
        let hash = argon2id.hash(&HashRequester::operator(), &Password::new(ADA.1)).await.unwrap();
        on!(app.state.db.write(), pool => sqlx::query(
            r#"update "account" set "password" = $1 where "userId" = 'fixtureUser000000000000000000001'"#,
        )
        .bind(&hash)
        .execute(pool)
        .await
        .map(drop))
        .unwrap();
        cookie_of(&sign_in(&app, ADA).await);
        assert_eq!(algorithm(&app, ADA.0).await, Algorithm::Scrypt);
        cookie_of(&sign_in(&app, ADA).await);
    }

    async fn an_unknown_user_takes_the_time_of_scrypt_while_there_are_such_hashes(app) {
        app.state.auth.passwords.refresh(&app.state.db).await.unwrap();
        on!(app.state.db.write(), pool => sqlx::query(r#"update "account" set "password" = null where "userId" like '%3'"#)
            .execute(pool)
            .await
            .map(drop))
        .unwrap();
        let work = async |user| {
            assert_eq!(sign_in(&app, user).await.status, StatusCode::UNAUTHORIZED);
            app.state.auth.passwords.take_computed_hashes()
        };
        for user in [("nobody@example.com", ADA.1), (ALAN.0, ALAN.1), (ADA.0, "wrong horse battery")] {
            assert_eq!(work(user).await, [Algorithm::Scrypt], "{user:?}");
        }
        on!(app.state.db.write(), pool => sqlx::query(r#"update "account" set "password" = null"#)
            .execute(pool)
            .await
            .map(drop))
        .unwrap();
        app.state.auth.passwords.refresh(&app.state.db).await.unwrap();
        assert_eq!(work(("nobody@example.com", ADA.1)).await, [Algorithm::Argon2id]);
    }
}

/// True if SQLite holds the formats of Better Auth's adapter: dates as text with three decimals and a Z, booleans as 0
/// and 1, ids of 32 characters.
async fn rows_are_better_auths(app: &TestApp) -> bool {
    on!(app.state.db.read(), pool => sqlx::query_scalar(
        r#"
        select count(*) = 3 and min(
            "id" glob '[a-zA-Z0-9]*' and length("id") = 32
            and typeof("createdAt") = 'text' and "createdAt" glob '????-??-??T??:??:??.???Z'
            and typeof("updatedAt") = 'text' and "updatedAt" glob '????-??-??T??:??:??.???Z'
            and "flag" in (0, 1) and typeof("flag") = 'integer'
        )
        from (
            select "id", "createdAt", "updatedAt", "emailVerified" as "flag" from "user" where "name" = 'Hedy'
            union all
            select a."id", a."createdAt", a."updatedAt", 1 from "account" a join "user" u on u."id" = a."userId"
            where u."name" = 'Hedy' and a."accountId" = u."id" and a."providerId" = 'credential'
            union all
            select s."id", s."createdAt", s."updatedAt", s."expiresAt" glob '????-??-??T??:??:??.???Z'
            from "session" s join "user" u on u."id" = s."userId" where u."name" = 'Hedy'
        )
        "#,
    )
    .fetch_one(pool)
    .await)
    .unwrap()
}

#[tokio::test]
async fn a_file_in_any_journal_mode_opens() {
    for mode in ["delete", "truncate", "persist", "wal"] {
        let statements = format!("pragma journal_mode = {mode}; pragma foreign_keys = on;\n{SQLITE}");
        let app = TestApp::on_database(Engine::Sqlite, &statements, &["--better-auth-secret", SECRET]).await;
        let session = app.get("/api/auth/get-session", ADAS_COOKIE).await.json();
        assert_eq!(session["user"]["email"], ADA.0, "{mode}");
    }
}
