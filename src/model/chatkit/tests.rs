//! Round trips of every kind of the protocol with all of its fields.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::*;

/// A value is written byte for byte as it was read, from text and from parsed JSON.
#[track_caller]
fn check<T: DeserializeOwned + Serialize>(wire: &str) {
    let read: T = serde_json::from_str(wire).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), wire);
    let value: Value = serde_json::from_str(wire).unwrap();
    let read: T = serde_json::from_value(value).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), wire);
}

/// Checks an item with the shared fields and an unknown field.
#[track_caller]
fn check_item(kind: &str, fields: &str) {
    let shared = r#""id":"x","thread_id":"t","created_at":"2026-11-23T00:03:18.787Z""#;
    check::<ThreadItem>(&format!(r#"{{"type":"{kind}",{shared}{fields},"zebra":[null,1.5]}}"#));
}

#[track_caller]
fn check_words<T: DeserializeOwned + Serialize>(words: &[&str]) {
    for word in words {
        check::<T>(&format!(r#""{word}""#));
    }
    let err = serde_json::from_str::<T>(r#""superb""#).err().unwrap().to_string();
    assert!(err.starts_with("unknown variant `superb`, expected "), "{err}");
    assert!(words.iter().all(|word| err.contains(&format!("`{word}`"))), "{err}");
}

const SOURCES: [&str; 4] = [
    r#"{"type":"url","title":"a","description":"b","timestamp":"c","group":"d","url":"e","attribution":"f","zebra":1}"#,
    r#"{"type":"file","title":"a","description":"b","timestamp":"c","group":"d","filename":"e","zebra":null}"#,
    r#"{"type":"entity","title":"a","description":"b","timestamp":"c","group":"d","id":"e","icon":"f","label":"g","inline_label":"h","interactive":true,"data":{"none":null},"zebra":{}}"#,
    r#"{"title":"a","type":"hearsay"}"#,
];

#[test]
fn every_item_comes_out_as_it_went_in() {
    let attachment = r#"{"id":"atc","name":"n","mime_type":"m","upload_descriptor":{"url":"u","method":"PUT","headers":{"a":"b"}},"thread_id":"t","type":"image","preview_url":"p","colloquy":{"size":3,"url":"u"}}"#;
    let tag = r#"{"type":"input_tag","id":"i","text":"t","data":{"a":null},"group":"g","interactive":true}"#;
    let options = r#"{"tool_choice":{"id":"search"},"model":"m"}"#;
    check_item(
        "user_message",
        &format!(
            r#","content":[{{"type":"input_text","text":"a"}},{tag}],"attachments":[{attachment}],"quoted_text":"q","inference_options":{options}"#
        ),
    );
    let marks = r#"{"interrupted":true,"stopped":true,"versions":2,"version":1,"feedback":"positive"}"#;
    let annotations = SOURCES.map(|source| format!(r#"{{"type":"annotation","source":{source},"index":7}}"#)).join(",");
    let text = format!(r#"{{"type":"output_text","annotations":[{annotations}],"text":"a"}}"#);
    check_item("assistant_message", &format!(r#","content":[{text}],"colloquy":{marks}"#));
    check_item(
        "client_tool_call",
        r#","status":"completed","call_id":"c","name":"n","arguments":{"a":null},"output":[null]"#,
    );
    check_item("widget", r#","widget":{"children":[null],"type":"Card"},"copy_text":"c""#);
    check_item("generated_image", r#","image":{"id":"i","url":"data:,"}"#);
    let answer = r#"{"values":["a"],"skipped":true}"#;
    let choice = format!(
        r#"{{"type":"multiple_choice","id":"i","question":"q","options":[{{"value":"a"}}],"multiple":true,"answer":{answer}}}"#
    );
    let freeform = format!(r#"{{"type":"freeform","id":"i","question":"q","description":"d","answer":{answer}}}"#);
    let inputs = format!(r#"{choice},{freeform},{{"type":"slider"}}"#);
    check_item("structured_input", &format!(r#","status":"skipped","inputs":[{inputs}]"#));
    check_item("end_of_turn", "");
    check::<ThreadItem>(
        r#"{"id":"x","thread_id":"t","created_at":"2026-11-23T00:03:18.787Z","type":"hologram","zebra":[null,1.5]}"#,
    );
    for kind in ["hidden_context_item", "sdk_hidden_context"] {
        let shared = r#""id":"x","thread_id":"t","created_at":"2026-11-23T00:03:18.787Z""#;
        check::<ThreadItem>(&format!(r#"{{"type":"{kind}",{shared},"content":{{"a":null}}}}"#));
    }
}

#[test]
fn every_step_comes_out_as_it_went_in() {
    let sources = SOURCES.join(",");
    let task = |kind: &str, fields: &str| {
        let task = format!(r#"{{"type":"{kind}","status_indicator":"loading","title":"t"{fields},"zebra":null}}"#);
        check_item("task", &format!(r#","task":{task}"#));
        for summary in [r#"{"duration":3}"#, r#"{"title":"t","icon":"i"}"#] {
            let workflow =
                format!(r#"{{"type":"custom","tasks":[{task}],"summary":{summary},"expanded":true,"zebra":null}}"#);
            check_item("workflow", &format!(r#","workflow":{workflow}"#));
        }
    };
    task("custom", r#","icon":"i","content":"c""#);
    task("web_search", &format!(r#","title_query":"q","queries":["a"],"sources":[{sources}]"#));
    task("thought", r#","content":"c""#);
    task("file", &format!(r#","sources":[{sources}]"#));
    task("image", "");
    check::<Task>(r#"{"steps":[1],"type":"dance"}"#);
}

#[test]
fn every_event_comes_out_as_it_went_in() {
    let item = r#"{"type":"end_of_turn","id":"x","thread_id":"t","created_at":"2026-11-23T00:03:18.787Z"}"#;
    let status = r#"{"type":"locked","reason":"r"}"#;
    let page = format!(r#"{{"data":[{item}],"has_more":true,"after":"x"}}"#);
    let thread = format!(
        r#"{{"title":"t","id":"thr","created_at":"2026-11-23T00:03:18.787Z","status":{status},"metadata":{{"a":null}},"allowed_image_domains":["a"],"items":{page}}}"#
    );
    let error = r#"{"type":"error","code":"c","message":"m","allow_retry":true}"#;
    for event in [
        format!(r#"{{"type":"thread.created","thread":{thread}}}"#),
        format!(r#"{{"type":"thread.updated","thread":{thread}}}"#),
        format!(r#"{{"type":"thread.item.added","item":{item}}}"#),
        format!(r#"{{"type":"thread.item.done","item":{item}}}"#),
        format!(r#"{{"type":"thread.item.replaced","item":{item}}}"#),
        r#"{"type":"thread.item.removed","item_id":"x"}"#.to_owned(),
        r#"{"type":"stream_options","stream_options":{"allow_cancel":true}}"#.to_owned(),
        r#"{"type":"progress_update","icon":"i","text":"t"}"#.to_owned(),
        r#"{"type":"client_effect","name":"n","data":{"a":null}}"#.to_owned(),
        r#"{"type":"notice","level":"danger","message":"m","title":"t"}"#.to_owned(),
        error.to_owned(),
    ] {
        check::<ThreadStreamEvent>(&event);
    }
    for event in [
        r#"{"type":"colloquy.reset"}"#.to_owned(),
        format!(r#"{{"type":"thread.created","thread":{thread}}}"#),
        format!(r#"{{"type":"thread.updated","thread":{thread}}}"#),
        r#"{"type":"colloquy.thread.deleted","thread_id":"t"}"#.to_owned(),
        r#"{"type":"colloquy.items.changed","thread_id":"t"}"#.to_owned(),
        r#"{"type":"colloquy.run.began","thread_id":"t","run_id":"r"}"#.to_owned(),
        r#"{"type":"colloquy.run.ended","thread_id":"t","run_id":"r"}"#.to_owned(),
        error.to_owned(),
    ] {
        check::<FeedEvent>(&event);
    }
    for status in [r#"{"type":"active"}"#, r#"{"type":"closed","reason":"r"}"#] {
        check::<ThreadStatus>(status);
    }
    check::<RunRef>(r#"{"id":"r","item_id":"x"}"#);
}

#[test]
fn every_update_comes_out_as_it_went_in() {
    let content = r#""content":{"type":"output_text","annotations":[],"text":"a"}"#;
    let annotation = format!(r#"{{"type":"annotation","source":{}}}"#, SOURCES[0]);
    let task = r#"{"type":"thought","status_indicator":"none","content":"c"}"#;
    for (kind, fields) in [
        ("assistant_message.content_part.added", format!(r#""content_index":1,{content}"#)),
        ("assistant_message.content_part.text_delta", r#""content_index":1,"delta":"hé""#.to_owned()),
        (
            "assistant_message.content_part.annotation_added",
            format!(r#""content_index":1,"annotation_index":2,"annotation":{annotation}"#),
        ),
        ("assistant_message.content_part.done", format!(r#""content_index":1,{content}"#)),
        ("widget.streaming_text.value_delta", r#""component_id":"c","delta":"d","done":true"#.to_owned()),
        ("widget.root.updated", r#""widget":{"a":null}"#.to_owned()),
        ("widget.component.updated", r#""component_id":"c","component":null"#.to_owned()),
        ("workflow.task.added", format!(r#""task_index":1,"task":{task}"#)),
        ("workflow.task.updated", format!(r#""task_index":1,"task":{task}"#)),
        ("generated_image.updated", r#""image":{"id":"i","url":"u"},"progress":0.25"#.to_owned()),
    ] {
        check::<ItemUpdate>(&format!(r#"{{"type":"{kind}",{fields}}}"#));
    }
}

#[test]
fn every_word_comes_out_as_it_went_in() {
    check_words::<FeedbackKind>(&["positive", "negative"]);
    check_words::<NoticeLevel>(&["info", "warning", "danger"]);
    check_words::<ToolCallStatus>(&["pending", "completed"]);
    check_words::<StructuredInputStatus>(&["pending", "answered", "skipped"]);
    check_words::<WorkflowKind>(&["custom", "reasoning"]);
    check_words::<StatusIndicator>(&["none", "loading", "complete"]);
    check_words::<AttachmentKind>(&["file", "image"]);
}

#[test]
fn whoever_sends_something_else_is_told_what_was_expected() {
    fn check<T: DeserializeOwned>(wire: &Value, expected: &str) {
        let err = serde_json::from_value::<T>(wire.clone()).err().unwrap();
        assert_eq!(err.to_string(), expected, "{wire}");
    }
    check::<UserContent>(&json!({ "type": "input_text" }), "missing field `text`");
    check::<UserContent>(&json!({ "text": "a" }), "missing field `type`");
    check::<UserContent>(
        &json!({ "type": "input_song" }),
        "unknown variant `input_song`, expected `input_text` or `input_tag`",
    );
    check::<UserContent>(&json!({ "type": "input_text", "text": 7 }), "invalid type: integer `7`, expected a string");
    check::<UserContent>(
        &json!({ "type": "input_tag", "id": "a", "text": "b", "interactive": "no" }),
        "invalid type: string \"no\", expected a boolean",
    );
    check::<UserContent>(
        &json!(["input_text"]),
        "invalid length 0, expected struct variant UserContent::InputText with 1 element",
    );
    check::<InferenceOptions>(&json!(7), "invalid type: integer `7`, expected struct InferenceOptions");
    check::<InferenceOptions>(&json!({ "tool_choice": {} }), "missing field `id`");
    check::<Page<ThreadItem>>(&json!({ "data": null }), "invalid type: null, expected a sequence");
    check::<AttachmentMarks>(&json!({ "size": -1 }), "invalid value: integer `-1`, expected u64");
}
