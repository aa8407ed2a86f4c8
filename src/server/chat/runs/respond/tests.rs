//! Tests of faulty relays.

mod outages;

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::{
    model::page::AnswerSource,
    server::{
        AppState,
        chat::{
            chat_state::Chat,
            relay::{Relay, RelayEvent, RelayStream},
            turns::prompt::Prompt,
        },
        router::router,
    },
    tests::{Engine, TestApp},
};

/// A relay that emits its texts, then panics or falls silent.
struct Faulty {
    texts: Vec<String>,
    panics: bool,
}

impl Relay for Faulty {
    fn answer(&self, _: Prompt) -> RelayStream {
        let panics = self.panics;
        let texts = stream::iter(self.texts.clone()).map(|text| Ok(RelayEvent::Text(text)));
        let end = stream::once(async move {
            assert!(!panics, "as it was told");
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(RelayEvent::Text("too late".to_owned()))
        });
        texts.chain(end).boxed()
    }
}

/// Answers a question with a faulty relay. Returns the events and the items stored afterwards.
async fn answer(texts: &[&str], panics: bool) -> (Vec<Value>, Value) {
    let mut app = TestApp::new(Engine::Sqlite).await;
    let alice = app.sign_up("Alice").await;
    let relay = Arc::new(Faulty { texts: texts.iter().map(|text| (*text).to_owned()).collect(), panics });
    let AppState { db, clock, config, .. } = app.state.clone();
    let chat = Chat::with_relay(db, clock, &config, relay, AnswerSource::Model).unwrap();
    app.router = router(AppState { chat, ..app.state.clone() });
    let input = json!({ "content": [], "attachments": [], "inference_options": {} });
    let ask = json!({ "type": "threads.create", "params": { "input": input } });
    let body = app.send(alice.chatkit(&ask)).await.text();
    let frames = body.split_terminator("\n\n").map(|frame| frame.strip_prefix("data: ").unwrap());
    let events: Vec<Value> = frames.map(|frame| serde_json::from_str(frame).unwrap()).collect();
    let ask = json!({ "type": "threads.get_by_id", "params": { "thread_id": events[0]["thread"]["id"] } });
    (events, app.send(alice.chatkit(&ask)).await.json()["items"]["data"].clone())
}

#[tokio::test]
async fn a_relay_that_panics_leaves_what_it_said() {
    let (events, stored) = answer(&["half ", "way"], true).await;
    assert_eq!(events.last().unwrap()["type"], "error");
    assert_eq!(
        (&stored[1]["content"][0]["text"], &stored[1]["colloquy"]),
        (&json!("half way"), &json!({ "interrupted": true }))
    );
    let (events, stored) = answer(&[], true).await;
    assert_eq!((events.len(), &events[3]["type"], stored.as_array().unwrap().len()), (4, &json!("error"), 1));
}

#[tokio::test]
async fn an_answer_is_cut_off_at_a_mebibyte() {
    let piece = "x".repeat(300_000);
    let (events, stored) = answer(&[piece.as_str(); 5], false).await;
    assert!(events.last().unwrap()["message"].as_str().unwrap().contains("too long"));
    assert_eq!(stored[1]["content"][0]["text"].as_str().unwrap().len(), 1_200_000);
}

#[tokio::test]
async fn characters_that_cannot_be_stored_are_left_out() {
    let (_, stored) = answer(&["a\0b"], true).await;
    assert_eq!(stored[1]["content"][0]["text"], "ab");
}
