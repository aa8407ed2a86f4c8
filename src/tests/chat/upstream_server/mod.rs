//! An upstream ChatKit server: the requests it gets, the events that are relayed, and its failures.

mod id_isolation;
mod relayed_events;
mod upstream_faults;
mod upstream_speech;
mod upstream_turns;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use jsonwebtoken::{DecodingKey, Validation};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{add, ask, create, events, object, refusal, text};
use crate::{
    server::config::UpstreamConfig,
    tests::{TestApp, TestUser, test_app::SECRET},
};

/// A fake upstream with scripted responses. It records the requests.
#[derive(Clone)]
pub(super) struct Upstream {
    origin: String,
    answers: Arc<Mutex<VecDeque<Response>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A request that the upstream received.
#[derive(Clone, Debug)]
struct Asked {
    uri: Uri,
    /// Claims of its token.
    claims: Value,
    body: Value,
    bytes: Vec<u8>,
}

impl Upstream {
    /// Starts an upstream, and our server in front of it.
    async fn before(app: &TestApp, answers: impl IntoIterator<Item = Response>) -> (Self, TestApp) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let answers = Arc::new(Mutex::new(answers.into_iter().collect()));
        let upstream = Self { origin, answers, asked: Arc::default() };
        let router = Router::new().fallback(answer).with_state(upstream.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let ours = upstream.used_by(app, Duration::from_secs(60), None);
        (upstream, ours)
    }

    /// Returns another server on the same database that uses this upstream.
    fn used_by(&self, app: &TestApp, idle_timeout: Duration, audience: Option<&str>) -> TestApp {
        let url = format!("{}/chatkit", self.origin).parse().unwrap();
        let audience = audience.map(str::to_owned);
        app.another(|config| config.model.upstream = Some(UpstreamConfig { url, audience, idle_timeout }))
    }

    fn will_answer(&self, answer: Response) {
        self.answers.lock().unwrap().push_back(answer);
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Returns the kinds of all requests.
    fn kinds(&self) -> Vec<String> {
        self.asked().iter().map(|asked| asked.body["type"].as_str().unwrap_or("?").to_owned()).collect()
    }

    /// Returns the params of the last request.
    fn last_params(&self) -> Value {
        self.asked().last().unwrap().body["params"].clone()
    }

    /// Waits until `n_requests` have arrived.
    async fn has_been_asked(&self, n_requests: usize) {
        for _ in 0..500 {
            if self.asked().len() >= n_requests {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the server behind was asked {:?} only", self.kinds());
    }
}

async fn answer(State(upstream): State<Upstream>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes().to_vec();
    let token = parts.headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok()?.strip_prefix("Bearer "));
    let claims = token.map_or(Value::Null, claims);
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    upstream.asked.lock().unwrap().push(Asked { uri: parts.uri, claims, body, bytes });
    let answer = upstream.answers.lock().unwrap().pop_front();
    answer.unwrap_or_else(|| StatusCode::IM_A_TEAPOT.into_response())
}

/// Reads a token as a backend does that holds the secret.
fn claims(token: &str) -> Value {
    let mut rules = Validation::new(jsonwebtoken::Algorithm::HS256);
    // The clock of these tests is stopped.
    rules.validate_exp = false;
    rules.validate_aud = false;
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::decode::<Value>(token, &key, &rules).expect("a token of ours").claims
}

/// A stream of events.
fn streamed(events: &[Value]) -> Response {
    raw(frames(events))
}

fn frames(events: &[Value]) -> String {
    events.iter().map(|event| format!("data: {event}\n\n")).collect()
}

fn raw(body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "text/event-stream")], body.into()).into_response()
}

/// A stream that breaks after a text.
fn cut(text: String) -> Response {
    let pieces = stream::iter([Ok(text), Err(std::io::Error::other("cut"))]);
    // The text is sent before the connection ends.
    let pieces = pieces.then(async |piece| {
        if piece.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        piece
    });
    raw(Body::from_stream(pieces))
}

fn object_of(body: Value) -> Response {
    Json(body).into_response()
}

const MOMENT: &str = "2001-01-01T01:01:01.123456";

/// An item as the Python SDK writes it: without a time zone, with its own ids.
fn item(id: &str, mut fields: Value) -> Value {
    fields["id"] = json!(id);
    fields["thread_id"] = json!("thr_there");
    fields["created_at"] = json!(MOMENT);
    fields
}

fn thread_there(more: Value) -> Value {
    let mut thread = json!({ "id": "thr_there", "created_at": MOMENT, "status": { "type": "active" }, "metadata": {},
        "items": { "data": [], "has_more": false } });
    thread.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    thread
}

fn message(id: &str, text: &str) -> Value {
    let content = json!([{ "type": "output_text", "text": text, "annotations": [] }]);
    item(id, json!({ "type": "assistant_message", "content": content }))
}

fn done(item: &Value) -> Value {
    json!({ "type": "thread.item.done", "item": item })
}

fn added(item: &Value) -> Value {
    json!({ "type": "thread.item.added", "item": item })
}

fn delta(id: &str, text: &str) -> Value {
    let update = json!({ "type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": text });
    json!({ "type": "thread.item.updated", "item_id": id, "update": update })
}

/// The events that the Python SDK sends before the answer to a message.
fn prelude(question_id: &str) -> Vec<Value> {
    let question = json!({ "type": "user_message", "content": [], "attachments": [], "inference_options": {} });
    let options = json!({ "type": "stream_options", "stream_options": { "allow_cancel": true } });
    vec![done(&item(question_id, question)), options]
}

/// A stream that creates a thread, followed by events.
fn opened(events: &[Value]) -> Response {
    streamed(&opening(events))
}

fn opening(events: &[Value]) -> Vec<Value> {
    let mut all = vec![json!({ "type": "thread.created", "thread": thread_there(json!({})) })];
    all.extend(prelude("msg_q1"));
    all.extend_from_slice(events);
    all
}

/// A stream that continues after a further message.
fn continued(question_id: &str, events: &[Value]) -> Response {
    streamed(&[prelude(question_id), events.to_vec()].concat())
}

/// Returns the thread's id, and the events of a stream that belong to the answer.
fn answered(events: &[Value]) -> (String, Vec<Value>) {
    let thread_id = events[0]["thread"]["id"].as_str().unwrap().to_owned();
    let told = &events[3..];
    // The upstream created the thread: the first update carries its upstream id.
    let is_id =
        |it: &Value| it["type"] == "thread.updated" && it["thread"]["metadata"]["colloquy"]["upstream"].is_object();
    let n_skipped = usize::from(told.first().is_some_and(is_id));
    (thread_id, told[n_skipped..].to_vec())
}

async fn stored(app: &TestApp, user: &TestUser, thread_id: &str) -> Vec<Value> {
    let page = object(app, user, "items.list", json!({ "thread_id": thread_id, "order": "asc" })).await;
    page["data"].as_array().unwrap().clone()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

/// Removes values that the server generates: ids of items and threads, and timestamps.
fn without_names(item: &Value) -> Value {
    let mut item = item.clone();
    for name in ["id", "thread_id", "created_at"] {
        item.as_object_mut().unwrap().remove(name);
    }
    item
}
