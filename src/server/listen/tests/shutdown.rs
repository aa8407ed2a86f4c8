//! Graceful shutdown.

use super::*;

#[tokio::test]
async fn answers_under_way_end_and_idle_connections_close() {
    let server = Server::start(limits()).await;
    let (mut new, mut idle) = (server.connect().await, server.idle().await);
    let (mut late, mut stream) = (server.connect().await, server.connect().await);
    late.get("/late").await;
    server.signals.begun.notified().await;
    server.stop.cancel();
    assert_eq!(idle.rest().await, "");
    assert_eq!(new.rest().await, "");
    assert!(stream.rest().await.is_empty());
    server.signals.go_on.notify_one();
    assert!(late.rest().await.ends_with("late"));
    server.over.await.unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn what_does_not_end_is_cut_off() {
    let server = Server::start(ConnectionLimits { close: SOON, ..limits() }).await;
    let (mut half, mut stream, mut unread) = (server.idle().await, server.connect().await, server.connect().await);
    half.write("GET / HTTP/1.1\r\n").await;
    stream.get("/events").await;
    stream.read_until("data: first\n\n").await;
    unread.get("/endless").await;
    unread.read_until("\r\n\r\n").await;
    server.stop.cancel();
    server.over.await.unwrap();
    half.rest().await;
    assert!(!stream.rest().await.contains("second"));
    server.signals.dropped.notified().await;
}
