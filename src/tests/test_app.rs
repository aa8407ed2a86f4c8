//! The application under test, and its users.

use std::{net::SocketAddr, path::Path, str::FromStr};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use clap::Parser;
use http_body_util::BodyExt;
use leptos::config::get_config_from_str;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tower::ServiceExt;

use super::DatabaseProxy;
use crate::{
    model::Timestamp,
    server::{
        AppState, Clock, Db,
        auth::mail_links::build_mail,
        config::{Config, Settings},
        db::on,
        mail::{Order, OutgoingMail},
        router::router,
    },
};

/// The base URL of the recordings.
pub const BASE_URL: &str = "http://127.0.0.1:4701";
/// Secret of cookies and tokens in tests.
pub const SECRET: &str = "a secret for tests, 32 bytes or more";
/// Start of the tests' clock.
const START: &str = "2026-11-23T00:00:00.000Z";

/// A database engine.
#[derive(Clone, Copy, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An application with its own database and a manual clock.
pub struct TestApp {
    pub router: Router,
    pub state: AppState,
    /// Client address of the requests; none by default.
    pub peer: Option<SocketAddr>,
    _folder: TempDir,
}

/// The settings in the form of command-line flags.
#[derive(Parser)]
pub struct Flags {
    #[command(flatten)]
    pub settings: Settings,
}

impl TestApp {
    /// Starts an application.
    pub async fn new(engine: Engine) -> Self {
        Self::with_flags(engine, &[]).await
    }

    /// Starts an application with further command-line flags.
    pub async fn with_flags(engine: Engine, flags: &[&str]) -> Self {
        Self::on_database(engine, "", flags).await
    }

    /// Starts an application on a database that was filled by these statements.
    pub async fn on_database(engine: Engine, statements: &str, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = database_url(engine, folder.path()).await;
        if !statements.is_empty() {
            fill(engine, &database_url, statements).await;
        }
        Self::at(&database_url, folder, flags).await
    }

    /// Starts an application that reaches PostgreSQL through a proxy.
    pub async fn behind_proxy(flags: &[&str]) -> (Self, DatabaseProxy) {
        let folder = tempfile::tempdir().unwrap();
        let (proxy, database_url) = DatabaseProxy::start(&database_url(Engine::Postgres, folder.path()).await).await;
        (Self::at(&database_url, folder, flags).await, proxy)
    }

    async fn at(database_url: &str, folder: TempDir, flags: &[&str]) -> Self {
        let data_dir = folder.path().to_str().unwrap().to_owned();
        let mut line = vec!["colloquy", "--data-dir", &data_dir, "--database-url", database_url];
        let defaults = [
            ("--better-auth-url", BASE_URL),
            ("--better-auth-secret", SECRET),
            ("--rate-limit", "off"),
            ("--model-titles", "off"),
            ("--messages-per-minute", "0"),
            ("--running-answers", "0"),
            // Test machines may have little free space.
            ("--disk-reserve", "0"),
        ];
        for (flag, value) in defaults {
            if !flags.contains(&flag) {
                line.extend([flag, value]);
            }
        }
        line.extend(flags);
        let settings = Flags::parse_from(line).settings;
        Self::start(settings, Clock::manual(Timestamp::parse(START).unwrap()), folder).await
    }

    async fn start(settings: Settings, clock: Clock, folder: TempDir) -> Self {
        let config = settings.validate().unwrap();
        let db = Db::open(&config.database_url).await.unwrap();
        Self::assemble(config, db, clock, folder)
    }

    fn assemble(config: Config, db: Db, clock: Clock, folder: TempDir) -> Self {
        let leptos = get_config_from_str(include_str!("../../Leptos.toml")).unwrap();
        let state = AppState::new(config, db, clock, leptos).unwrap();
        Self { router: router(state.clone()), state, peer: None, _folder: folder }
    }

    /// Sets the client address of the requests.
    pub fn seen_from(self, address: &str) -> Self {
        Self { peer: Some(SocketAddr::new(address.parse().unwrap(), 50_000)), ..self }
    }

    /// Starts another server on the same database, with a different configuration.
    pub fn another(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::clone(&self.state.config);
        change(&mut config);
        Self::assemble(config, self.state.db.clone(), self.state.clock.clone(), tempfile::tempdir().unwrap())
    }

    /// Sends a request.
    pub async fn send(&self, mut request: Request<Body>) -> TestResponse {
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        TestResponse { status: parts.status, headers: parts.headers, body }
    }

