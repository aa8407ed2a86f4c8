//! Test of a stalled reader on a real socket.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{body::Body, middleware, response::Response};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::{
    model::{chatkit::ThreadStreamEvent, page::AnswerSource},
    server::{
        AppState,
        chat::{
            chat_state::Chat,
            relay::{Relay, RelayEvent, RelayStream},
            runs::live::MAX_BYTES,
            turns::prompt::Prompt,
        },
        db::on,
        router::router,
    },
    tests::{Engine, TestApp, TestUser},
};

const N_DELTAS: usize = 10_000;
/// Size of the event beside each delta. Their sum exceeds a log plus the buffers of a connection.
const BESIDE_BYTES: usize = 1024;
/// Maximum number of bytes that a connection takes from the log before its client reads. They fill hyper's buffer and
/// the small buffers of both sockets.
const MAX_TAKEN_BYTES: usize = 1024 * 1024;

struct Talkative;

impl Relay for Talkative {
    fn answer(&self, _: Prompt) -> RelayStream {
        let events = (0..N_DELTAS).flat_map(|n| {
            let beside = ThreadStreamEvent::ProgressUpdate { icon: None, text: "x".repeat(BESIDE_BYTES) };
            [Ok(RelayEvent::Text(format!("w{n} "))), Ok(RelayEvent::Event(Box::new(beside)))]
        });
        stream::iter(events).boxed()
    }
}

fn ask() -> Value {
    let input = json!({ "content": [], "attachments": [], "inference_options": {} });
    json!({ "type": "threads.create", "params": { "input": input } })
}

/// Serves on a socket with small buffers. Returns its address, and a counter of the body bytes taken by connections.
async fn serve(app: &TestApp) -> (std::net::SocketAddr, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let count = {
        let taken = Arc::clone(&taken);
        move |response: Response| {
            let taken = Arc::clone(&taken);
            async move {
                let (parts, body) = response.into_parts();
                let counted = body.into_data_stream().inspect(move |bytes| {
                    taken.fetch_add(bytes.as_ref().map_or(0, |bytes| bytes.len()), Ordering::Relaxed);
                });
                Response::from_parts(parts, Body::from_stream(counted))
            }
        }
    };
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_send_buffer_size(16 * 1024).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(8).unwrap();
    let address = listener.local_addr().unwrap();
    let service = app.router.clone().layer(middleware::map_response(count));
    tokio::spawn(async move { axum::serve(listener, service).await });
    (address, taken)
}

/// Sends a message without reading the response.
async fn send(address: std::net::SocketAddr, user: &TestUser) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let body = ask().to_string();
    let head = format!(
        "POST /chatkit HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        user.token,
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    stream
}

async fn runs(app: &TestApp, user: &TestUser) -> Vec<(String, String)> {
    on!(app.state.db.read(), pool => {
        sqlx::query_as(r#"select "id", "status" from "run" where "userId" = $1"#).bind(&user.id).fetch_all(pool).await
    })
    .unwrap()
}

#[tokio::test]
async fn a_reader_that_stands_still_costs_bounded_memory_and_stops_nobody() {
    let mut app = TestApp::new(Engine::Sqlite).await;
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let AppState { db, clock, config, .. } = app.state.clone();
    let chat = Chat::with_relay(db, clock, &config, Arc::new(Talkative), AnswerSource::Model).unwrap();
    app.state = AppState { chat, ..app.state.clone() };
    app.router = router(app.state.clone());
    let (address, taken) = serve(&app).await;

    let mut stalled = send(address, &alice).await;
    let mut most_bytes = 0;
    let run = loop {
        tokio::time::sleep(Duration::from_millis(10)).await;
        if let Some((id, status)) = runs(&app, &alice).await.pop() {
            let run = app.state.chat.live().log(&id).unwrap();
            most_bytes = most_bytes.max(run.n_bytes());
            if status == "completed" {
                break run;
            }
        }
    };
    // The answer is complete and persisted. Unread events remain only in the log, which is bounded.
    let taken_bytes = taken.load(Ordering::Relaxed);
    assert!(taken_bytes <= MAX_TAKEN_BYTES, "{taken_bytes} bytes wait on a connection that nobody reads");
    assert!(most_bytes.max(run.n_bytes()) <= MAX_BYTES, "the log has {most_bytes} bytes");
    const { assert!(N_DELTAS * BESIDE_BYTES > MAX_BYTES + MAX_TAKEN_BYTES) };

    // Other users are answered meanwhile.
    let others = app.send(bob.chatkit(&ask())).await.text();
    assert!(others.contains("w9999 ") && others.ends_with("\n\n"));
    assert_eq!(taken.load(Ordering::Relaxed), taken_bytes);

    // Persisted items replace the dropped events once the client resumes reading.
    let mut rest = Vec::new();
    stalled.read_to_end(&mut rest).await.unwrap();
    let rest = String::from_utf8(rest).unwrap();
    assert!(rest.ends_with("\r\n0\r\n\r\n"), "the body ends well");
    let (_, replaced) =
        rest.rsplit_once(r#"data: {"type":"thread.item.replaced","item":{"type":"assistant_message""#).unwrap();
    assert!(replaced.contains("w0 w1 ") && replaced.contains(" w9999 "));
}
