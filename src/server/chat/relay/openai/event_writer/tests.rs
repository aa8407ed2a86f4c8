use serde_json::{Value, json};

use super::*;

/// Converts events, each arriving this many milliseconds after the previous one.
fn tell(said: &[(u64, Result<ModelEvent, Failure>)]) -> Vec<Value> {
    let mut telling = EventWriter::default();
    let mut now = Instant::now();
    let mut all = Vec::new();
    let mut has_failed = false;
    for (after_ms, said) in said {
        now += Duration::from_millis(*after_ms);
        all.extend(match said.clone() {
            Ok(said) => telling.take(said, now),
            Err(failure) => {
                has_failed = true;
                telling.fail(failure, now)
            }
        });
    }
    if !has_failed {
        all.extend(telling.end(now));
    }
    all.into_iter().map(wire).collect()
}

fn wire(events: Result<RelayEvent, Failure>) -> Value {
    match events {
        Ok(RelayEvent::Text(text)) => json!(text),
        Ok(RelayEvent::Event(event)) => json!(event),
        other => json!(format!("{other:?}")),
    }
}

fn thought(text: &str) -> Result<ModelEvent, Failure> {
    Ok(ModelEvent::Reasoning(text.to_owned()))
}

fn text(text: &str) -> Result<ModelEvent, Failure> {
    Ok(ModelEvent::Text(text.to_owned()))
}

/// Formats emitted events briefly: texts verbatim, other events by kind.
fn brief(events: &[Value]) -> Vec<String> {
    let brief = |it: &Value| {
        let (update, item) = (&it["update"], &it["item"]);
        let words = [
            it.as_str(),
            it["type"].as_str().map(|kind| kind.trim_start_matches("thread.item.")),
            item["type"].as_str(),
            update["type"].as_str().and_then(|kind| kind.rsplit_once('.')).map(|(_, kind)| kind),
            update["task"]["content"].as_str().or_else(|| update["delta"].as_str()),
            item["workflow"]["tasks"][0]["content"].as_str().or_else(|| item["content"][0]["text"].as_str()),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    events.iter().map(brief).collect()
}

#[test]
fn a_thought_is_a_workflow_that_ends_before_the_text_begins() {
    let events = tell(&[
        (0, thought("\n Hm")),
        (900, thought(", yes")),
        (300, thought(".\n")),
        (50, text("Yes")),
        (0, text("!")),
    ]);
    assert_eq!(
        brief(&events),
        [
            "added workflow",
            "updated added Hm",
            "updated updated Hm, yes",
            "updated updated Hm, yes.\n",
            "updated updated Hm, yes.",
            "done workflow Hm, yes.",
            "Yes",
            "!",
        ]
    );
    let task = json!({ "type": "thought", "status_indicator": "none", "content": "Hm, yes." });
    assert_eq!(
        events[5]["item"]["workflow"],
        json!({ "type": "reasoning", "tasks": [task], "summary": { "duration": 2 }, "expanded": false })
    );
    let ids = [&events[0]["item"]["id"], &events[1]["item_id"], &events[5]["item"]["id"]];
    assert!(ids.iter().all(|id| *id == ids[0]) && ids[0].as_str().unwrap().starts_with("wf_"), "{ids:?}");
    assert_eq!(events[1]["update"]["task_index"], 0);
}

#[test]
fn a_long_thought_is_told_now_and_then() {
    let piece = || (10, thought("0123456789"));
    let events = tell(&std::iter::repeat_with(piece).take(10_000).collect::<Vec<_>>());
    let n_bytes: usize = events.iter().filter_map(|it| it["update"]["task"]["content"].as_str()).map(str::len).sum();
    assert!(n_bytes < 100_000 * 150, "{n_bytes} bytes tell of a thought of 100,000");
    assert_eq!(events.last().unwrap()["item"]["workflow"]["tasks"][0]["content"].as_str().unwrap().len(), 100_000);
    // Updates come at most twice a second, however long the reasoning is.
    let slow = tell(&[(0, thought(&"x".repeat(1000))), (100, thought("y")), (499, thought("y")), (2, text("z"))]);
    assert_eq!(slow.iter().filter(|it| it["update"]["type"] == "workflow.task.updated").count(), 1);
}

#[test]
fn a_model_that_goes_on_thinking_gets_a_workflow_and_a_message_for_each_round() {
    let rounds =
        [(0, thought("a")), (0, text("b")), (0, thought("c")), (0, text("d\0")), (0, text("e")), (0, thought("f"))];
    assert_eq!(
        brief(&tell(&rounds)),
        [
            "added workflow",
            "updated added a",
            "done workflow a",
            "b",
            "added workflow",
            "updated added c",
            "done workflow c",
            "added assistant_message",
            "updated added",
            "updated text_delta d",
            "updated text_delta e",
            "updated done",
            "done assistant_message de",
            "added workflow",
            "updated added f",
            "done workflow f",
        ]
    );
}

#[test]
fn a_failure_ends_the_thought_and_leaves_the_message_to_the_run() {
    let failed = || (0, Err(Failure::Truncated));
    let events = brief(&tell(&[(0, thought("a")), failed()]));
    assert_eq!(events[2..], ["done workflow a", "Err(Truncated)"]);
    let events = brief(&tell(&[(0, text("a")), (0, thought("b")), (0, text("c")), failed()]));
    assert_eq!(events[6..], ["updated text_delta c", "Err(Truncated)"]);
    assert!(tell(&[(0, thought(" \n")), (0, thought("\0"))]).is_empty());
}
