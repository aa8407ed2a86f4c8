//! Round trip of everything recorded from the official Python server: it is parsed, and serialized identically.

use std::{fs, path::Path};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::model::{
    Timestamp,
    chatkit::{Attachment, ChatKitRequest, ItemUpdate, Page, Thread, ThreadItem, ThreadStreamEvent},
};

/// Reads every recording: its name and its text.
fn recordings() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/recordings/chatkit");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap().replace('\r', ""))).collect()
}

/// Writes all timestamps in our format.
fn normalise(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(normalise),
        Value::Object(fields) => {
            fields.values_mut().for_each(normalise);
            if let Some(moment) = fields.get_mut("created_at") {
                *moment = json!(Timestamp::parse(moment.as_str().unwrap()).unwrap());
            }
        }
        _ => {}
    }
}

/// True if a kind that this version should know was parsed as unknown.
fn is_unknown(value: &impl std::fmt::Debug) -> bool {
    format!("{value:?}").contains("Unknown")
}

#[track_caller]
fn check<T: Serialize + DeserializeOwned + std::fmt::Debug>(name: &str, wire: &str) -> T {
    let value: T = serde_json::from_str(wire).unwrap_or_else(|err| panic!("{name}: {err}: {wire}"));
    assert!(!is_unknown(&value), "{name}: {wire}");
    let mut expected: Value = serde_json::from_str(wire).unwrap();
    normalise(&mut expected);
    assert_eq!(serde_json::to_value(&value).unwrap(), expected, "{name}");
    value
}

#[test]
fn recorded_events_are_written_as_they_were_read() {
    let mut kinds = std::collections::BTreeSet::new();
    for (name, text) in recordings() {
        for wire in text.lines().filter_map(|line| line.strip_prefix("data: ")) {
            let event = check::<ThreadStreamEvent>(&name, wire);
            let wire = serde_json::to_value(&event).unwrap();
            for kind in [&wire["type"], &wire["update"]["type"], &wire["item"]["type"]] {
                kinds.extend(kind.as_str().map(str::to_owned));
            }
        }
    }
    // 12 events, 9 of the 10 updates and 10 of the 11 kinds of items: the Python SDK sends no others.
    assert_eq!(kinds.len(), 12 + 9 + 10, "{kinds:?}");
}

#[test]
fn recorded_objects_are_written_as_they_were_read() {
    let mut n_objects = 0;
    for (name, text) in recordings() {
        let Some(request) = text.lines().find_map(|line| line.strip_prefix("# > {")) else { continue };
        let Ok(request) = serde_json::from_str::<Value>(&format!("{{{request}")) else { continue };
        let Some(body) = text.lines().find(|line| line.starts_with('{') && *line != "{}") else { continue };
        n_objects += 1;
        match request["type"].as_str().unwrap() {
            "threads.get_by_id" | "threads.update" => _ = check::<Thread>(&name, body),
            "threads.list" => _ = check::<Page<Thread>>(&name, body),
            "items.list" => _ = check::<Page<ThreadItem>>(&name, body),
            "attachments.create" => _ = check::<Attachment>(&name, body),
            "threads.sync_custom_action" => {
                let item = serde_json::from_str::<Value>(body).unwrap()["updated_item"].to_string();
                check::<ThreadItem>(&name, &item);
            }
            "input.transcribe" => {}
            kind => panic!("{name}: nobody expects an object from {kind}"),
        }
    }
    assert!(n_objects > 15, "{n_objects}");
}

#[test]
fn recorded_requests_are_read_except_the_malformed_ones() {
    for (name, text) in recordings() {
        let requests = text.lines().filter_map(|line| line.strip_prefix("# > ")).filter(|line| line.starts_with('{'));
        for request in requests {
            let is_malformed = ["41-", "42-", "43-", "45-"].iter().any(|number| name.contains(&format!("/{number}")));
            assert_eq!(ChatKitRequest::parse(request.as_bytes()).is_err(), is_malformed, "{name}: {request}");
        }
    }
}

#[test]
fn recorded_updates_fold_to_the_items_that_are_done() {
    let mut n_folded = 0;
    for (name, text) in recordings() {
        // The workflow of recording 19 ends with tasks that no update contained.
        if name.contains("/19-") {
            continue;
        }
        let mut open: Vec<ThreadItem> = Vec::new();
        for wire in text.lines().filter_map(|line| line.strip_prefix("data: ")) {
            match serde_json::from_str(wire).unwrap() {
                ThreadStreamEvent::ItemAdded { item } => open.push(item),
                ThreadStreamEvent::ItemUpdated { item_id, update } => {
                    assert_ne!(update, ItemUpdate::Unknown);
                    if let Some(item) = open.iter_mut().find(|item| item.id() == item_id) {
                        assert!(item.apply(update), "{name}: {wire}");
                    }
                }
                ThreadStreamEvent::ItemDone { item } => {
                    let Some(at) = open.iter().position(|it| it.id() == item.id()) else { continue };
                    let mut folded = open.remove(at);
                    folded.set_created_at(item.created_at());
                    // The last image comes with the end of its item.
                    if item.kind() != "generated_image" {
                        assert_eq!(folded, item, "{name}");
                        n_folded += 1;
                    }
                }
                _ => {}
            }
        }
    }
    assert!(n_folded > 15, "{n_folded}");
}
