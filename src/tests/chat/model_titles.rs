//! Title generation: after the first answer, and never replacing the user's title.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures_util::{FutureExt, StreamExt};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{
    add, create,
    model_server::{Asked, FakeModel, event_stream, whole},
    object,
    run_ends::Stream,
    text,
};
use crate::{
    server::db::on,
    tests::{TestApp, TestUser, both_engines},
};

/// True for a request for a title.
fn is_for_title(asked: &Asked) -> bool {
    asked.body["messages"][0]["content"].as_str().is_some_and(|text| text.starts_with("Write a title"))
}

pub(super) async fn start(app: &TestApp, model: &FakeModel) -> (TestApp, TestUser) {
    let app = app.another(|config| {
        config.model.openai = Some(model.config());
        config.model.titles = true;
    });
    let alice = app.sign_up("Alice").await;
    (app, alice)
}

/// Responds after a future has completed.
fn later(it: impl Future<Output = ()> + Send + 'static, deltas: &'static [&'static str]) -> Response {
    let body = it.into_stream().then(|()| async { whole(deltas).into_body().collect().await.map(|it| it.to_bytes()) });
    event_stream(Body::from_stream(body))
}

/// Waits until the model has received `n_times` requests.
async fn asked(model: &FakeModel, n_times: usize) {
    while model.asked().len() < n_times {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits up to a second for a thread's title.
async fn title(app: &TestApp, user: &TestUser, thread_id: &str, expected: &str) -> Value {
    let mut title = Value::Null;
    for _ in 0..50 {
        title = object(app, user, "threads.get_by_id", json!({ "thread_id": thread_id })).await["title"].take();
        if title == expected {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    title
}

#[both_engines]
async fn the_model_gives_a_title_after_the_first_answer_only(app: TestApp) {
    let model = FakeModel::start(|n, _| whole(if n == 1 { &["\"A Trip", " to Rome.\""] } else { &["Sure."] })).await;
    let (app, alice) = start(&app, &model).await;
    let events = create(&app, &alice, "How do I get to Rome?").await;
    let thread_id = events[0]["thread"]["id"].as_str().unwrap();
    assert_eq!(title(&app, &alice, thread_id, "A Trip to Rome").await, "A Trip to Rome");
    let found = object(&app, &alice, "threads.list", json!({ "query": "trip" })).await;
    assert_eq!(found["data"][0]["id"], thread_id);
    add(&app, &alice, thread_id, "And back?").await;
    let asked = model.asked();
    assert_eq!(asked.iter().map(is_for_title).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(asked[1].body["messages"][1]["content"], "User: How do I get to Rome?\n\nAssistant: Sure.");
}

#[both_engines]
async fn a_title_that_the_user_gave_meanwhile_stays(app: TestApp) {
    let released = Arc::new(Notify::new());
    let model = FakeModel::start({
        let released = Arc::clone(&released);
        move |n, _| match n {
            1 => {
                let released = Arc::clone(&released);
                later(async move { released.notified().await }, &["The model's"])
            }
            _ => whole(&["Sure."]),
        }
    })
    .await;
    let (app, alice) = start(&app, &model).await;
    let events = create(&app, &alice, "Hello").await;
    let thread_id = events[0]["thread"]["id"].as_str().unwrap();
    asked(&model, 2).await;
    object(&app, &alice, "threads.update", json!({ "thread_id": thread_id, "title": "The user's" })).await;
    released.notify_one();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(title(&app, &alice, thread_id, "The model's").await, "The user's");
}

/// Returns how many titles are ordered.
async fn n_ordered(app: &TestApp) -> i64 {
    on!(app.state.db.read(), pool => {
        sqlx::query_scalar(r#"select count(*) from "thread" where "titleDueAt" is not null"#).fetch_one(pool).await
    })
    .unwrap()
}

#[both_engines]
async fn a_title_that_a_server_leaves_is_given_by_another(app: TestApp) {
    let may_answer = Arc::new(AtomicBool::new(false));
    let model = FakeModel::start({
        let may_answer = Arc::clone(&may_answer);
        move |n, _| match n {
            _ if may_answer.load(Ordering::Relaxed) => whole(&["A Trip to Rome"]),
            0 | 2 => whole(&["Sure."]),
            _ => later(std::future::pending(), &["Never"]),
        }
    })
    .await;
    let (stopping, alice) = start(&app, &model).await;
    let mut threads = Vec::new();
    for _ in 0..2 {
        let events = create(&stopping, &alice, "How do I get to Rome?").await;
        threads.push(events[0]["thread"]["id"].as_str().unwrap().to_owned());
        asked(&model, 2).await;
    }
    assert_eq!(n_ordered(&app).await, 2);
    // What the user has named meanwhile needs no title.
    object(&app, &alice, "threads.update", json!({ "thread_id": threads[0], "title": "Rome" })).await;
    assert_eq!(n_ordered(&app).await, 1);
    stopping.state.chat.shutdown(std::future::ready(())).await;
    assert_eq!(n_ordered(&app).await, 1, "the order stays");
    let n_asked = model.asked().len();
    may_answer.store(true, Ordering::Relaxed);
    let other = app.another(|config| {
        config.model.openai = Some(model.config());
        config.model.titles = true;
    });
    other.state.chat.start();
    assert_eq!(title(&app, &alice, &threads[1], "A Trip to Rome").await, "A Trip to Rome");
    assert_eq!(title(&app, &alice, &threads[0], "Rome").await, "Rome");
    while n_ordered(&app).await > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(model.asked().len(), n_asked + 1);
}

#[both_engines]
async fn an_answer_that_is_being_read_tells_the_new_title(app: TestApp) {
    let (title_may_come, answer_may_come) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let model = FakeModel::start({
        let (title_may_come, answer_may_come) = (Arc::clone(&title_may_come), Arc::clone(&answer_may_come));
        move |n, _| {
            let (title, answer) = (Arc::clone(&title_may_come), Arc::clone(&answer_may_come));
            match n {
                1 => later(async move { title.notified().await }, &["Greetings"]),
                2 => later(async move { answer.notified().await }, &["Yes."]),
                _ => whole(&["Sure."]),
            }
        }
    })
    .await;
    let (app, alice) = start(&app, &model).await;
    let events = create(&app, &alice, "Hello").await;
    let thread_id = events[0]["thread"]["id"].as_str().unwrap();
    asked(&model, 2).await;
    let params = json!({ "thread_id": thread_id, "input": text("Still there?") });
    let ask = json!({ "type": "threads.add_user_message", "params": params });
    let mut stream = Stream::open(&app, &alice, &ask).await;
    asked(&model, 3).await;
    title_may_come.notify_one();
    stream.read_to("Greetings").await;
    answer_may_come.notify_one();
    let events = stream.rest().await;
    let told = events.iter().find(|event| event["type"] == "thread.updated").unwrap();
    assert_eq!((&told["thread"]["title"], &told["thread"]["id"]), (&json!("Greetings"), &json!(thread_id)));
}

#[both_engines]
async fn the_first_message_stays_when_the_model_has_no_title(app: TestApp) {
    let model = FakeModel::start(|n, _| match n {
        0 => whole(&["Sure."]),
        _ => StatusCode::BAD_REQUEST.into_response(),
    })
    .await;
    let (app, alice) = start(&app, &model).await;
    let events = create(&app, &alice, "Hello").await;
    let thread_id = events[0]["thread"]["id"].as_str().unwrap();
    while !model.asked().iter().any(is_for_title) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(title(&app, &alice, thread_id, "x").await, "Hello");
}
