//! Keys of table `jwks`: generated, shared, rotated, and those of a real Better Auth database.

use axum::http::{StatusCode, header};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{assert_refused, claims, list_threads};
use crate::{
    server::{
        Db,
        config::{JwtAlgorithm, Secret},
        db::on,
    },
    tests::{Engine, TestApp, both_engines, test_app::database_url},
};

const EDDSA: &[&str] = &["--jwt-algorithm", "EdDSA"];
const ROTATED: &[&str] = &["--jwt-algorithm", "EdDSA", "--jwt-rotation-interval", "1h", "--jwt-grace-period", "30m"];

/// The secret, the address and the key of the fixtures, as their README documents them.
const FIXTURE: &[&str] = &[
    "--jwt-algorithm",
    "EdDSA",
    "--better-auth-url",
    "http://localhost:3000",
    "--better-auth-secret",
    "fixture-secret-0123456789abcdefghijklmnopqrstuvwxyz",
];
const FIXTURE_KEY: &str = "fixtureJwks000000000000000000001";
const FIXTURE_README: &str = include_str!("../fixtures/better-auth/README.md");

async fn kids(app: &TestApp) -> Vec<String> {
    let jwks = app.get("/api/auth/jwks", "").await;
    assert_eq!(jwks.status, StatusCode::OK, "{}", jwks.text());
    let jwks = jwks.json();
    jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

async fn new_token(app: &TestApp, cookie: &str) -> String {
    let response = app.get("/api/auth/token", cookie).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text());
    response.json()["token"].as_str().unwrap().to_owned()
}

async fn execute(app: &TestApp, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    on!(app.state.db.write(), pool => sqlx::query(sql).execute(pool).await.map(drop)).unwrap();
}

/// Loads users, sessions and the key of a real Better Auth database into the tables.
async fn load_fixture(app: &TestApp) {
    let sql = match app.state.db {
        Db::Sqlite { .. } => include_str!("../fixtures/better-auth/sqlite.sql"),
        Db::Postgres(_) => include_str!("../fixtures/better-auth/postgres.sql"),
    };
    for table in ["user", "session", "jwks"] {
        for line in sql.lines().filter(|line| line.starts_with(&format!("insert into \"{table}\""))) {
            execute(app, line).await;
        }
    }
}

/// Returns the part of the fixtures' README for this engine: a cookie, and a token of the real server.
fn of_fixture(app: &TestApp) -> (String, String) {
    let heading = if matches!(app.state.db, Db::Sqlite { .. }) { "### sqlite.sql" } else { "### postgres.sql" };
    let (_, part) = FIXTURE_README.split_once(heading).unwrap();
    let cookie = part.lines().find_map(|line| line.strip_prefix("- `")?.strip_suffix('`')).unwrap();
    let token = part.lines().find(|line| line.starts_with("eyJ")).unwrap();
    (cookie.to_owned(), token.to_owned())
}

#[both_engines(EDDSA)]
async fn a_token_of_a_key_says_what_better_auths_does(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let claims = claims(&ada.token);
    let origin = crate::tests::test_app::BASE_URL;
    assert_eq!((claims["iss"].as_str(), claims["aud"].as_str()), (Some(origin), Some(origin)));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
    assert_eq!(kids(&app).await, [kid(&ada.token)]);
    assert_eq!(list_threads(&app, &ada.token).await.status, StatusCode::OK);
}

#[both_engines(EDDSA)]
async fn of_callers_at_once_one_makes_the_key(app: TestApp) {
    let answers = join_all((0..8).map(|_| kids(&app))).await;
    assert!(answers.iter().all(|it| it.len() == 1 && *it == answers[0]), "{answers:?}");
}

#[both_engines(EDDSA)]
async fn servers_that_make_keys_at_once_believe_each_other(app: TestApp) {
    let other = app.another(|_| ());
    let [ours, theirs] = [&app, &other].map(|server| server.state.auth.keys.signing(&server.state.auth));
    let (ours, theirs) = tokio::join!(ours, theirs);
    let ada = app.sign_up("Ada").await;
    let theirs_token = new_token(&other, &ada.cookie).await;
    assert!([&ours.unwrap().id, &theirs.unwrap().id].contains(&&kid(&ada.token)));
    app.state.clock.advance_seconds(3);
    for server in [&app, &other] {
        let published = kids(server).await;
        for token in [&ada.token, &theirs_token] {
            assert!(published.contains(&kid(token)));
            assert_eq!(list_threads(server, token).await.status, StatusCode::OK);
        }
    }
}

