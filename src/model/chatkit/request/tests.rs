use super::*;

fn action(item_id: Option<&str>) -> CustomAction {
    let action = Action { kind: "go".into(), payload: Value::Null };
    CustomAction { thread_id: "thr_1".into(), item_id: item_id.map(str::to_owned), action }
}

#[test]
fn what_the_client_writes_the_server_reads() {
    for operation in [
        Operation::ThreadsCreate { input: UserMessageInput::text("Hello") },
        Operation::ThreadsAddUserMessage { thread_id: "thr_1".into(), input: UserMessageInput::text("Hello") },
        Operation::ThreadsGetById { thread_id: "thr_1".into() },
        Operation::ThreadsList {
            page: PageQuery { limit: Some(9999), order: Some(ListOrder::Desc), after: None },
            query: Some("words".into()),
        },
        Operation::ThreadsUpdate { thread_id: "thr_1".into(), title: "Renamed".into() },
        Operation::ThreadsDelete { thread_id: "thr_1".into() },
        Operation::ItemsList {
            thread_id: "thr_1".into(),
            page: PageQuery { limit: Some(2), order: Some(ListOrder::Asc), after: Some("msg_1".into()) },
        },
        Operation::ThreadsAddClientToolOutput { thread_id: "thr_1".into(), result: json!({ "a": null }) },
        Operation::ThreadsAddStructuredInput {
            thread_id: "thr_1".into(),
            item_id: "msg_1".into(),
            input: StructuredReply::default(),
        },
        Operation::ThreadsRetryAfterItem { thread_id: "thr_1".into(), item_id: "msg_1".into() },
        Operation::ThreadsCustomAction(action(Some("msg_1"))),
        Operation::ThreadsSyncCustomAction(action(None)),
        Operation::ItemsFeedback {
            thread_id: "thr_1".into(),
            item_ids: vec!["msg_1".into()],
            kind: FeedbackKind::Negative,
        },
        Operation::AttachmentsCreate(NewAttachment { name: "a".into(), size: 3, mime_type: "text/plain".into() }),
        Operation::AttachmentsDelete { attachment_id: "atc_1".into() },
        Operation::InputTranscribe { audio_base64: "YWJj".into(), mime_type: "audio/mp4".into() },
    ] {
        let request = ChatKitRequest::new(operation);
        let body = serde_json::to_vec(&request).unwrap();
        assert_eq!(ChatKitRequest::parse(&body).unwrap(), request);
    }
}

#[test]
fn a_bad_request_is_told_what_is_wrong() {
    let check = |body: &str, part: &str| {
        let err = ChatKitRequest::parse(body.as_bytes()).unwrap_err().to_string();
        assert!(err.contains(part), "{body}: {err}");
    };
    check("{", "no ChatKit request");
    check("[]", "no ChatKit request");
    check("{}", "missing field `type`");
    check(r#"{"type":"threads.sing"}"#, "unknown request type `threads.sing`");
    check(r#"{"type":"threads.get_by_id","params":{}}"#, "missing field `thread_id`");
    check(r#"{"type":"threads.get_by_id","params":{"thread_id":7}}"#, "invalid type");
    check(
        r#"{"type":"threads.create","params":{"input":{"content":[],"attachments":[]}}}"#,
        "missing field `inference_options`",
    );
    let add = r#"{"type":"threads.add_client_tool_output","params":{"thread_id":"thr_1"}}"#;
    check(add, "the params of `threads.add_client_tool_output` are wrong: missing field `result`");
    check(r#"{"type":"threads.custom_action","params":{"thread_id":"a","action":{}}}"#, "missing field `type`");
    let feedback = r#"{"type":"items.feedback","params":{"thread_id":"a","item_ids":[],"kind":"superb"}}"#;
    check(feedback, "the params of `items.feedback` are wrong: unknown variant `superb`");
    check(r#"{"type":"attachments.create","params":{"name":"a","size":-1,"mime_type":"b"}}"#, "invalid value");
}

#[test]
fn what_is_not_said_has_its_default() {
    let reply = r#"{"thread_id":"a","item_id":"b","input":{"answers":{"prio":{"values":["High"]}}}}"#;
    let body = format!(r#"{{"type":"threads.add_structured_input","params":{reply}}}"#);
    let operation = ChatKitRequest::parse(body.as_bytes()).unwrap().operation;
    let Operation::ThreadsAddStructuredInput { input, .. } = operation else { panic!("{operation:?}") };
    assert_eq!(
        serde_json::to_value(input).unwrap(),
        json!({ "status": "answered", "answers": { "prio": { "values": ["High"], "skipped": false } } })
    );
    let body =
        r#"{"type":"threads.custom_action","params":{"thread_id":"thr_1","item_id":null,"action":{"type":"go"}}}"#;
    let operation = ChatKitRequest::parse(body.as_bytes()).unwrap().operation;
    assert_eq!(operation, Operation::ThreadsCustomAction(action(None)));
}

#[test]
fn extra_fields_are_ignored_and_params_may_be_empty() {
    let body = br#"{"type":"threads.list","params":{"colour":"red"},"more":1,"metadata":{"a":null}}"#;
    let request = ChatKitRequest::parse(body).unwrap();
    assert_eq!(request.operation, Operation::ThreadsList { page: PageQuery::default(), query: None });
    assert_eq!(request.metadata["a"], Value::Null);
}