    /// Sends a GET with a cookie.
    pub async fn get(&self, path: &str, cookie: &str) -> TestResponse {
        self.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    /// Posts JSON from our own origin.
    pub async fn post(&self, path: &str, cookie: Option<&str>, body: &Value) -> TestResponse {
        let mut request =
            Request::post(path).header(header::ORIGIN, BASE_URL).header(header::CONTENT_TYPE, "application/json");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Takes the queued mails and builds them.
    pub async fn queued_mails(&self) -> Vec<OutgoingMail> {
        let rows: Vec<(String, sqlx::types::Json<Order>)> = on!(self.state.db.write(), pool => sqlx::query_as(
            r#"select "id", "order" from "mail" order by "createdAt""#,
        )
        .fetch_all(pool)
        .await)
        .unwrap();
        let mut queued_mails = Vec::new();
        for (id, order) in rows {
            on!(self.state.db.write(), pool => sqlx::query(r#"delete from "mail" where "id" = $1"#)
                .bind(id)
                .execute(pool)
                .await
                .map(drop))
            .unwrap();
            queued_mails.extend(build_mail::write(&self.state.auth, &order).await.unwrap());
        }
        queued_mails
    }

    /// Signs a user up, and requests a chat token.
    pub async fn sign_up(&self, name: &str) -> TestUser {
        let email = format!("{}@example.com", name.to_lowercase());
        let body = json!({ "name": name, "email": email, "password": "correct horse 1" });
        let response = self.post("/api/auth/sign-up/email", None, &body).await;
        assert_eq!(response.status, StatusCode::OK, "{}", response.text());
        let cookie = response.cookies().remove(0);
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let token = self.get("/api/auth/token", &cookie).await.json()["token"].as_str().unwrap().to_owned();
        assert!(holds_jwt(&token), "{token}");
        let id = response.json()["user"]["id"].as_str().unwrap().to_owned();
        TestUser { id, email, cookie, token }
    }
}

/// A signed-in user.
pub struct TestUser {
    pub id: String,
    pub email: String,
    /// `name=value` of the session cookie.
    pub cookie: String,
    /// The JWT.
    pub token: String,
}

impl TestUser {
    /// Builds a request to `/chatkit` with this user's token.
    pub fn chatkit(&self, body: &Value) -> Request<Body> {
        Request::builder()
            .method(Method::POST)
            .uri("/chatkit")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap()
    }
}

/// True if a text holds the beginning of a JWT: `{"typ":` or `{"alg":` in base64. Three letters alone may be part of an id.
pub fn holds_jwt(text: &str) -> bool {
    ["eyJ0eXAiO", "eyJhbGciO"].iter().any(|beginning| text.contains(beginning))
}

/// A response that was read to its end.
pub struct TestResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl TestResponse {
    /// Returns the body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }

    /// Returns the body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|err| panic!("{err}: {}", self.text()))
    }

    /// Returns a header, or `""`.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Returns the `Set-Cookie` headers in order.
    pub fn cookies(&self) -> Vec<String> {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        all.map(|value| value.to_str().unwrap().to_owned()).collect()
    }
}

/// Returns the URL of an empty database.
pub async fn database_url(engine: Engine, folder: &Path) -> String {
    match engine {
        Engine::Sqlite => format!("sqlite:{}/colloquy.db", folder.display()),
        Engine::Postgres => fresh_postgres().await,
    }
}

/// Runs statements on a database, through a connection without our settings.
async fn fill(engine: Engine, database_url: &str, statements: &str) {
    let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()));
    match engine {
        Engine::Sqlite => {
            let options = SqliteConnectOptions::from_str(database_url).unwrap().create_if_missing(true);
            let mut connection = options.connect().await.unwrap();
            statements.execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
        Engine::Postgres => {
            let mut connection = sqlx::PgConnection::connect(database_url).await.unwrap();
            statements.execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

/// Creates a database on the PostgreSQL server that `make test` starts.
async fn fresh_postgres() -> String {
    let server = std::env::var("TEST_POSTGRES_URL").expect(
        "TEST_POSTGRES_URL names the PostgreSQL server for tests, for instance postgres://postgres@127.0.0.1:5432/postgres; \
         `make test` starts one",
    );
    let name = format!("colloquy_{}", rand::random::<u64>());
    let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("create database {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    let (host, _) = server.rsplit_once('/').unwrap();
    format!("{host}/{name}")
}