#[both_engines(EDDSA)]
async fn a_key_of_another_server_is_found_and_junk_reads_nothing(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    execute(&app, r#"update "jwks" set "expiresAt" = "createdAt""#).await;
    // A server that starts later finds only an expired key.
    let other = app.another(|_| ());
    let token = new_token(&other, &ada.cookie).await;
    assert_ne!(kid(&token), kid(&ada.token));
    assert_refused(&app, &token, "The token's key is not ours.").await;
    app.state.clock.advance_seconds(3);
    assert_eq!(list_threads(&app, &token).await.status, StatusCode::OK);
}

#[both_engines(EDDSA)]
async fn a_key_that_is_deleted_signs_no_longer_than_a_minute(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    execute(&app, r#"delete from "jwks""#).await;
    app.state.clock.advance_seconds(59);
    assert_eq!(kid(&new_token(&app, &ada.cookie).await), kid(&ada.token));
    app.state.clock.advance_seconds(1);
    assert_ne!(kid(&new_token(&app, &ada.cookie).await), kid(&ada.token));
    assert_refused(&app, &ada.token, "The token's key is not ours.").await;
}

#[both_engines(ROTATED)]
async fn keys_are_rotated_and_go_after_the_grace_period(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let first = kid(&ada.token);
    app.state.clock.advance_seconds(3599);
    let last = new_token(&app, &ada.cookie).await;
    assert_eq!(kid(&last), first);
    app.state.clock.advance_seconds(1);
    let second = kid(&new_token(&app, &ada.cookie).await);
    assert_ne!(second, first);
    assert_eq!(kids(&app).await, [second.clone(), first.clone()]);
    assert_eq!(list_threads(&app, &last).await.status, StatusCode::OK, "the old key still counts");
    app.state.clock.advance_seconds(1800);
    assert_eq!(kids(&app).await, [second]);
    assert_refused(&app, &last, "The token's key is not ours.").await;
}

#[both_engines(EDDSA)]
async fn turning_rotation_on_replaces_a_key_that_was_made_for_ever(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    app.state.clock.advance_seconds(3600);
    let rotated = app.another(|config| config.jwt.rotation_interval_s = Some(3600));
    assert_ne!(kid(&new_token(&rotated, &ada.cookie).await), kid(&ada.token));
    assert_eq!(kids(&rotated).await.len(), 2, "and stays published");
}

#[both_engines(FIXTURE)]
async fn a_key_of_a_real_database_verifies_and_signs(app: TestApp) {
    load_fixture(&app).await;
    let (cookie, theirs) = of_fixture(&app);
    let key = app.state.auth.keys.signing(&app.state.auth).await.unwrap();
    assert_eq!(key.id, FIXTURE_KEY);
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    rules.set_audience(&["http://localhost:3000"]);
    let ours = new_token(&app, &cookie).await;
    assert_eq!(kid(&ours), FIXTURE_KEY);
    rules.validate_exp = false;
    for token in [&theirs, &ours] {
        let read = jsonwebtoken::decode::<Value>(token, key.verifying.as_ref().unwrap(), &rules).unwrap();
        assert_eq!(read.claims["email"], "ada@example.com");
    }
    assert_eq!(list_threads(&app, &ours).await.status, StatusCode::OK);
    // The recorded token is signed by our key, but has no session id.
    assert_refused(&app, &theirs, "The token is malformed.").await;
    let published = app.get("/api/auth/jwks", "").await.json();
    let (_, text) = FIXTURE_README.split_once(&published["keys"][0]["x"].as_str().unwrap().to_owned()).unwrap();
    assert!(text.starts_with(r#"","kty":"OKP"}"#), "the README names the key");
}

#[both_engines(FIXTURE)]
async fn a_key_under_another_secret_still_verifies_and_another_one_signs(app: TestApp) {
    load_fixture(&app).await;
    let (cookie, _) = of_fixture(&app);
    let first = new_token(&app, &cookie).await;
    let other = app.another(|config| config.secret = Secret::new("another secret, of 32 bytes or more"));
    let key = other.state.auth.keys.signing(&other.state.auth).await.unwrap();
    assert_ne!(key.id, FIXTURE_KEY);
    assert_eq!(kids(&other).await, [key.id.clone(), FIXTURE_KEY.to_owned()]);
    assert_eq!(list_threads(&other, &first).await.status, StatusCode::OK);
    let restarted = app.another(|config| config.secret = Secret::new("another secret, of 32 bytes or more"));
    assert_eq!(restarted.state.auth.keys.signing(&restarted.state.auth).await.unwrap().id, key.id);
}

#[both_engines(EDDSA)]
async fn a_private_key_in_clear_signs(app: TestApp) {
    // RFC 8037 Appendix A.1.
    execute(&app, r#"insert into "jwks" ("id", "publicKey", "privateKey", "createdAt") values ('clear',
        '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}',
        '{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}',
        '2026-11-01T10:00:00.000Z')"#).await;
    let ada = app.sign_up("Ada").await;
    assert_eq!(kid(&ada.token), "clear");
    assert_eq!(list_threads(&app, &ada.token).await.status, StatusCode::OK);
    assert_eq!(
        app.get("/api/auth/jwks", "").await.json(),
        json!({ "keys": [{
        "alg": "EdDSA", "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "clear",
    }] })
    );
}

#[both_engines(EDDSA)]
async fn rows_that_are_no_keys_are_left_out_and_others_only_published(app: TestApp) {
    let other = app.another(|config| config.jwt.algorithm = JwtAlgorithm::Es256);
    let of_other = other.state.auth.keys.signing(&other.state.auth).await.unwrap().id.clone();
    let rows = [
        ("junk", "junk", "junk"),
        ("kind", r#"{"kty":"AKP","pub":"x"}"#, "{}"),
        ("half", r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#, r#""00""#),
    ];
    for (id, public, private) in rows {
        execute(
            &app,
            &format!(
                r#"insert into "jwks" ("id", "publicKey", "privateKey", "createdAt")
            values ('{id}', '{public}', '{private}', '2026-11-01T10:00:00.000Z')"#
            ),
        )
        .await;
    }
    let ada = app.sign_up("Ada").await;
    assert_eq!(list_threads(&app, &ada.token).await.status, StatusCode::OK);
    let mut found = kids(&app).await;
    let mut expected = vec![kid(&ada.token), of_other, "half".to_owned()];
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[both_engines(EDDSA)]
async fn a_signed_in_page_gets_a_token_of_the_key(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let request = axum::http::Request::get("/api/auth/get-session").header(header::COOKIE, &ada.cookie);
    let response = app.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(list_threads(&app, response.header("set-auth-jwt")).await.status, StatusCode::OK);
}

/// Creates the table of an older Better Auth version, opens the database, and requests a key.
async fn an_older_table_gets_its_columns(engine: Engine, n_columns: usize) {
    let folder = tempfile::tempdir().unwrap();
    let url = database_url(engine, folder.path()).await;
    let kind = if matches!(engine, Engine::Sqlite) { "date" } else { "timestamptz" };
    let columns = [format!(r#", "expiresAt" {kind}"#), r#", "alg" text"#.to_owned(), r#", "crv" text"#.to_owned()];
    let create = format!(
        r#"create table "jwks" ("id" text not null primary key, "publicKey" text not null,
        "privateKey" text not null, "createdAt" {kind} not null{})"#,
        columns[..n_columns].concat()
    );
    let create = sqlx::AssertSqlSafe(create);
    match engine {
        Engine::Sqlite => {
            let url = format!("{url}?mode=rwc");
            let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
            sqlx::query(create).execute(&mut connection).await.unwrap();
        }
        Engine::Postgres => {
            let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
            sqlx::query(create).execute(&mut connection).await.unwrap();
        }
    }
    let db = Db::open(&url).await.unwrap();
    on!(db.read(), pool => sqlx::query(r#"select "expiresAt", "alg", "crv" from "jwks""#).fetch_all(pool).await.map(drop))
        .unwrap();
    db.close().await;
    Db::open(&url).await.unwrap().close().await;
}

#[tokio::test]
async fn older_tables_get_their_columns() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        for n_columns in 0..=3 {
            an_older_table_gets_its_columns(engine, n_columns).await;
        }
    }
}
