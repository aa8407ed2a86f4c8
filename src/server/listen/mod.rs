//! The listener: accepts connections, serves HTTP/1.1, and limits the number of connections and their waits for
//! clients.
//!
//! `axum::serve` has none of these limits. This folder does not handle what requests do.

mod bodies;
mod connection_limits;
mod connections;
mod min_rate;
mod phase;
mod socket;
#[cfg(test)]
mod tests;

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    bodies::{RequestBody, ResponseBody},
    connections::{Connections, Slot},
    socket::Socket,
};
pub use connection_limits::{ConnectionLimits, raise_file_limit};
pub use min_rate::{MinRate, RateMeter};

/// The maximum size of a header. Every connection may use as much memory. Larger headers are answered with 431.
const MAX_HEADER_BYTES: usize = 64 * 1024;
/// Pause after an error of this machine while accepting.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves the router until `stop` completes, then lets responses in progress end.
///
/// Closes connections that have not ended after `limits.close`.
pub async fn serve(listener: TcpListener, router: Router, limits: ConnectionLimits, stop: impl Future<Output = ()>) {
    let limits = Arc::new(limits);
    let connections = Connections::new(Arc::clone(&limits));
    let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let place = connections.admit(peer);
                tasks.spawn(serve_connection(
                    stream,
                    peer,
                    place,
                    router.clone(),
                    Arc::clone(&limits),
                    stopping.clone(),
                ));
            }
            Err(err) if is_client_error(&err) => {}
            Err(err) => {
                tracing::error!(error = %err, "a connection could not be accepted");
                // Most likely too many files are open.
                connections.close_idlest();
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    stopping.cancel();
    tasks.close();
    if tokio::time::timeout(limits.close, tasks.wait()).await.is_err() {
        tracing::info!(n_connections = tasks.len(), "connections that did not end were cut off");
        connections.close_all();
        tasks.wait().await;
    }
}

/// True if a connection was lost before it was accepted, which does not affect the next one.
fn is_client_error(err: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(err.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Serves one connection until it ends.
async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    place: Slot,
    router: Router,
    limits: Arc<ConnectionLimits>,
    stopping: CancellationToken,
) {
    let connection = place.connection.clone();
    // Disables Nagle's algorithm: an event of a stream must not wait for the acknowledgement of the previous one.
    _ = stream.set_nodelay(true);
    let socket = TokioIo::new(Socket::new(stream, connection.clone(), limits.write));
    let router = TowerToHyperService::new(router);
    let client = connection.clone();
    let service = service_fn(move |req: Request<Incoming>| {
        let connection = client.clone();
        connection.note_request();
        let mut req = req.map(|body| Body::new(RequestBody::new(body, connection.clone())));
        req.extensions_mut().insert(ConnectInfo(peer));
        let answer = router.call(req);
        async move { Ok::<_, Infallible>(answer.await?.map(|body| ResponseBody::new(body, connection))) }
    });
    let mut http = http1::Builder::new();
    // `Connection::overdue` limits headers, since hyper's timer does not distinguish a partial header from none.
    http.header_read_timeout(None).max_header_size(MAX_HEADER_BYTES);
    let mut served = pin!(http.serve_connection(socket, service));
    let mut overdue = pin!(connection.overdue(&limits));
    let mut is_stopping = false;
    loop {
        tokio::select! {
            served = served.as_mut() => {
                if let Err(err) = served {
                    tracing::trace!(error = %err, "a connection ended");
                }
                return;
            }
            () = connection.ended() => return,
            () = overdue.as_mut() => return,
            () = stopping.cancelled(), if !is_stopping => {
                is_stopping = true;
                served.as_mut().graceful_shutdown();
            }
        }
    }
}
