//! Tests of the accept loop on real sockets, with small limits.
//!
//! No test depends on timing: if a limit does not hold, a read waits forever.

mod capacity;
mod shutdown;
mod timeouts;

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, State},
    response::{IntoResponse, Response, sse},
    routing::{get, post},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::Notify,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{ConnectionLimits, MinRate, serve};

/// A limit that is irrelevant to the test.
const NEVER: Duration = Duration::from_secs(3600);
/// A limit that is exceeded in the test.
const SOON: Duration = Duration::from_millis(100);

/// Signals between the test's routes and the test.
#[derive(Default)]
struct Signals {
    /// The first bytes of a body have arrived.
    body_begun: Notify,
    /// A response in progress may end.
    go_on: Notify,
    /// The handler of such a response has started.
    begun: Notify,
    /// An endless response was dropped.
    dropped: Notify,
}

struct Server {
    address: SocketAddr,
    signals: Arc<Signals>,
    stop: CancellationToken,
    over: JoinHandle<()>,
}

fn limits() -> ConnectionLimits {
    ConnectionLimits {
        max_connections: 1000,
        header: NEVER,
        keep_alive: NEVER,
        proxy_keep_alive: NEVER,
        write: MinRate { period: NEVER, n_bytes: 64 * 1024 },
        close: NEVER,
        proxies: Vec::new(),
    }
}

impl Server {
    async fn start(limits: ConnectionLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (signals, stop) = (Arc::new(Signals::default()), CancellationToken::new());
        let router = router(Arc::clone(&signals));
        let over = tokio::spawn(serve(listener, router, limits, stop.clone().cancelled_owned()));
        Self { address, signals, stop, over }
    }

    async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    async fn connect_from(&self, address: &str) -> Client {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(address.parse().unwrap(), 0)).unwrap();
        Client(socket.connect(self.address).await.unwrap())
    }

    /// Returns a connection between two requests.
    async fn idle(&self) -> Client {
        let mut client = self.connect().await;
        client.ask().await;
        client
    }
}

fn router(signals: Arc<Signals>) -> Router {
    Router::new()
        .route("/", get(async || "hello"))
        .route("/me", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()))
        .route("/echo", post(echo))
        .route("/late", get(late))
        .route("/events", get(events))
        .route("/endless", get(endless))
        .with_state(signals)
}

async fn echo(State(signals): State<Arc<Signals>>, body: Body) -> Response {
    let seen = body.into_data_stream().inspect(move |_| signals.body_begun.notify_one());
    match to_bytes(Body::from_stream(seen), usize::MAX).await {
        Ok(bytes) => bytes.into_response(),
        Err(_) => "broken".into_response(),
    }
}

async fn late(State(signals): State<Arc<Signals>>) -> &'static str {
    signals.begun.notify_one();
    signals.go_on.notified().await;
    "late"
}

/// Sends one event at once, and one after `go_on`.
async fn events(State(signals): State<Arc<Signals>>) -> impl IntoResponse {
    let second = async move {
        signals.go_on.notified().await;
        sse::Event::default().data("second")
    };
    let first = stream::once(async { sse::Event::default().data("first") });
    sse::Sse::new(first.chain(stream::once(second)).map(Ok::<_, Infallible>))
}

async fn endless(State(signals): State<Arc<Signals>>) -> Body {
    struct Dropped(Arc<Signals>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.dropped.notify_one();
        }
    }
    let dropped = Dropped(signals);
    Body::from_stream(stream::repeat_with(move || {
        _ = &dropped;
        Ok::<_, Infallible>(Bytes::from_static(&[0; 64 * 1024]))
    }))
}

struct Client(TcpStream);

impl Client {
    async fn write(&mut self, bytes: &str) {
        self.0.write_all(bytes.as_bytes()).await.unwrap();
    }

    async fn get(&mut self, path: &str) {
        self.write(&format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n")).await;
    }

    /// Reads up to a text.
    async fn read_until(&mut self, end: &str) -> String {
        let mut read = Vec::new();
        while !read.ends_with(end.as_bytes()) {
            let byte = self.0.read_u8().await;
            read.push(byte.unwrap_or_else(|err| panic!("{err} after {}", String::from_utf8_lossy(&read))));
        }
        String::from_utf8(read).unwrap()
    }

    /// Requests the page and reads it.
    async fn ask(&mut self) {
        self.get("/").await;
        self.read_until("hello").await;
    }

    /// Reads to the end, also of a connection that was reset.
    async fn rest(&mut self) -> String {
        let mut read = Vec::new();
        _ = self.0.read_to_end(&mut read).await;
        String::from_utf8_lossy(&read).into_owned()
    }

    /// True if the server has closed the connection by now.
    fn is_closed(&self) -> bool {
        !matches!(self.0.try_read(&mut [0]), Err(err) if err.kind() == std::io::ErrorKind::WouldBlock)
    }
}

#[tokio::test]
async fn requests_are_answered_one_after_another_and_know_their_peer() {
    let server = Server::start(limits()).await;
    let mut client = server.connect().await;
    client.ask().await;
    client.get("/me").await;
    let address = client.0.local_addr().unwrap().to_string();
    client.read_until(&address).await;
    client.write("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n12345").await;
    client.read_until("12345").await;
    // Two pipelined requests.
    client.write("GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert_eq!(client.rest().await.matches("hello").count(), 2);
}

#[tokio::test]
async fn a_header_without_end_is_refused() {
    let server = Server::start(limits()).await;
    let mut client = server.connect().await;
    client.write(&format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "x".repeat(70_000))).await;
    assert!(client.rest().await.starts_with("HTTP/1.1 431 "));
}
