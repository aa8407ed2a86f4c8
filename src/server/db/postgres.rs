//! Opening a PostgreSQL database.

use std::{str::FromStr, time::Duration};

use sqlx::{
    Connection, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use url::Url;

use super::{BUSY_TIMEOUT, Db, migration};
use crate::server::{Error, Result, config::shown_url, startup::Patience};

/// How long the start waits for a PostgreSQL server to answer.
const CONNECT_PATIENCE: Patience = Patience::of_seconds(30);
/// The longest a statement may take on PostgreSQL, unless the URL or the server says otherwise. SQLite has no other
/// side that could fail to answer.
const STATEMENT_TIMEOUT_S: u64 = 60;

/// A connection that was used this recently is taken without asking whether it is still there, which would cost each
/// statement a second way to the server and back.
const STILL_THERE: Duration = Duration::from_secs(5);

/// The options of a URL that sqlx knows, beside `options[…]`.
const OPTIONS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// Connects to the server of a URL, and brings the tables up to date. The URL may hold a password in many places, so
/// errors repeat as little of it as helps.
///
/// # Errors
/// [`Error::Config`] with a sentence for the operator.
pub(super) async fn open(url: &str, others: Patience) -> Result<Db> {
    let shown = shown_url(url);
    let options = options(url).map_err(|wrong| {
        Error::Config(format!(
            "DATABASE_URL `{shown}` cannot be read: {wrong}; write postgres://user:password@host/name"
        ))
    })?;
    // A pool would try for as long as a caller waits, and then only say that it did.
    let first = connect(&options, &shown, CONNECT_PATIENCE).await?;
    migration::of_postgres(first, others).await?;
    let pool = PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(BUSY_TIMEOUT)
        .test_before_acquire(false)
        .after_connect(|connection, _| Box::pin(limit_statements(connection)))
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > STILL_THERE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await?;
    Ok(Db::Postgres(pool))
}

pub(super) async fn connect(options: &PgConnectOptions, shown: &str, patience: Patience) -> Result<PgConnection> {
    let what = format!("the PostgreSQL server of DATABASE_URL `{shown}` to answer");
    patience.wait_for(&what, PgConnection::connect_with(options)).await?.map_err(|err| {
        let reason = reason(&err);
        Error::Config(format!("the PostgreSQL server of DATABASE_URL `{shown}` does not let us in: {reason}"))
    })
}

/// Lets the server give up statements that take too long, unless it does so already.
async fn limit_statements(connection: &mut PgConnection) -> sqlx::Result<()> {
    let limit = format!(
        "select set_config('statement_timeout', '{STATEMENT_TIMEOUT_S}s', false) \
         where current_setting('statement_timeout') = '0'"
    );
    sqlx::query(sqlx::AssertSqlSafe(limit)).execute(connection).await.map(drop)
}

/// Reads a URL without the options that sqlx does not know: it would write their names and values into the log.
fn options(url: &str) -> Result<PgConnectOptions, String> {
    let mut url = Url::parse(url).map_err(|err| err.to_string())?;
    if url.cannot_be_a_base() {
        return Err("it names no host".to_owned());
    }
    let pairs = url.query_pairs().into_owned();
    let (known, unknown): (Vec<_>, Vec<_>) =
        pairs.partition(|(name, _)| OPTIONS.contains(&name.as_str()) || name.starts_with("options["));
    if !unknown.is_empty() {
        tracing::warn!("DATABASE_URL has options that are not known and do nothing; known are {}", OPTIONS.join(", "));
        url.set_query(None);
        url.query_pairs_mut().extend_pairs(known);
    }
    // The error would repeat the value.
    PgConnectOptions::from_str(url.as_str())
        .map_err(|_| "its login is not UTF-8, or an option has a value that it cannot have".to_owned())
}

/// Says why there is no connection, in the server's or the system's words.
fn reason(err: &sqlx::Error) -> String {
    match err {
        sqlx::Error::Database(err) => err.message().to_owned(),
        sqlx::Error::Io(err) => err.to_string(),
        sqlx::Error::Tls(_) => "TLS failed; check sslmode, sslrootcert, sslcert and sslkey".to_owned(),
        sqlx::Error::Configuration(_) => "it cannot be asked as its options say".to_owned(),
        _ => "it does not answer as PostgreSQL does".to_owned(),
    }
}
