//! More connections than the maximum.

use super::*;

#[tokio::test]
async fn the_idlest_connection_makes_room() {
    let server = Server::start(ConnectionLimits { max_connections: 6, ..limits() }).await;
    let mut first = server.idle().await;
    let mut half = server.connect().await;
    half.write("GET / HTTP/1.1\r\n").await;
    let mut second = server.idle().await;
    let (mut upload, mut late, mut stream) = (server.connect().await, server.connect().await, server.connect().await);
    upload.write("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n12345").await;
    server.signals.body_begun.notified().await;
    late.get("/late").await;
    server.signals.begun.notified().await;
    stream.get("/events").await;
    stream.read_until("data: first\n\n").await;

    let mut new = server.idle().await;
    assert_eq!(first.rest().await, "");
    assert!(!half.is_closed() && !second.is_closed());
    // A recently used connection is not the idlest.
    second.ask().await;
    let mut newer = server.idle().await;
    assert_eq!(half.rest().await, "");
    for client in [&mut second, &mut new, &mut newer] {
        client.ask().await;
    }
    // Work in progress continues.
    upload.write("67890").await;
    upload.read_until("1234567890").await;
    server.signals.go_on.notify_one();
    server.signals.go_on.notify_one();
    tokio::select! {
        _ = late.read_until("late") => {}
        _ = stream.read_until("data: second\n\n") => {}
    }
}

#[tokio::test]
async fn answers_are_cut_off_only_where_nothing_is_idle() {
    let server = Server::start(ConnectionLimits { max_connections: 2, ..limits() }).await;
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    for client in [&mut first, &mut second] {
        client.get("/events").await;
        client.read_until("data: first\n\n").await;
    }
    let mut new = server.idle().await;
    assert!(!first.rest().await.contains("second"));
    server.signals.go_on.notify_one();
    second.read_until("data: second\n\n").await;
    new.ask().await;
}

#[tokio::test]
async fn silent_connections_of_one_address_keep_nobody_out() {
    let server = Server::start(ConnectionLimits { max_connections: 8, ..limits() }).await;
    let mut other = server.connect_from("127.0.0.2").await;
    other.ask().await;
    let mut silent = Vec::new();
    for n in 0..100 {
        let mut client = server.connect().await;
        if n % 2 == 0 {
            client.write("GET / HTTP/1.1\r\n").await;
        }
        silent.push(client);
        if n % 10 == 0 {
            let mut guest = server.connect_from("127.0.0.3").await;
            guest.ask().await;
        }
    }
    // Its connection is the idlest of all, but other networks hold more.
    other.ask().await;
    server.idle().await;
    // All but those that fit were closed.
    for mut client in silent.drain(..92) {
        client.rest().await;
    }
}

#[tokio::test]
async fn bodies_that_do_not_come_keep_nobody_out() {
    let server = Server::start(ConnectionLimits { max_connections: 8, ..limits() }).await;
    let mut stuck = Vec::new();
    for _ in 0..8 {
        let mut client = server.connect().await;
        client.write("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n12345").await;
        server.signals.body_begun.notified().await;
        stuck.push(client);
    }
    let mut guest = server.connect_from("127.0.0.2").await;
    guest.ask().await;
    for _ in 0..8 {
        stuck.push(server.connect().await);
    }
    guest.ask().await;
}

#[tokio::test]
async fn connections_that_have_ended_take_no_room() {
    let server = Server::start(ConnectionLimits { max_connections: 2, ..limits() }).await;
    let mut client = server.idle().await;
    for _ in 0..20 {
        let mut other = server.connect().await;
        other.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
        assert!(other.rest().await.ends_with("hello"));
    }
    client.ask().await;
}
