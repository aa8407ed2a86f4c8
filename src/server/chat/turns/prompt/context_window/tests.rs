use serde_json::{Map, Value, json};

use super::*;
use crate::model::{
    Timestamp,
    chatkit::{AssistantContent, AssistantMessage, HiddenContext, OutputText, ToolCallStatus, UserContent},
};

fn asked(text: &str, quoted_text: Option<&str>) -> ThreadItem {
    ThreadItem::UserMessage(UserMessage {
        id: "msg_1".into(),
        thread_id: "thr_1".into(),
        created_at: Timestamp::from_millis(0),
        content: vec![UserContent::InputText { text: text.into() }],
        attachments: vec![],
        quoted_text: quoted_text.map(str::to_owned),
        inference_options: InferenceOptions::default(),
        extra: Map::new(),
    })
}

fn answered(text: &str) -> ThreadItem {
    ThreadItem::AssistantMessage(AssistantMessage {
        id: "msg_2".into(),
        thread_id: "thr_1".into(),
        created_at: Timestamp::from_millis(0),
        content: vec![AssistantContent::OutputText(OutputText { annotations: vec![], text: text.into() })],
        colloquy: None,
        extra: Map::new(),
    })
}

fn marker() -> ThreadItem {
    ThreadItem::SdkHiddenContext(HiddenContext {
        id: "shcx_1".into(),
        thread_id: "thr_1".into(),
        created_at: Timestamp::from_millis(0),
        content: "stop".into(),
    })
}

/// Fits items, ordered from the oldest. Returns the texts, each with the initial of its role.
fn fit(system_prompt: Option<&str>, context_tokens: usize, items: &[ThreadItem]) -> Vec<String> {
    let mut fitting = ContextWindow::new(system_prompt, context_tokens);
    _ = items.iter().rev().all(|item| fitting.add(item));
    let prompt = fitting.finish();
    prompt.messages.iter().map(|it| format!("{}:{}", &it.role.as_str()[..1], it.text)).collect()
}

#[test]
fn the_newest_items_that_fit_are_sent_and_the_first_is_the_users() {
    let items = [asked("1234", None), answered("5678"), asked("abcd", None), answered("efgh"), asked("last", None)];
    let check = |context_tokens, expected: &[&str]| assert_eq!(fit(None, context_tokens, &items), expected);
    check(25, &["u:1234", "a:5678", "u:abcd", "a:efgh", "u:last"]);
    check(24, &["u:abcd", "a:efgh", "u:last"]);
    check(15, &["u:abcd", "a:efgh", "u:last"]);
    check(14, &["u:last"]);
    check(5, &["u:last"]);
}

#[test]
fn a_question_that_is_too_long_alone_is_cut_from_its_front() {
    assert_eq!(fit(None, 6, &[answered("x"), asked("0123456789", None)]), ["u:23456789"]);
    assert_eq!(fit(None, 6, &[asked("éééééé", None)]), ["u:éééé"]);
    assert_eq!(fit(None, 5, &[asked("x€€", None)]), ["u:€"]);
    assert_eq!(fit(None, 6, &[asked("0123456789", None), marker()]), ["u:23456789"]);
}

#[test]
fn the_system_prompt_goes_first_and_counts() {
    let items = [asked("1234", None), answered("5678"), asked("last", None)];
    assert_eq!(fit(Some("sys."), 20, &items), ["s:sys.", "u:1234", "a:5678", "u:last"]);
    assert_eq!(fit(Some("sys."), 19, &items), ["s:sys.", "u:last"]);
    assert_eq!(fit(Some(&"s".repeat(400)), 40, &items)[1..], ["u:last"]);
}

#[test]
fn quotes_are_put_before_the_last_message_only() {
    let items = [asked("one", Some("old")), answered("two"), asked("three", Some("new"))];
    assert_eq!(
        fit(None, 1000, &items),
        ["u:one", "a:two", "u:The user is referring to this in particular:\nnew\n\nthree"]
    );
}

