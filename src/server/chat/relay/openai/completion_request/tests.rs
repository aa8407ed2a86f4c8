use serde_json::json;

use super::*;
use crate::server::chat::turns::{
    prompt::{Message, Picture},
    tool_calls::Call,
};

fn said(role: Role, text: &str) -> Message {
    Message::new(role, text)
}

fn called(text: &str, call_id: &str, carry: Value, extra: Value) -> Message {
    let map = |value: Value| value.as_object().cloned().unwrap_or_default();
    let call = Call {
        call_id: call_id.to_owned(),
        name: "t".to_owned(),
        arguments: Map::new(),
        extra: map(extra),
        carry: map(carry),
    };
    Message { calls: vec![AnsweredCall { call, output: "out".to_owned() }], ..said(Role::Assistant, text) }
}

fn picture(id: &str, refused_by: &[&str]) -> Picture {
    let refused_by = refused_by.iter().map(|it| (*it).to_owned()).collect();
    Picture { id: id.to_owned(), data_url: Some(format!("data:{id}")), refused_by }
}

fn sent(messages: Vec<Message>, shape: &RequestShape) -> Value {
    let prompt = Prompt { messages, ..Prompt::default() };
    body("m", &prompt, &[], shape)["messages"].take()
}

/// Formats the messages sent as `u:text`, with `t` for an output.
fn written(messages: Vec<Message>, shape: &RequestShape) -> Vec<String> {
    let sent = sent(messages, shape);
    let write = |message: &Value| {
        let text = message["content"].as_str().map_or_else(|| message["content"].to_string(), str::to_owned);
        let call = if message["tool_calls"].is_array() { "!" } else { "" };
        format!("{}:{text}{call}", &message["role"].as_str().unwrap()[..1])
    };
    sent.as_array().unwrap().iter().map(write).collect()
}

#[test]
fn neighbours_of_one_role_are_one_message() {
    let (user, assistant) = (Role::User, Role::Assistant);
    let check = |messages: &[(Role, &str)], expected: &[&str]| {
        let messages = messages.iter().map(|(role, text)| said(*role, text)).collect();
        assert_eq!(written(messages, &RequestShape::default()), expected);
    };
    check(&[(Role::System, "sys"), (user, "one"), (user, "two")], &["s:sys", "u:one\n\ntwo"]);
    check(
        &[(user, "one"), (assistant, "half"), (user, "<hidden>"), (user, "two")],
        &["u:one", "a:half", "u:<hidden>\n\ntwo"],
    );
    check(&[(user, "one"), (assistant, "a"), (assistant, "b"), (user, "two")], &["u:one", "a:a\n\nb", "u:two"]);
    check(&[(user, ""), (user, "two"), (user, "")], &["u:two"]);
    check(&[(user, "")], &["u:"]);
    check(
        &[(user, "one"), (assistant, "a"), (user, " \n"), (assistant, "b"), (user, "two")],
        &["u:one", "a:a\n\nb", "u:two"],
    );
    check(&[(user, "one"), (assistant, " "), (user, "two")], &["u:one\n\ntwo"]);
    check(&[(user, " "), (user, "")], &["u:"]);
    check(&[(Role::System, " "), (user, "one"), (assistant, "a"), (user, "")], &["u:one", "a:a", "u:"]);
    check(&[(Role::System, "s"), (Role::System, "t"), (user, "one")], &["s:s\n\nt", "u:one"]);
    check(&[], &[]);
}

#[test]
fn roles_alternate_whatever_was_said() {
    let kinds: [fn() -> Message; 4] = [
        || said(Role::User, "u"),
        || said(Role::Assistant, "a"),
        || called("", "1", json!({}), json!({})),
        || called("say", "2", json!({}), json!({})),
    ];
    for n in 0..4_usize.pow(5) {
        let messages: Vec<Message> = [said(Role::System, "s"), said(Role::User, "q")]
            .into_iter()
            .chain((0..5).map(|at| kinds[n / 4_usize.pow(at) % 4]()))
            .collect();
        let usual = written(messages.clone(), &RequestShape::default());
        let roles: Vec<char> = usual.iter().map(|it| it.chars().next().unwrap()).collect();
        for pair in roles.windows(2) {
            assert!(pair[0] != pair[1], "{usual:?}");
        }
        let plain = written(messages, &RequestShape { is_plain: true, ..RequestShape::default() });
        let roles: Vec<char> = plain.iter().map(|it| it.chars().next().unwrap()).collect();
        assert!(roles.iter().enumerate().all(|(at, role)| *role == if at % 2 == 0 { 'u' } else { 'a' }), "{plain:?}");
    }
}

#[test]
fn calls_join_what_was_said_before_them_and_stay_apart_from_each_other() {
    let none = || json!({});
    let messages = vec![
        said(Role::User, "go"),
        said(Role::Assistant, "look"),
        called("here", "1", none(), none()),
        called("", "2", none(), none()),
        said(Role::Assistant, "seen"),
    ];
    assert_eq!(
        written(messages, &RequestShape::default()),
        ["u:go", "a:look\n\nhere!", "t:out", "a:null!", "t:out", "a:seen"]
    );
}

