//! A TCP proxy in front of PostgreSQL, for tests of outages.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};
use url::Url;

/// Time that PostgreSQL gets to commit before its confirmation is lost.
const COMMIT_TIME: Duration = Duration::from_millis(100);

/// Treatment of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Everything is forwarded.
    Up,
    /// Connections are closed, new ones right after they are accepted.
    Cut,
    /// Connections are closed and new ones refused, as by a stopped server.
    Refused,
    /// Connections stay open, and nothing is forwarded.
    Silent,
    /// The next `COMMIT` is forwarded, and its connection is closed before the confirmation. Then the link is up.
    CommitLost,
}

#[derive(Clone, Copy)]
struct State {
    link: Link,
    /// Number of connections, from the first one, that nothing is forwarded on any more.
    n_silenced: usize,
    n_accepted: usize,
}

/// The proxy. It ends when it is dropped.
pub struct DatabaseProxy {
    /// URL that leads past the proxy.
    pub direct_url: String,
    address: SocketAddr,
    state: Arc<watch::Sender<State>>,
    task: JoinHandle<()>,
}

impl DatabaseProxy {
    /// Starts a proxy for the server of a database URL. Returns the URL that leads through the proxy, too.
    pub async fn start(database_url: &str) -> (Self, String) {
        let mut url = Url::parse(database_url).unwrap();
        let upstream = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        url.set_ip_host(address.ip()).unwrap();
        url.set_port(Some(address.port())).unwrap();
        let state = Arc::new(watch::Sender::new(State { link: Link::Up, n_silenced: 0, n_accepted: 0 }));
        let task = tokio::spawn(accept(listener, upstream, Arc::clone(&state)));
        (Self { direct_url: database_url.to_owned(), address, state, task }, url.into())
    }

    /// Changes the treatment of all connections.
    pub fn set(&self, link: Link) {
        self.state.send_modify(|state| state.link = link);
    }

    /// Forwards nothing more on the open connections. New ones are not affected.
    pub fn silence_open_connections(&self) {
        self.state.send_modify(|state| state.n_silenced = state.n_accepted);
    }

    /// Waits until the proxy refuses connections.
    pub async fn refuse(&self) {
        self.set(Link::Refused);
        while TcpStream::connect(self.address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for DatabaseProxy {
    fn drop(&mut self) {
        self.task.abort();
        self.set(Link::Cut);
    }
}

async fn accept(listener: TcpListener, upstream: String, state: Arc<watch::Sender<State>>) {
    let address = listener.local_addr().unwrap();
    let mut changes = state.subscribe();
    let mut listener = Some(listener);
    loop {
        let link = changes.borrow_and_update().link;
        if link == Link::Refused {
            listener = None;
        } else if listener.is_none() {
            listener = TcpListener::bind(address).await.ok();
        }
        tokio::select! {
            _ = changes.changed() => {}
            Ok((client, _)) = async { listener.as_ref().unwrap().accept().await }, if listener.is_some() => {
                let mut number = 0;
                state.send_modify(|state| (number, state.n_accepted) = (state.n_accepted, state.n_accepted + 1));
                let (upstream, state) = (upstream.clone(), Arc::clone(&state));
                tokio::spawn(async move { _ = forward(client, &upstream, number, &state).await });
            }
        }
    }
}

/// Forwards in both directions until a side closes or the link is cut.
async fn forward(
    mut client: TcpStream,
    upstream: &str,
    number: usize,
    state: &watch::Sender<State>,
) -> std::io::Result<()> {
    let mut changes = state.subscribe();
    let mut server = None;
    let (mut sent, mut received) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        let State { link, n_silenced, .. } = *changes.borrow_and_update();
        if matches!(link, Link::Cut | Link::Refused) {
            return Ok(());
        }
        if link == Link::Silent || number < n_silenced {
            _ = changes.changed().await;
            continue;
        }
        let server = match &mut server {
            Some(server) => server,
            None => server.insert(TcpStream::connect(upstream).await?),
        };
        tokio::select! {
            _ = changes.changed() => {}
            n_bytes = client.read(&mut sent) => {
                let bytes = &sent[..n_bytes?];
                if bytes.is_empty() {
                    return Ok(());
                }
                server.write_all(bytes).await?;
                if link == Link::CommitLost && bytes.windows(6).any(|it| it == b"COMMIT") {
                    tokio::time::sleep(COMMIT_TIME).await;
                    state.send_modify(|state| state.link = Link::Up);
                    return Ok(());
                }
            }
            n_bytes = server.read(&mut received) => {
                let bytes = &received[..n_bytes?];
                if bytes.is_empty() {
                    return Ok(());
                }
                client.write_all(bytes).await?;
            }
        }
    }
}