#[test]
fn hidden_context_is_a_user_message_in_tags_and_never_comes_first() {
    let sent = fit(None, 1000, &[asked("one", None), answered("tw"), marker(), asked("three", None)]);
    assert_eq!(
        sent[2],
        "u:Hidden context for the agent (not shown to the user):\n<HiddenContext>\nstop\n</HiddenContext>"
    );
    assert_eq!(fit(None, 1000, &[marker(), asked("one", None)]), ["u:one"]);
}

#[test]
fn files_are_named_and_pictures_count() {
    let attachment = |name: &str, kind| Attachment {
        id: format!("atc_{name}"),
        name: name.into(),
        mime_type: "a/b".into(),
        upload_descriptor: None,
        thread_id: None,
        kind,
        preview_url: None,
        colloquy: None,
    };
    let ThreadItem::UserMessage(message) = asked("Look", None) else { unreachable!() };
    let attachments = vec![attachment("x", AttachmentKind::File), attachment("y", AttachmentKind::Image)];
    let item = ThreadItem::UserMessage(UserMessage { attachments, ..message });
    let check = |context_tokens, n_pictures| {
        let mut fitting = ContextWindow::new(None, context_tokens);
        assert!(fitting.add(&item));
        let prompt = fitting.finish();
        assert_eq!(prompt.question(), "Look\n[Attached file: x (a/b)]\n[Attached file: y (a/b)]");
        assert_eq!(prompt.messages[0].pictures.len(), n_pictures, "{context_tokens}");
    };
    check(32_000, 1);
    check(900, 1);
    check(256, 0);
}

#[test]
fn an_empty_conversation_is_an_empty_prompt() {
    assert!(fit(None, 1000, &[]).is_empty());
    assert_eq!(Prompt::default().question(), "");
}

/// Creates a call of the tool `t`, completed if an output is given. `then` lists the calls queued behind it.
fn called(call_id: &str, output: Option<Value>, then: &[&str]) -> ThreadItem {
    let then = then.iter().map(|id| json!({ "call_id": id, "name": "t", "arguments": {} })).collect::<Vec<_>>();
    let marks = (!then.is_empty()).then(|| ("colloquy".to_owned(), json!({ "then": then })));
    ThreadItem::ClientToolCall(ClientToolCall {
        id: format!("tc_{call_id}"),
        thread_id: "thr_1".into(),
        created_at: Timestamp::from_millis(0),
        status: if output.is_some() { ToolCallStatus::Completed } else { ToolCallStatus::Pending },
        call_id: call_id.into(),
        name: "t".into(),
        arguments: Map::new(),
        output,
        extra: marks.into_iter().collect(),
    })
}

/// Fits items as [`fit`] does, and renders calls as `id=output`.
fn fit_calls(context_tokens: usize, items: &[ThreadItem]) -> Vec<String> {
    let mut fitting = ContextWindow::new(None, context_tokens);
    _ = items.iter().rev().all(|item| fitting.add(item));
    let said = |Message { role, text, calls, .. }: Message| {
        let calls = calls.iter().map(|it| format!(" {}={}", it.call.call_id, it.output));
        format!("{}:{text}{}", &role.as_str()[..1], calls.collect::<String>())
    };
    fitting.finish().messages.into_iter().map(said).collect()
}

#[test]
fn a_call_goes_with_its_output_and_with_what_was_said_before_it() {
    let output = Some(json!({ "n": 1 }));
    let items = [asked("go", None), answered("look"), called("a", output, &[]), answered("seen")];
    assert_eq!(fit_calls(1000, &items), ["u:go", "a:look a={\"n\":1}", "a:seen"]);
    let silent = [asked("go", None), called("a", Some(json!("text")), &[]), called("b", Some(Value::Null), &[])];
    assert_eq!(fit_calls(1000, &silent), ["u:go", "a: a=text", "a: b=null"]);
}

