//! The hashing work of a response, which determines its time.

use axum::http::StatusCode;

use super::*;
use crate::model::auth::Password;
use crate::server::{
    auth::passwords::{Algorithm, HashRequester, PasswordHasher},
    config::PasswordHashing,
    db::on,
};

async fn work_of(app: &TestApp, path: &str, body: &Value, expected: StatusCode) -> Vec<Algorithm> {
    app.state.auth.passwords.take_computed_hashes();
    let answer = app.post(path, None, body).await;
    assert_eq!(answer.status, expected, "{}", answer.text());
    let mut work = app.state.auth.passwords.take_computed_hashes();
    work.sort_unstable();
    work
}

async fn store(app: &TestApp, user: &TestUser, hash: Option<&str>) {
    on!(app.state.db.write(), pool => sqlx::query(r#"update "account" set "password" = $1 where "userId" = $2"#)
        .bind(hash)
        .bind(&user.id)
        .execute(pool)
        .await
        .map(drop))
    .unwrap();
}

async fn scrypt() -> String {
    PasswordHasher::new(PasswordHashing::Scrypt)
        .hash(&HashRequester::operator(), &Password::new(PASSWORD))
        .await
        .unwrap()
}

#[both_engines]
async fn in_a_database_of_two_kinds_every_wrong_password_costs_the_same(app: TestApp) {
    let [ada, eve, none, broken] = ["Ada", "Eve", "None", "Broken"];
    let users = [app.sign_up(ada).await, app.sign_up(eve).await, app.sign_up(none).await, app.sign_up(broken).await];
    store(&app, &users[1], Some(&scrypt().await)).await;
    store(&app, &users[2], None).await;
    store(&app, &users[3], Some("$argon2id$v=19$m=0,t=0,p=0$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNo")).await;
    app.state.auth.passwords.refresh(&app.state.db).await.unwrap();
    let unknown = (0..8).map(|n| format!("nobody{n}@example{n}.com"));
    for email in users.iter().map(|user| user.email.clone()).chain(unknown) {
        let guess = json!({ "email": email, "password": WRONG });
        let work = work_of(&app, "/api/auth/sign-in/email", &guess, StatusCode::UNAUTHORIZED).await;
        assert_eq!(work, [Algorithm::Argon2id, Algorithm::Scrypt], "{email}");
    }
}

#[both_engines]
async fn the_first_hash_of_another_kind_is_noticed_at_once(app: TestApp) {
    let (ada, guess) = (app.sign_up("Ada").await, json!({ "email": "nobody@example.com", "password": WRONG }));
    store(&app, &ada, Some(&scrypt().await)).await;
    app.state.auth.passwords.refresh(&app.state.db).await.unwrap();
    let cost = async || work_of(&app, "/api/auth/sign-in/email", &guess, StatusCode::UNAUTHORIZED).await;
    assert_eq!(cost().await, [Algorithm::Scrypt]);
    app.sign_up("Eve").await;
    assert_eq!(cost().await, [Algorithm::Argon2id, Algorithm::Scrypt]);
}

#[tokio::test]
async fn signing_up_costs_the_same_whether_or_not_the_address_is_taken() {
    for flags in [&[][..], &["--require-email-verification", "on"], &["--auto-sign-in", "off"]] {
        for hashing in [&[][..], &["--password-hash", "scrypt"]] {
            let flags = [flags, hashing].concat();
            let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
            let body = json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD });
            let taken = if app.state.config.auth.auto_sign_in && !app.state.config.auth.require_email_verification {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::OK
            };
            let new = work_of(&app, "/api/auth/sign-up/email", &body, StatusCode::OK).await;
            let again = work_of(&app, "/api/auth/sign-up/email", &body, taken).await;
            assert_eq!((new.len(), &new), (1, &again), "{flags:?}");
        }
    }
}
