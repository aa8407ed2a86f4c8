//! Connection to a PostgreSQL database.

use std::{io, str::FromStr, time::Duration};

use sqlx::{
    Connection, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use url::Url;

use super::{Db, migration, outage};
use crate::server::{
    Error, Result,
    config::redacted_url,
    startup_wait::{Failure, WaitLimit},
};

/// Time that startup waits for a PostgreSQL server that is away or is starting.
const CONNECT_WAIT: WaitLimit = WaitLimit::of_seconds(60);
/// Statement timeout on PostgreSQL, unless the URL or the server sets one. SQLite needs none, since it runs in this
/// process.
const STATEMENT_TIMEOUT_S: u64 = 60;
/// Time after which PostgreSQL ends an idle transaction, and its locks: its server is frozen, or is gone without a word.
/// No transaction waits for anything but its statements.
const IDLE_TRANSACTION_TIMEOUT_S: u64 = 10;

/// Time that a caller waits for a connection. Writers of answers ask again.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// A connection that was used within this time is taken without a ping, which costs another round trip. PostgreSQL
/// needs longer to restart.
const FRESHLY_USED: Duration = Duration::from_millis(100);
/// Time that an idle connection has to answer a ping. Then another one is opened within [`ACQUIRE_TIMEOUT`].
const PING_TIMEOUT: Duration = Duration::from_secs(1);
/// Time that a connection has to end a statement that its caller has abandoned. The server ends it earlier.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(STATEMENT_TIMEOUT_S + 5);

/// The URL options that sqlx supports, besides `options[…]`.
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

/// Connects to the server of a URL and runs the migrations. The URL may hold a password in many places, so errors
/// repeat as little of it as possible.
///
/// # Errors
/// [`Error::Config`] with a sentence for the operator.
pub(super) async fn open(url: &str, others: WaitLimit) -> Result<Db> {
    let shown = redacted_url(url);
    let options = options(url).map_err(|wrong| {
        Error::Config(format!(
            "DATABASE_URL `{shown}` cannot be read: {wrong}; write postgres://user:password@host/name"
        ))
    })?;
    // A pool would retry until the timeout and then hide the cause.
    let first = connect(&options, &shown, CONNECT_WAIT).await?;
    migration::of_postgres(first, others).await?;
    let pool = pool_options().connect_with(options).await?;
    Ok(Db::Postgres(pool))
}

/// Returns the options of the pool.
///
/// A restart of PostgreSQL breaks all idle connections. No caller meets one afterwards: a connection that was idle for
/// longer than [`FRESHLY_USED`] answers a ping before it is handed out, and otherwise a new one is opened in its place.
/// So a statement fails by a broken connection only if the connection broke during the statement, or less than
/// [`FRESHLY_USED`] before it. The same holds for connections that a firewall or a failover has silenced, after
/// [`PING_TIMEOUT`].
fn pool_options() -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .after_connect(|connection, _| Box::pin(limit_statements(connection)))
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > FRESHLY_USED {
                    within(PING_TIMEOUT, connection.ping()).await?;
                }
                Ok(true)
            })
        })
        // The ping that sqlx sends next has no time limit. Without an abandoned statement this sends nothing.
        .after_release(|connection, _| {
            Box::pin(async move { within(RELEASE_TIMEOUT, connection.flush()).await.map(|()| true) })
        })
}

async fn within<T>(limit: Duration, done: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    tokio::time::timeout(limit, done).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

/// Parses DATABASE_LISTEN_URL.
///
/// # Errors
/// [`Error::Config`] with a sentence for the operator.
pub fn listen_options(url: &str) -> Result<PgConnectOptions> {
    options(url).map_err(|wrong| {
        Error::Config(format!(
            "DATABASE_LISTEN_URL `{}` cannot be read: {wrong}; write postgres://user:password@host/name",
            redacted_url(url)
        ))
    })
}

/// Opens one connection. A server that cannot be reached yet is tried again.
pub(super) async fn connect(options: &PgConnectOptions, shown: &str, limit: WaitLimit) -> Result<PgConnection> {
    let what = format!("the PostgreSQL server of DATABASE_URL `{shown}` to answer");
    let attempt = async || {
        PgConnection::connect_with(options).await.map_err(|err| match (is_temporary(&err), reason(&err)) {
            (true, reason) => Failure::Temporary(reason),
            (false, reason) => Failure::Permanent(Error::Config(format!(
                "the PostgreSQL server of DATABASE_URL `{shown}` refuses the connection: {reason}"
            ))),
        })
    };
    limit.retry(&what, attempt).await
}

/// True if a later attempt to connect may succeed. I/O errors include an unknown host, since its name may not be
/// published yet. Settings of TLS are not verified yet.
fn is_temporary(err: &sqlx::Error) -> bool {
    outage::is_outage(err) && !matches!(err, sqlx::Error::Tls(_))
}

/// Sets timeouts of statements and of idle transactions, unless the server sets them already.
async fn limit_statements(connection: &mut PgConnection) -> sqlx::Result<()> {
    let limit = format!(
        "select set_config(\"name\", \"limit\", false)
        from (values
            ('statement_timeout', '{STATEMENT_TIMEOUT_S}s'),
            ('idle_in_transaction_session_timeout', '{IDLE_TRANSACTION_TIMEOUT_S}s')
        ) as \"limits\" (\"name\", \"limit\")
        where current_setting(\"name\") = '0'"
    );
    sqlx::query(sqlx::AssertSqlSafe(limit)).execute(connection).await.map(drop)
}

/// Parses a URL without the options that sqlx does not support: it would log their names and values.
fn options(url: &str) -> Result<PgConnectOptions, String> {
    let mut url = Url::parse(url).map_err(|err| err.to_string())?;
    if url.cannot_be_a_base() {
        return Err("it names no host".to_owned());
    }
    let pairs = url.query_pairs().into_owned();
    let (known, unknown): (Vec<_>, Vec<_>) =
        pairs.partition(|(name, _)| OPTIONS.contains(&name.as_str()) || name.starts_with("options["));
    if !unknown.is_empty() {
        tracing::warn!("DATABASE_URL has unknown options, which are ignored; known are {}", OPTIONS.join(", "));
        url.set_query(None);
        url.query_pairs_mut().extend_pairs(known);
    }
    // sqlx's error would repeat the value.
    PgConnectOptions::from_str(url.as_str())
        .map_err(|_| "its login is not UTF-8, or an option has a value that it cannot have".to_owned())
}

/// Returns the reason of a failed connection, in the words of the server or the system.
fn reason(err: &sqlx::Error) -> String {
    match err {
        sqlx::Error::Database(err) => err.message().to_owned(),
        sqlx::Error::Io(err) => err.to_string(),
        sqlx::Error::Tls(_) => "TLS failed; check sslmode, sslrootcert, sslcert and sslkey".to_owned(),
        sqlx::Error::Configuration(_) => "its options contradict each other or the server".to_owned(),
        _ => "it does not answer as PostgreSQL does".to_owned(),
    }
}

#[cfg(test)]
mod tests;
