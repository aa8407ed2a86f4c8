//! `colloquy user …`, on the database of a running server.

use axum::http::StatusCode;
use clap::Parser;
use serde_json::{Value, json};

use super::{Engine, TestApp, both_engines};
use crate::server::console::{
    Console,
    user_commands::{self, UserCommand},
};

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: UserCommand,
}

/// Runs a command; returns its output or the reason of its refusal.
async fn command(app: &TestApp, line: &str, typed: &str, is_terminal: bool) -> Result<String, String> {
    let line = std::iter::once("colloquy-user").chain(line.split(' '));
    let parsed = Line::try_parse_from(line).map_err(|err| err.to_string())?.command;
    let mut output = Vec::new();
    let mut console = Console { input: Box::new(typed.as_bytes()), output: Box::new(&mut output), is_terminal };
    let done = user_commands::run(&app.state.auth, parsed, &mut console).await;
    drop(console);
    done.map(|()| String::from_utf8(output).unwrap()).map_err(|err| err.to_string())
}

/// Like [`command`], with piped input and no terminal.
async fn pipe(app: &TestApp, line: &str, typed: &str) -> Result<String, String> {
    command(app, line, typed, false).await
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> StatusCode {
    app.post("/api/auth/sign-in/email", None, &json!({ "email": email, "password": password })).await.status
}

async fn is_signed_in(app: &TestApp, cookie: &str) -> bool {
    app.get("/api/auth/get-session", cookie).await.text() != "null"
}

async fn listed(app: &TestApp) -> Value {
    serde_json::from_str(&pipe(app, "list --json", "").await.unwrap()).unwrap()
}

async fn a_user_is_created_where_nobody_signs_up(engine: Engine) {
    let app = TestApp::with_flags(engine, &["--sign-up", "closed"]).await;
    let said = pipe(&app, "create --email Ada@Example.com --name Ada --password-stdin", "correct horse 1\n").await;
    let said = said.unwrap();
    assert!(said.starts_with("Created ada@example.com with the id ") && !said.contains("horse"), "{said}");
    assert_eq!(sign_in(&app, "ada@example.com", "correct horse 1").await, StatusCode::OK);
}

#[tokio::test]
async fn a_user_is_created_where_nobody_signs_up_sqlite() {
    a_user_is_created_where_nobody_signs_up(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_user_is_created_where_nobody_signs_up_postgres() {
    a_user_is_created_where_nobody_signs_up(Engine::Postgres).await;
}

#[both_engines]
async fn a_password_that_is_made_is_printed_once_and_works(app: TestApp) {
    let said = pipe(&app, "create --email ada@example.com --generate-password", "").await.unwrap();
    let (_, password) = said.trim_end().split_once("\nPassword: ").unwrap();
    assert_eq!(password.len(), 20);
    assert_eq!(sign_in(&app, "ada@example.com", password).await, StatusCode::OK);
    let said = pipe(&app, "set-password ada@example.com --generate-password", "").await.unwrap();
    let (_, new) = said.trim_end().split_once("\nPassword: ").unwrap();
    assert_ne!(new, password);
    assert_eq!(sign_in(&app, "ada@example.com", new).await, StatusCode::OK);
}

#[both_engines]
async fn what_cannot_be_done_is_said_and_does_nothing(app: TestApp) {
    app.sign_up("Ada").await;
    let before = listed(&app).await;
    let check = async |line: &str, typed: &str, sentence: &str| {
        let said = pipe(&app, line, typed).await.unwrap_err();
        assert!(said.contains(sentence), "{line}: {said}");
    };
    check("create --email ada --password-stdin", "correct horse 1", "`ada` is no email address").await;
    check("create --email eve@example.com --password-stdin", "short\n", "a password has 8 to 128 characters").await;
    check("create --email eve@example.com --password-stdin", "", "a password has 8 to 128 characters").await;
    check("create --email eve@example.com", "correct horse 1\n", "--password-stdin").await;
    check("create --email ADA@example.com --password-stdin", "correct horse 1\n", "exists already").await;
    check("create --email eve@example.com --password secret", "", "unexpected argument").await;
    check("set-password eve@example.com --password-stdin", "correct horse 1\n", "no user with the address").await;
    check("set-password ada@example.com --password-stdin", "short\n", "a password has 8 to 128 characters").await;
    check("verify eve@example.com", "", "no user with the address `eve@example.com`").await;
    check("delete eve@example.com --yes", "", "no user with the address").await;
    check("delete ada@example.com", "y\n", "--yes deletes without asking").await;
    check("sessions eve@example.com", "", "no user with the address").await;
    check("sessions ada@example.com --revoke nothing", "", "no session with the id `nothing`").await;
    assert_eq!(listed(&app).await, before);
}

#[both_engines]
async fn a_new_password_ends_the_sessions_unless_they_are_kept(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    pipe(&app, "set-password ada@example.com --password-stdin --keep-sessions", "brand new pw 2\r\n").await.unwrap();
    assert!(is_signed_in(&app, &ada.cookie).await);
    assert_eq!(sign_in(&app, &ada.email, "brand new pw 2").await, StatusCode::OK);
    pipe(&app, "set-password ada@example.com --password-stdin", "brand new pw 3").await.unwrap();
    assert!(!is_signed_in(&app, &ada.cookie).await);
    assert_eq!(sign_in(&app, &ada.email, "brand new pw 2").await, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&app, &ada.email, "brand new pw 3").await, StatusCode::OK);
}

#[both_engines]
async fn users_are_listed_for_people_and_programs(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    app.sign_up("Eve").await;
    pipe(&app, "verify ada@example.com", "").await.unwrap();
    let table = pipe(&app, "list", "").await.unwrap();
    let columns = |line: usize| table.lines().nth(line).unwrap().split_whitespace().collect::<Vec<_>>();
    assert_eq!(columns(0), ["ID", "EMAIL", "NAME", "VERIFIED", "PASSWORD", "CREATED", "SESSIONS"]);
    let ada_is = [1, 2].map(columns).into_iter().find(|row| row[2] == "Ada").unwrap();
    assert_eq!(ada_is, [&ada.id, "ada@example.com", "Ada", "yes", "argon2id", "2026-11-23T00:00:00.000Z", "1"]);
    let json = listed(&app).await;
    assert_eq!(json.as_array().unwrap().len(), 2);
    assert!(!json.to_string().contains('$'), "a hash is in {json}");
    let adas = json.as_array().unwrap().iter().find(|user| user["name"] == "Ada").unwrap();
    let known = ["id", "email", "emailVerified", "passwordHash", "sessions"].map(|field| adas[field].clone());
    assert_eq!(known, [json!(ada.id), json!("ada@example.com"), json!(true), json!("argon2id"), json!(1)]);
}

#[both_engines]
async fn sessions_are_listed_and_end_one_by_one_or_all(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let eve = app.sign_up("Eve").await;
    sign_in(&app, &ada.email, "correct horse 1").await;
    let id_of = async |cookie: &str| {
        let session = app.get("/api/auth/get-session", cookie).await.json();
        session["session"]["id"].as_str().unwrap().to_owned()
    };
    let table = pipe(&app, "sessions ada@example.com", "").await.unwrap();
    let (adas, eves) = (id_of(&ada.cookie).await, id_of(&eve.cookie).await);
    assert_eq!(table.lines().count(), 3, "{table}");
    assert!(table.contains(&adas) && !table.contains(&eves), "{table}");
    pipe(&app, &format!("sessions ada@example.com --revoke {eves}"), "").await.unwrap_err();
    assert!(is_signed_in(&app, &eve.cookie).await, "it is not Ada's");
    pipe(&app, &format!("sessions ada@example.com --revoke {adas}"), "").await.unwrap();
    assert!(!is_signed_in(&app, &ada.cookie).await);
    pipe(&app, "sessions ada@example.com --revoke-all", "").await.unwrap();
    assert_eq!(pipe(&app, "sessions ada@example.com", "").await.unwrap().lines().count(), 1);
    assert!(is_signed_in(&app, &eve.cookie).await);
}

#[both_engines]
async fn a_user_is_deleted_once_somebody_has_agreed(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    app.sign_up("Eve").await;
    assert_eq!(command(&app, "delete ada@example.com", "\n", true).await.unwrap_err(), "nothing was deleted");
    assert!(is_signed_in(&app, &ada.cookie).await);
    let said = command(&app, "delete ada@example.com", "y\n", true).await.unwrap();
    assert!(said.contains("Delete ada@example.com (Ada)") && said.ends_with("Deleted ada@example.com.\n"), "{said}");
    assert!(!is_signed_in(&app, &ada.cookie).await);
    pipe(&app, "delete eve@example.com --yes", "").await.unwrap();
    assert_eq!(listed(&app).await, json!([]));
}
