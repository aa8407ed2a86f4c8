//! Answers during an outage of the database.

use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::{Connection, PgConnection};
use tokio::{sync::Semaphore, task::JoinHandle};

use super::*;
use crate::{
    model::chatkit::ThreadStreamEvent,
    tests::{DatabaseProxy, Link, TestUser},
};

/// A relay that emits each of its events when it is let.
struct Stepwise {
    events: Vec<RelayEvent>,
    steps: Arc<Semaphore>,
    n_read: Arc<AtomicUsize>,
}

impl Relay for Stepwise {
    fn answer(&self, _: Prompt) -> RelayStream {
        let (steps, n_read) = (Arc::clone(&self.steps), Arc::clone(&self.n_read));
        let events = stream::iter(self.events.clone()).map(Some).chain(stream::once(std::future::ready(None)));
        let events = events.then(move |event| {
            let (steps, n_read) = (Arc::clone(&steps), Arc::clone(&n_read));
            async move {
                steps.acquire().await.unwrap().forget();
                n_read.fetch_add(1, Ordering::Relaxed);
                event
            }
        });
        events.filter_map(|event| std::future::ready(event.map(Ok))).boxed()
    }
}

/// An answer that is being written behind a proxy.
struct Answering {
    proxy: DatabaseProxy,
    steps: Arc<Semaphore>,
    n_read: Arc<AtomicUsize>,
    response: JoinHandle<String>,
    app: Arc<TestApp>,
    user: TestUser,
    /// Connection past the proxy.
    direct: PgConnection,
}

impl Answering {
    async fn begin(events: Vec<RelayEvent>) -> Self {
        let (mut app, proxy) = TestApp::behind_proxy(&[]).await;
        let direct = PgConnection::connect(&proxy.direct_url).await.unwrap();
        let user = app.sign_up("Alice").await;
        let (steps, n_read) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
        let relay = Arc::new(Stepwise { events, steps: Arc::clone(&steps), n_read: Arc::clone(&n_read) });
        let AppState { db, clock, config, .. } = app.state.clone();
        let chat = Chat::with_relay(db, clock, &config, relay, AnswerSource::Model).unwrap();
        app.state.chat = chat;
        app.router = router(app.state.clone());
        let app = Arc::new(app);
        let input = json!({ "content": [], "attachments": [], "inference_options": {} });
        let request = user.chatkit(&json!({ "type": "threads.create", "params": { "input": input } }));
        let asked = Arc::clone(&app);
        let response = tokio::spawn(async move { asked.send(request).await.text() });
        Self { proxy, steps, n_read, response, app, user, direct }
    }

    fn n_read(&self) -> usize {
        self.n_read.load(Ordering::Relaxed)
    }

