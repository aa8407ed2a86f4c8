use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use sqlx::postgres::PgSslMode;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::tests::{Engine, database_url};

const SHORT: WaitLimit = WaitLimit { log_every: Duration::from_millis(10), limit: Some(Duration::from_millis(200)) };
const LONG: WaitLimit = WaitLimit::of_seconds(30);

/// A server that answers with errors of these codes, one per connection, and then forwards to another server.
struct StartingServer {
    options: PgConnectOptions,
    n_connections: Arc<AtomicUsize>,
}

impl StartingServer {
    async fn new(codes: &'static [&'static str], then: &PgConnectOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = format!("{}:{}", then.get_host(), then.get_port());
        let n_connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&n_connections);
        tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                match codes.get(counter.fetch_add(1, Ordering::SeqCst)) {
                    Some(code) => refuse(&mut client, code).await,
                    None => {
                        let mut server = TcpStream::connect(&server).await.unwrap();
                        tokio::spawn(async move {
                            _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                        });
                    }
                }
            }
        });
        Self { options: then.clone().host("127.0.0.1").port(port).ssl_mode(PgSslMode::Disable), n_connections }
    }

    async fn connect(&self, limit: WaitLimit) -> Result<PgConnection> {
        connect(&self.options, "postgres://shown", limit).await
    }

    fn n_connections(&self) -> usize {
        self.n_connections.load(Ordering::SeqCst)
    }
}

/// Answers the message that opens a connection with an error.
async fn refuse(client: &mut TcpStream, code: &str) {
    let mut opening = vec![0; client.read_u32().await.unwrap() as usize - 4];
    client.read_exact(&mut opening).await.unwrap();
    let fields = format!("SFATAL\0VFATAL\0C{code}\0Mthe reason of {code}\0\0");
    client.write_u8(b'E').await.unwrap();
    client.write_u32(fields.len() as u32 + 4).await.unwrap();
    client.write_all(fields.as_bytes()).await.unwrap();
}

/// Returns the options of an empty database.
async fn real_server() -> PgConnectOptions {
    let folder = tempfile::tempdir().unwrap();
    database_url(Engine::Postgres, folder.path()).await.parse().unwrap()
}

#[tokio::test]
async fn a_server_that_starts_is_waited_for() {
    let server = StartingServer::new(&["57P03", "53300"], &real_server().await).await;
    server.connect(LONG).await.unwrap().close().await.unwrap();
    assert_eq!(server.n_connections(), 3);
}

#[tokio::test]
async fn a_server_that_does_not_start_in_time_is_named_with_its_reason() {
    let server = StartingServer::new(&["57P03"], &PgConnectOptions::new()).await;
    assert_eq!(
        server.connect(SHORT).await.unwrap_err().to_string(),
        "waited 1 seconds for the PostgreSQL server of DATABASE_URL `postgres://shown` to answer without success: the \
         reason of 57P03"
    );
}

#[tokio::test]
async fn a_login_that_is_refused_fails_at_once() {
    let server = StartingServer::new(&["28P01", "57P03"], &PgConnectOptions::new()).await;
    let sentence = server.connect(LONG).await.unwrap_err().to_string();
    assert!(sentence.ends_with("refuses the connection: the reason of 28P01"), "{sentence}");
    assert_eq!(server.n_connections(), 1);
    let real = real_server().await;
    for (options, part) in [
        (real.clone().password("wrong"), "password authentication failed"),
        (real.database("nowhere"), "database \"nowhere\" does not exist"),
    ] {
        let sentence = connect(&options, "postgres://shown", LONG).await.unwrap_err().to_string();
        assert!(sentence.contains("refuses the connection: ") && sentence.contains(part), "{sentence}");
    }
}

#[tokio::test]
async fn a_port_without_a_server_is_tried_until_the_time_limit() {
    let options = PgConnectOptions::new().host("127.0.0.1").port(1).username("ada");
    let sentence = connect(&options, "postgres://shown", SHORT).await.unwrap_err().to_string();
    assert!(sentence.starts_with("waited 1 seconds for ") && sentence.contains("Connection refused"), "{sentence}");
}

#[test]
fn an_unknown_host_may_be_known_later() {
    let check = |err: sqlx::Error, expected: bool| assert_eq!(is_temporary(&err), expected, "{err}");
    check(sqlx::Error::Io(std::io::Error::other("failed to lookup address information")), true);
    check(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()), true);
    check(sqlx::Error::Tls("no certificate".into()), false);
    check(sqlx::Error::Protocol("no PostgreSQL".to_owned()), false);
}

#[tokio::test]
async fn a_proxy_that_closes_what_it_accepts_is_an_outage_with_and_without_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            // Closed with unread bytes, the connection would be reset instead.
            _ = client.read(&mut [0; 512]).await;
        }
    });
    for mode in [PgSslMode::Disable, PgSslMode::Prefer, PgSslMode::Require] {
        let options = PgConnectOptions::new().host("127.0.0.1").port(port).username("ada").ssl_mode(mode);
        let err = PgConnection::connect_with(&options).await.unwrap_err();
        assert!(outage::is_outage(&err) && is_temporary(&err), "{mode:?}: {err:?}");
    }
}