#[test]
fn strict_templates_get_users_and_assistants_alone() {
    let messages = vec![
        said(Role::System, "sys"),
        said(Role::User, "go"),
        called("look", "1", json!({}), json!({})),
        said(Role::User, "never mind"),
    ];
    let plain = RequestShape { is_plain: true, ..RequestShape::default() };
    assert_eq!(
        written(messages, &plain),
        ["u:sys\n\ngo", "a:look\n\n(I called the tool `t` with {}.)", "u:(The tool `t` returned: out)\n\nnever mind",]
    );
}

#[test]
fn pictures_that_a_model_refused_are_left_out() {
    let shown = |shape: &RequestShape| {
        let first = Message { pictures: vec![picture("a", &["m"]), picture("b", &["n"])], ..said(Role::User, "") };
        sent(vec![first, Message { pictures: vec![picture("c", &[])], ..said(Role::User, "two") }], shape)[0]["content"]
            .take()
    };
    let image = |id: &str| json!({ "type": "image_url", "image_url": { "url": format!("data:{id}") } });
    assert_eq!(shown(&RequestShape::default()), json!([{ "type": "text", "text": "two" }, image("b"), image("c")]));
    assert_eq!(shown(&RequestShape { shows_pictures: false, ..RequestShape::default() }), "two");
}

#[test]
fn what_providers_want_back_goes_back_to_the_model_that_wants_it() {
    let extra = json!({ "extra_content": { "google": { "thought_signature": "s" } }, "id": "evil" });
    let messages = |from: &str| {
        let carry = json!({ "model": from, "reasoning_content": "Hm" });
        vec![said(Role::User, "go"), called("", "1", carry, extra.clone()), said(Role::Assistant, "done")]
    };
    let check = |from: &str, thoughts: ReasoningPolicy, expected: (Value, Value, Value)| {
        let sent = sent(messages(from), &RequestShape { thoughts, ..RequestShape::default() });
        let calling = &sent[1];
        let signature = &calling["tool_calls"][0]["extra_content"]["google"]["thought_signature"];
        assert_eq!(calling["tool_calls"][0]["id"], "1");
        assert_eq!((calling.get("model"), calling["tool_calls"][0].get("carry")), (None, None));
        let found = (calling["reasoning_content"].clone(), signature.clone(), sent[3]["reasoning_content"].clone());
        assert_eq!(found, expected, "{from} {thoughts:?}");
    };
    check("m", ReasoningPolicy::WithCalls, (json!("Hm"), json!("s"), Value::Null));
    check("n", ReasoningPolicy::WithCalls, (Value::Null, json!("s"), Value::Null));
    check("m", ReasoningPolicy::Everywhere, (json!("Hm"), json!("s"), json!("")));
    check("n", ReasoningPolicy::Everywhere, (json!(""), json!("s"), json!("")));
    check("m", ReasoningPolicy::Never, (Value::Null, Value::Null, Value::Null));
}

#[test]
fn the_newer_half_of_a_conversation_begins_with_a_question_and_keeps_the_last_one() {
    let (user, assistant) = (Role::User, Role::Assistant);
    let check = |messages: &[(Role, &str)], expected: Option<&[&str]>| {
        let messages: Vec<Message> = messages.iter().map(|(role, text)| said(*role, text)).collect();
        let prompt = Prompt { messages: messages.clone(), ..Prompt::default() };
        let half = half("m", &prompt, &RequestShape::default());
        let shorter =
            half.map(|half| written(messages, &RequestShape { max_bytes: Some(half), ..RequestShape::default() }));
        assert_eq!(
            shorter.as_deref().map(|it| it.iter().map(String::as_str).collect::<Vec<_>>()),
            expected.map(<[_]>::to_vec)
        );
    };
    let long = "x".repeat(100);
    let last = format!("u:{long}");
    check(&[(Role::System, "s"), (user, "1"), (assistant, "2"), (user, "3")], Some(&["s:s", "u:3"]));
    check(
        &[(user, &long), (assistant, &long), (user, "3"), (assistant, "4"), (user, "5")],
        Some(&["u:3", "a:4", "u:5"]),
    );
    check(&[(user, "1"), (assistant, "2"), (user, &long)], Some(&[&last]));
    check(&[(Role::System, "s"), (user, &long)], None);
    check(&[(user, "1"), (assistant, "2")], None);
    check(&[], None);
    // The conversation is halved repeatedly until only the last question remains.
    let messages: Vec<Message> = (0..9).map(|n| said(if n % 2 == 0 { user } else { assistant }, "12345678")).collect();
    let prompt = Prompt { messages: messages.clone(), ..Prompt::default() };
    let mut shape = RequestShape::default();
    let mut sizes = vec![n_bytes("m", &prompt, &shape)];
    while let Some(max_bytes) = half("m", &prompt, &shape) {
        shape.max_bytes = Some(max_bytes);
        sizes.push(n_bytes("m", &prompt, &shape));
    }
    assert_eq!(sizes, [72, 24, 8]);
}