    /// Lets the relay emit its next events, and waits until they are stored.
    async fn store(&mut self, n_events: usize, text: &str) {
        self.steps.add_permits(n_events);
        for _ in 0..500 {
            let stored: Option<Value> =
                sqlx::query_scalar(r#"select "body" from "item" where "type" = 'assistant_message' limit 1"#)
                    .fetch_optional(&mut self.direct)
                    .await
                    .unwrap();
            if stored.is_some_and(|body| body["content"][0]["text"] == text) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{text:?} was not stored");
    }

    /// Waits for the end. Returns the response's events, the stored items and the run's status.
    async fn end(mut self) -> (Vec<Value>, Value, String) {
        let body = tokio::time::timeout(Duration::from_secs(10), self.response).await.expect("it ends").unwrap();
        let frames = body.split_terminator("\n\n").map(|frame| frame.strip_prefix("data: ").unwrap());
        let events: Vec<Value> = frames.map(|frame| serde_json::from_str(frame).unwrap()).collect();
        let ask = json!({ "type": "threads.get_by_id", "params": { "thread_id": events[0]["thread"]["id"], "order": "asc" } });
        let stored = self.app.send(self.user.chatkit(&ask)).await.json()["items"]["data"].clone();
        let status = sqlx::query_scalar(r#"select "status" from "run""#).fetch_one(&mut self.direct).await.unwrap();
        (events, stored, status)
    }
}

fn text(text: &str) -> RelayEvent {
    RelayEvent::Text(text.to_owned())
}

fn assert_whole((events, stored, status): &(Vec<Value>, Value, String), expected: &str) {
    assert!(events.iter().all(|event| event["type"] != "error"), "{events:?}");
    let done = events.iter().rev().find(|event| event["item"]["type"] == "assistant_message").unwrap();
    assert_eq!((&done["type"], &done["item"]["content"][0]["text"]), (&json!("thread.item.done"), &json!(expected)));
    let message = stored.as_array().unwrap().iter().find(|item| item["type"] == "assistant_message").unwrap();
    assert_eq!((&message["content"][0]["text"], &message["colloquy"]), (&json!(expected), &Value::Null));
    assert_eq!(status, "completed");
}

#[tokio::test]
async fn an_answer_pauses_during_an_outage_and_goes_on_after_it() {
    let words: Vec<_> = (0..60).map(|n| format!("w{n} ")).collect();
    let mut answering = Answering::begin(words.iter().map(|word| text(word)).collect()).await;
    answering.store(2, "w0 w1 ").await;
    answering.proxy.set(Link::Cut);
    let paced = tokio::spawn({
        let steps = Arc::clone(&answering.steps);
        async move {
            for _ in 2..=60 {
                tokio::time::sleep(Duration::from_millis(30)).await;
                steps.add_permits(1);
            }
        }
    });
    tokio::time::sleep(Duration::from_millis(400)).await;
    let n_read = answering.n_read();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(answering.n_read(), n_read, "the relay is not read while nothing can be stored");
    assert!(n_read < 10, "{n_read} words were read without being stored");
    assert!(!answering.response.is_finished());
    answering.proxy.set(Link::Up);
    paced.await.unwrap();
    assert_whole(&answering.end().await, &words.concat());
}

#[tokio::test]
async fn a_word_that_comes_late_waits_for_the_one_before_it() {
    let mut answering = Answering::begin(vec![text("w0 "), text("w1 "), text("w2 ")]).await;
    answering.store(1, "w0 ").await;
    answering.proxy.set(Link::Cut);
    answering.steps.add_permits(1);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(answering.n_read(), 2);
    answering.steps.add_permits(2);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(answering.n_read(), 2, "a word was told although the one before it is not stored");
    answering.proxy.set(Link::Up);
    assert_whole(&answering.end().await, "w0 w1 w2 ");
}

#[tokio::test]
async fn an_end_that_falls_into_an_outage_is_stored_after_it() {
    let mut answering = Answering::begin(vec![text("All of it.")]).await;
    answering.store(1, "All of it.").await;
    answering.proxy.set(Link::Cut);
    answering.steps.add_permits(1);
    // Longer than the attempts that other errors get.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(answering.n_read() == 2 && !answering.response.is_finished());
    answering.proxy.set(Link::Up);
    assert_whole(&answering.end().await, "All of it.");
}

#[tokio::test]
async fn an_item_that_completes_during_an_outage_is_stored_after_it() {
    let task = json!({ "type": "thread.item.done", "item": { "type": "task", "id": "tsk_1", "thread_id": "",
        "created_at": "1970-01-01T00:00:00Z", "task": { "type": "custom", "title": "Look" } } });
    let task: ThreadStreamEvent = serde_json::from_value(task).unwrap();
    let events = vec![text("Before. "), RelayEvent::Event(Box::new(task)), text("After.")];
    let mut answering = Answering::begin(events).await;
    answering.store(1, "Before. ").await;
    answering.proxy.set(Link::Cut);
    answering.steps.add_permits(3);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(answering.n_read(), 2, "nothing is read before the item is stored");
    answering.proxy.set(Link::Up);
    let ended = answering.end().await;
    assert!(ended.1.as_array().unwrap().iter().any(|item| item["type"] == "task"), "{}", ended.1);
    assert_whole(&ended, "Before. After.");
}

#[tokio::test]
async fn an_end_whose_confirmation_was_lost_is_not_taken_for_another_servers() {
    let mut answering = Answering::begin(vec![text("All of it.")]).await;
    answering.store(1, "All of it.").await;
    answering.proxy.set(Link::CommitLost);
    answering.steps.add_permits(1);
    assert_whole(&answering.end().await, "All of it.");
}

#[tokio::test]
async fn a_stop_during_an_outage_is_stored_after_it() {
    let mut answering = Answering::begin(vec![text("Some "), text("of "), text("it.")]).await;
    answering.store(1, "Some ").await;
    answering.proxy.set(Link::Cut);
    answering.steps.add_permits(1);
    tokio::time::sleep(Duration::from_millis(300)).await;
    // The only reader of an official client leaves.
    answering.response.abort();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!answering.app.state.chat.is_idle());
    answering.proxy.set(Link::Up);
    for _ in 0..500 {
        if answering.app.state.chat.is_idle() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let status: String =
        sqlx::query_scalar(r#"select "status" from "run""#).fetch_one(&mut answering.direct).await.unwrap();
    let body: Value = sqlx::query_scalar(r#"select "body" from "item" where "type" = 'assistant_message'"#)
        .fetch_one(&mut answering.direct)
        .await
        .unwrap();
    assert_eq!((status.as_str(), &body["content"][0]["text"]), ("stopped", &json!("Some of ")));
}