#[test]
fn calls_that_were_made_together_are_one_message_as_far_as_they_were_answered() {
    let one = || Some(json!(1));
    let together =
        [asked("go", None), called("a", one(), &["b", "c"]), called("b", one(), &["c"]), called("c", one(), &[])];
    assert_eq!(fit_calls(1000, &together), ["u:go", "a: a=1 b=1 c=1"]);
    assert_eq!(fit_calls(1000, &together[..3]), ["u:go", "a: a=1 b=1"]);
    let left = [asked("go", None), called("a", one(), &["b"]), called("b", None, &[]), asked("never mind", None)];
    assert_eq!(fit_calls(1000, &left), ["u:go", "a: a=1", "u:never mind"]);
}

#[test]
fn calls_wait_for_the_newest_item_only() {
    let waiting = |items: &[ThreadItem]| {
        let mut fitting = ContextWindow::new(None, 1000);
        _ = items.iter().rev().all(|item| fitting.add(item));
        fitting.finish().waiting.into_iter().map(|call| call.call_id).collect::<Vec<_>>()
    };
    let items = [asked("go", None), called("a", Some(json!(1)), &["b", "c"]), marker(), asked("never mind", None)];
    assert_eq!(waiting(&items[..2]), ["b", "c"]);
    assert_eq!(waiting(&items[..3]), ["b", "c"]);
    assert!(waiting(&items).is_empty());
}

#[test]
fn an_output_that_is_too_long_is_cut_and_leaves_the_question_its_place() {
    let items = [asked("question", None), called("a", Some(json!("x".repeat(4000))), &[])];
    let sent = fit_calls(200, &items);
    assert_eq!((sent.len(), sent[0].as_str()), (2, "u:question"));
    assert!(sent[1].starts_with("a: a=xxx") && sent[1].ends_with(CUT) && sent[1].len() < 400, "{sent:?}");
    // An older pair that does not fit is dropped whole, call and output.
    let old =
        [asked("one", None), called("a", Some(json!("x".repeat(4000))), &[]), answered("two"), asked("three", None)];
    assert_eq!(fit_calls(200, &old), ["u:three"]);
}

#[test]
fn the_question_says_which_model_and_which_tool() {
    let ThreadItem::UserMessage(mut message) = asked("go", None) else { unreachable!() };
    message.inference_options = serde_json::from_value(json!({ "model": "m", "tool_choice": { "id": "t" } })).unwrap();
    let mut fitting = ContextWindow::new(None, 1000);
    assert!(fitting.add(&called("a", Some(json!(1)), &[])) && fitting.add(&ThreadItem::UserMessage(message)));
    let prompt = fitting.finish();
    assert_eq!((prompt.model.as_deref(), prompt.tool.as_deref()), (Some("m"), Some("t")));
    let resumed = prompt.with_cause(Cause::ToolOutput);
    assert_eq!((resumed.model.as_deref(), resumed.tool), (Some("m"), None));
}

#[test]
fn a_note_of_refused_pictures_is_not_sent_and_marks_those_before_it() {
    let ThreadItem::UserMessage(message) = asked("Look", None) else { unreachable!() };
    let shown = |id: &str| {
        let picture = json!({ "type": "image", "id": id, "name": "a.png", "mime_type": "image/png" });
        let attachments = vec![serde_json::from_value(picture).unwrap()];
        ThreadItem::UserMessage(UserMessage { attachments, ..message.clone() })
    };
    let note = |model: &str, ids: &[&str]| {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        RefusedPictures { model: model.to_owned(), ids }.item()
    };
    let items = [shown("a"), note("m", &["a"]), answered("no"), shown("b"), note("n", &["a", "b"]), shown("c")];
    let mut fitting = ContextWindow::new(None, 32_000);
    assert!(items.iter().rev().all(|item| fitting.add(item)));
    let prompt = fitting.finish();
    let refused: Vec<_> =
        prompt.messages.iter().flat_map(|it| &it.pictures).map(|it| it.refused_by.join(" ")).collect();
    assert_eq!((prompt.messages.len(), refused.as_slice()), (4, &["n m", "n", ""].map(str::to_owned)[..]));
}
