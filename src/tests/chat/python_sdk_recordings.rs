//! Replay of exchanges recorded from the official Python server: the same events in the same order.

use std::collections::HashMap;

use axum::http::StatusCode;
use serde_json::Value;

use super::{create, events, model_server::FakeModel};
use crate::tests::{Engine, TestApp, both_engines};

/// The deltas of the recordings' model.
const DELTAS: [&str; 6] = ["Hello", " from", " the", " fake", " model", "."];

/// Replaces ids and timestamps by names, in order of appearance. A thread keeps its name across exchanges.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    fn rename(&mut self, value: &mut Value) {
        match value {
            Value::String(text) if text.starts_with("thr_") || text.starts_with("msg_") => {
                let next = format!("{}{}", &text[..4], self.0.len());
                *text = self.0.entry(text.clone()).or_insert(next).clone();
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.rename(value)),
            Value::Object(fields) => {
                // Visits items by position, not by the alphabetical order of their keys.
                for key in ["thread", "id", "thread_id", "item_id", "item", "data", "items", "after"] {
                    if let Some(value) = fields.get_mut(key) {
                        self.rename(value);
                    }
                }
                if let Some(moment) = fields.get_mut("created_at") {
                    *moment = Value::Null;
                }
            }
            _ => {}
        }
    }
}

/// Reads a recording: the request, and the JSON values of the response.
pub(super) fn parse(recording: &str) -> (Value, Vec<Value>) {
    let recording = recording.replace("\r\n", "\n");
    let request = recording.lines().find_map(|line| line.strip_prefix("# > {")).unwrap();
    let (_, body) = recording.split_once("\n\n").unwrap();
    let (body, _) = body.split_once("\n# curl exit code").unwrap();
    let values = match body.starts_with("data: ") {
        true => events(body.trim_end()),
        false => vec![serde_json::from_str(body).unwrap()],
    };
    (serde_json::from_str(&format!("{{{request}")).unwrap(), values)
}

/// Replays an exchange. `known` maps ids of the recording to ours.
async fn replay(app: &TestApp, user: &crate::tests::TestUser, recording: &str, known: &mut HashMap<String, String>) {
    let (request, mut recorded) = parse(recording);
    let mut body = request.to_string();
    known.iter().for_each(|(theirs, ours)| body = body.replace(theirs, ours));
    let response = app.send(user.chatkit(&serde_json::from_str(&body).unwrap())).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text());
    let text = response.text();
    let mut ours = if text.starts_with("data: ") { events(&text) } else { vec![response.json()] };
    for (theirs, ours) in recorded.iter().zip(&ours) {
        learn(theirs, ours, known);
    }
    let (mut their_names, mut our_names) = (Names::default(), Names::default());
    recorded.iter_mut().for_each(|value| their_names.rename(value));
    ours.iter_mut().for_each(|value| our_names.rename(value));
    assert_eq!(ours, recorded, "{request}");
}

fn learn(theirs: &Value, ours: &Value, known: &mut HashMap<String, String>) {
    match (theirs, ours) {
        (Value::String(theirs), Value::String(ours)) if theirs.starts_with("thr_") || theirs.starts_with("msg_") => {
            known.insert(theirs.clone(), ours.clone());
        }
        (Value::Array(theirs), Value::Array(ours)) => {
            theirs.iter().zip(ours).for_each(|(theirs, ours)| learn(theirs, ours, known));
        }
        (Value::Object(theirs), Value::Object(ours)) => theirs.iter().for_each(|(key, theirs)| {
            ours.get(key).iter().for_each(|ours| learn(theirs, ours, known));
        }),
        _ => {}
    }
}

async fn check(engine: Engine) {
    let model = FakeModel::streaming(&DELTAS).await;
    let app = TestApp::with_flags(engine, &model.flags()).await;
    let alice = app.sign_up("Alice").await;
    let mut known = HashMap::new();
    for recording in [
        include_str!("../recordings/chatkit/01-threads.create.txt"),
        include_str!("../recordings/chatkit/02-threads.add_user_message.txt"),
        include_str!("../recordings/chatkit/04-threads.get_by_id.txt"),
        include_str!("../recordings/chatkit/05-items.list.desc-limit2.txt"),
        include_str!("../recordings/chatkit/05b-items.list.desc-after.txt"),
        include_str!("../recordings/chatkit/06-threads.update.txt"),
        include_str!("../recordings/chatkit/07-items.feedback.txt"),
        include_str!("../recordings/chatkit/09-threads.delete.txt"),
        include_str!("../recordings/chatkit/09b-threads.delete.again.txt"),
        include_str!("../recordings/chatkit/30e-attachments.delete.txt"),
        include_str!("../recordings/chatkit/46-empty-user-message.txt"),
        include_str!("../recordings/chatkit/47-tag-content.txt"),
    ] {
        replay(&app, &alice, recording, &mut known).await;
    }
}

#[tokio::test]
async fn recorded_exchanges_go_as_recorded_on_sqlite() {
    check(Engine::Sqlite).await;
}

#[tokio::test]
async fn recorded_exchanges_go_as_recorded_on_postgres() {
    check(Engine::Postgres).await;
}

#[both_engines]
async fn the_recorded_lists_have_the_recorded_shape(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for _ in 0..2 {
        create(&app, &alice, "/long 1").await;
    }
    let (request, mut recorded) = parse(include_str!("../recordings/chatkit/03-threads.list.txt"));
    let mut ours = app.send(alice.chatkit(&request)).await.json();
    recorded[0]["data"].as_array_mut().unwrap().iter_mut().for_each(|thread| thread["title"] = "/long 1".into());
    Names::default().rename(&mut recorded[0]);
    Names::default().rename(&mut ours);
    assert_eq!(ours, recorded[0]);
}
