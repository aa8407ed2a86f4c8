//! Timeouts of connections that wait for their client.

use super::*;

#[tokio::test]
async fn a_header_must_come_in_time_however_it_comes() {
    let server = Server::start(ConnectionLimits { header: SOON, ..limits() }).await;
    for sent in ["", "G", "GET / HTTP/1.1\r\nhost: a\r\n"] {
        let mut client = server.connect().await;
        client.write(sent).await;
        assert_eq!(client.rest().await, "", "{sent:?}");
    }
    // Send a line now and then, forever.
    let client = server.connect().await;
    let (mut read, mut write) = client.0.into_split();
    let trickle = tokio::spawn(async move {
        write.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        while write.write_all(b"x: y\r\n").await.is_ok() {
            tokio::time::sleep(SOON / 10).await;
        }
    });
    _ = read.read_to_end(&mut Vec::new()).await;
    trickle.await.unwrap();
    // The second request of a connection is limited, too.
    let mut client = server.idle().await;
    client.write("GET / HTTP/1.1\r\n").await;
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn silence_between_two_requests_ends() {
    let server = Server::start(ConnectionLimits { keep_alive: SOON, ..limits() }).await;
    let mut client = server.idle().await;
    assert_eq!(client.rest().await, "");
    let mut after_a_body = server.connect().await;
    after_a_body.write("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n12345").await;
    assert!(after_a_body.rest().await.ends_with("12345"));
}

#[tokio::test]
async fn a_trusted_proxy_may_be_silent_for_longer() {
    let proxies = vec!["127.0.0.1/32".parse().unwrap()];
    let server = Server::start(ConnectionLimits { keep_alive: SOON, proxies, ..limits() }).await;
    let mut proxy = server.idle().await;
    let mut other = server.connect_from("127.0.0.2").await;
    for _ in 0..3 {
        other.ask().await;
        assert_eq!(other.rest().await, "");
        other = server.connect_from("127.0.0.2").await;
    }
    proxy.ask().await;
}

/// Waits until idle connections were closed that are younger than those that must stay.
async fn outlive_idle_ones(server: &Server) {
    for _ in 0..3 {
        server.idle().await.rest().await;
        server.connect().await.rest().await;
    }
}

#[tokio::test]
async fn streams_and_late_answers_and_slow_bodies_are_not_idle() {
    let server = Server::start(ConnectionLimits { header: SOON, keep_alive: SOON, ..limits() }).await;
    let (mut stream, mut upload) = (server.connect().await, server.connect().await);
    stream.get("/events").await;
    stream.read_until("data: first\n\n").await;
    upload.write("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n12345").await;
    server.signals.body_begun.notified().await;
    outlive_idle_ones(&server).await;
    server.signals.go_on.notify_one();
    stream.read_until("data: second\n\n").await;
    upload.write("67890").await;
    upload.read_until("1234567890").await;

    let mut late = server.connect().await;
    late.get("/late").await;
    server.signals.begun.notified().await;
    outlive_idle_ones(&server).await;
    server.signals.go_on.notify_one();
    late.read_until("late").await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped() {
    let write = MinRate { period: SOON, n_bytes: 64 * 1024 };
    let server = Server::start(ConnectionLimits { write, ..limits() }).await;
    let mut client = server.connect().await;
    client.get("/endless").await;
    server.signals.dropped.notified().await;
}

#[tokio::test]
async fn a_client_that_reads_a_byte_now_and_then_is_dropped() {
    let write = MinRate { period: SOON, n_bytes: 64 * 1024 };
    let server = Server::start(ConnectionLimits { write, ..limits() }).await;
    let mut client = server.connect().await;
    client.get("/endless").await;
    let trickle = async {
        while client.0.read_u8().await.is_ok() {
            tokio::time::sleep(SOON / 10).await;
        }
    };
    tokio::select! {
        () = server.signals.dropped.notified() => {}
        () = trickle => server.signals.dropped.notified().await,
    }
}

#[tokio::test]
async fn a_client_that_reads_all_is_never_late() {
    // Any wait would exceed this limit.
    let write = MinRate { period: NEVER, n_bytes: 1 };
    let server = Server::start(ConnectionLimits { write, keep_alive: SOON, ..limits() }).await;
    let mut client = server.connect().await;
    client.get("/endless").await;
    let mut bytes = vec![0; 1024 * 1024];
    for _ in 0..64 {
        client.0.read_exact(&mut bytes).await.unwrap();
    }
    drop(client);
    server.signals.dropped.notified().await;
}
