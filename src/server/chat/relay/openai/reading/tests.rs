use super::*;

/// Reads a body in pieces of `n_bytes` as an answer to a request that offers the tools `a` and `b`.
fn said(body: &str, n_bytes: usize) -> Pieces {
    let mut reading = Reading::of("m", ["a".to_owned(), "b".to_owned()].into());
    let mut pieces = Vec::new();
    for chunk in body.as_bytes().chunks(n_bytes) {
        pieces.extend(reading.push(chunk));
        if reading.is_over() {
            break;
        }
    }
    pieces.extend(reading.finish());
    pieces
}

/// Reads a body however it is cut and compares it with what is said: texts, thoughts, calls, an early end and a
/// failure as they are. What is taken back counts as it was first and as it is then.
#[track_caller]
fn check_said(body: &str, expected: &[&str]) {
    for n_bytes in [1, 7, 10_000] {
        let mut all: Vec<String> = Vec::new();
        let mut last = ' ';
        for piece in said(body, n_bytes) {
            let (kind, text) = match piece {
                Ok(Said::Text(text)) => ('t', text),
                Ok(Said::Thought(text)) => ('h', text),
                Ok(Said::Calls(calls)) => ('c', calls.iter().map(|it| format!("{};", it.name)).collect()),
                Ok(Said::WasThought(text)) => ('H', text),
                Ok(Said::WasText(text)) => ('T', text),
                Ok(Said::Ended(end)) => ('e', format!("{end:?}")),
                Ok(Said::Usage(_) | Said::Aside(_)) => continue,
                Err(failure) => ('f', format!("{failure:?}")),
            };
            match all.last_mut() {
                Some(before) if kind == last => before.push_str(&text),
                _ => all.push(text),
            }
            last = kind;
        }
        assert_eq!(all, expected, "{body} by {n_bytes}");
    }
}

/// Writes deltas and the end.
fn deltas(deltas: &[&str], reason: &str) -> String {
    let chunk = |delta: &&str| format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{delta}}}]}}\n\n");
    let end = format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{}},\"finish_reason\":\"{reason}\"}}]}}\n\n");
    deltas.iter().map(chunk).collect::<String>() + &end + "data: [DONE]\n\n"
}

const CALL: &str =
    r#"{"tool_calls":[{"index":0,"id":"1","type":"function","function":{"name":"a","arguments":"{}"}}]}"#;

#[test]
fn thoughts_are_told_apart_however_servers_write_them() {
    let check = |said: &[&str], expected: &[&str]| check_said(&deltas(said, "stop"), expected);
    let thinks = r#"{"role":"assistant","content":null,"reasoning_content":"Hm"}"#;
    check(&[thinks, r#"{"content":"","reasoning_content":"."}"#, r#"{"content":"\n\nYes"}"#], &["Hm.", "Yes"]);
    check(&[r#"{"reasoning":"Hm"}"#, r#"{"reasoning":"","content":"Yes"}"#], &["Hm", "Yes"]);
    check(&[r#"{"reasoning":"Hm","reasoning_content":"Hm"}"#, r#"{"content":"Yes"}"#], &["Hm", "Yes"]);
    check(&[r#"{"reasoning_content":"Hm","content":"Yes"}"#], &["Hm", "Yes"]);
    let parts = r#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}]}"#;
    check(&[parts, r#"{"content":[{"type":"text","text":"Yes"}]}"#], &["Hm", "Yes"]);
    check(&[r#"{"content":"<think>\nHm"}"#, r#"{"content":"</th"}"#, r#"{"content":"ink>\n\nYes"}"#], &["\nHm", "Yes"]);
    check(&[r#"{"content":" <thi"}"#, r#"{"content":"nk>a </b> < /think></think>Yes"}"#], &["a </b> < /think>", "Yes"]);
    check(&[r#"{"content":" <thing>"}"#], &[" <thing>"]);
    check(&[r#"{"content":"Yes <think>no</think>"}"#], &["Yes <think>no</think>"]);
    check(&[r#"{"content":"<thi"}"#], &["<thi"]);
    check(
        &[thinks, r#"{"content":"Yes"}"#, thinks, r#"{"content":"\n"}"#, r#"{"content":"No"}"#],
        &["Hm", "Yes", "Hm", "No"],
    );
    check(&[thinks], &["Hm", "Empty"]);
    check(&[r#"{"content":" \n"}"#], &["Empty"]);
    check_said(
        r#"{"choices":[{"message":{"content":"Yes","reasoning_content":"Hm"},"finish_reason":"stop"}]}"#,
        &["Hm", "Yes"],
    );
    check_said(r#"{"choices":[{"message":{"content":"<think>Hm</think>Yes"}}]}"#, &["Hm", "Yes"]);
}

#[test]
fn calls_end_the_answer_when_it_is_complete() {
    for reason in ["tool_calls", "stop", "function_call"] {
        check_said(&deltas(&[CALL], reason), &["a;"]);
        check_said(&deltas(&[r#"{"content":"Look"}"#, CALL], reason), &["Look", "a;"]);
    }
    let both = r#"{"tool_calls":[{"index":0,"id":"1","function":{"name":"a"}},{"index":1,"function":{"name":"b"}}]}"#;
    check_said(&deltas(&[both], "tool_calls"), &["a;b;"]);
    // Without an end it may be half a call.
    let unended = deltas(&[r#"{"content":"Look"}"#, CALL], "x")
        .split("data: {\"choices\":[{\"index\":0,\"delta\":{}")
        .next()
        .unwrap()
        .to_owned();
    check_said(&unended, &["Look", "BrokeOff"]);
    check_said(&deltas(&[&CALL.replace("{}", "{\\\"x\\\":")], "stop"), &["BadCall"]);
    check_said(
        &deltas(&[r#"{"content":"Look"}"#, &CALL.replace("\"a\"", "\"c\"")], "tool_calls"),
        &["Look", "BadCall"],
    );
    let message =
        r#"{"role":"assistant","content":null,"tool_calls":[{"id":"1","function":{"name":"a","arguments":"{}"}}]}"#;
    check_said(&format!("{{\"choices\":[{{\"message\":{message},\"finish_reason\":\"tool_calls\"}}]}}"), &["a;"]);
}

#[test]
fn an_answer_without_an_end_is_cut() {
    let piece = format!("data: {{\"choices\":[{{\"delta\":{{\"reasoning_content\":\"{}\"}}}}]}}\n\n", "x".repeat(1024));
    let mut reading = Reading::default();
    let failed = (0..4096).find_map(|_| reading.push(piece.as_bytes()).pop_if(|piece| piece.is_err()));
    assert_eq!((failed, reading.is_over()), (Some(Err(Failure::Endless)), true));
}

/// Reads a body in pieces of `n_bytes` and returns the text and the failure.
fn read(body: &str, n_bytes: usize) -> (String, Option<Failure>) {
    let mut reading = Reading::default();
    let mut pieces = Vec::new();
    for chunk in body.as_bytes().chunks(n_bytes) {
        pieces.extend(reading.push(chunk));
        if reading.is_over() {
            break;
        }
    }
    pieces.extend(reading.finish());
    let failure = pieces.pop_if(|piece| piece.is_err()).and_then(Result::err);
    let texts = pieces.into_iter().filter_map(|piece| match piece.expect("only the last piece fails") {
        Said::Text(text) => Some(text),
        _ => None,
    });
    (texts.collect(), failure)
}

fn check(body: &str, text: &str, failure: Option<Failure>) {
    for n_bytes in [1, 3, 10_000] {
        assert_eq!(read(body, n_bytes), (text.to_owned(), failure.clone()), "{body} by {n_bytes}");
    }
}

const HELLO: &str = r#"data: {"choices":[{"delta":{"content":"hé"}}]}"#;
const STOP: &str = r#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#;

#[test]
fn a_stream_is_complete_with_done_or_with_a_finish_reason() {
    check(&format!("{HELLO}\n\n{STOP}\n\ndata: [DONE]\n\n"), "hé", None);
    check(&format!("{HELLO}\r\n\r\n{STOP}\r\n\r\n"), "hé", None);
    check(&format!("{HELLO}\n\ndata: [DONE]\n\n"), "hé", None);
    check(&format!("{HELLO}\n\ndata:[DONE]"), "hé", None);
    check(&format!("{HELLO}\n\n{STOP}"), "hé", None);
    check(&format!("{HELLO}\n\n"), "hé", Some(Failure::BrokeOff));
    check(&format!("{HELLO}\n\ndata: {{\"choices\":[{{\"del"), "hé", Some(Failure::BrokeOff));
    check("", "", Some(Failure::BrokeOff));
}

#[test]
fn what_servers_get_wrong_is_understood() {
    check(&format!(": ping\n\n\n\nevent: x\n{HELLO}\n\n: ping\n\n{STOP}\n\n"), "hé", None);
    check(&format!("data:{}\n\n{STOP}\n\n", &HELLO[6..]), "hé", None);
    check(&format!("{HELLO}\n\ndata: {{\"choices\":[{{\n\n{STOP}\n\n"), "hé", Some(Failure::Garbled));
    for empty in [r#"{"content":null}"#, "{}", "null", r#"{"content":""}"#, r#"{"role":"assistant"}"#] {
        check(&format!("data: {{\"choices\":[{{\"delta\":{empty}}}]}}\n\n{HELLO}\n\n{STOP}\n\n"), "hé", None);
    }
    let parts = r#"data: {"choices":[{"delta":{"content":[{"type":"text","text":"a"},{"type":"x"},"b"]}}]}"#;
    check(&format!("{parts}\n\n{STOP}\n\n"), "ab", None);
    check(&format!("{HELLO}\n\ndata: noise\n\n{STOP}\n\n"), "hé", None);
    check(&format!("{HELLO}\n\n{STOP}\n\ndata: {{\"choices\":[],\"usage\":{{}}}}\n\ndata: [DONE]\n\n"), "hé", None);
    let repeated = r#"data: {"choices":[{"delta":{},"message":{"content":"hé"},"finish_reason":"stop"}]}"#;
    check(&format!("{HELLO}\n\n{repeated}\n\n"), "hé", None);
}

#[test]
fn an_answer_without_a_stream_is_taken_whole() {
    check(r#" {"choices":[{"message":{"content":"hé"},"finish_reason":"stop"}]}"#, "hé", None);
    check(r#"{"choices":[{"message":{"content":"hé"}}]}"#, "hé", None);
    check(r#"{"choices":[{"message":{"content":"h"#, "", Some(Failure::BrokeOff));
    check(r#"{"hello":"world"}"#, "", Some(Failure::NoApi));
    check("<!doctype html>", "", Some(Failure::NoApi));
}

#[test]
fn what_servers_send_besides_text_is_no_text() {
    for odd in [
        r#"{"choices":[]}"#,
        r#"{"choices":null}"#,
        r#"{"choices":{}}"#,
        r#"{"choices":[null]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":{"id":7}}}]}"#,
        r#"{"choices":[{"delta":{"content":{"text":"x"}}}]}"#,
        r#"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#,
        r#"{"choices":[{"delta":{"content":7},"finish_reason":null}]}"#,
        r#"{"choices":[{"delta":{"content":""},"finish_reason":""}]}"#,
        r#"{"error":null,"usage":null}"#,
        r#"{"object":"ping"}"#,
        "[]",
        "7",
        "null",
        "[DONE",
    ] {
        check(&format!("data: {odd}\n\n{HELLO}\n\ndata: {odd}\n\n{STOP}\n\n"), "hé", None);
    }
    check(&format!("\u{feff}{HELLO}\r\r{STOP}\r\r"), "hé", None);
    check(&format!("id: 1\nretry: 5\n{HELLO}\n\n{STOP}\n\ndata: [DONE]\n\nafterwards"), "hé", None);
    check(&format!("{HELLO}\n\n{STOP}\n\ndata: {{\"error\":{{}}}}\n\n"), "hé", Some(Failure::Reported));
}

#[test]
fn the_cost_that_is_said_last_is_told_at_the_end() {
    let usage = |body: &str| {
        let mut reading = Reading::default();
        let mut pieces = reading.push(body.as_bytes());
        pieces.extend(reading.finish());
        pieces
            .into_iter()
            .filter_map(|piece| match piece {
                Ok(Said::Usage(usage)) => Some(usage),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    let cost = |n: u32| format!("data: {{\"choices\":[],\"usage\":{{\"total_tokens\":{n}}}}}\n\n");
    let seven = vec![serde_json::json!({ "total_tokens": 7 })];
    assert_eq!(usage(&format!("{HELLO}\n\n{STOP}\n\n{}data: [DONE]\n\n", cost(7))), seven);
    assert_eq!(usage(&format!("{}{HELLO}\n\n{STOP}\n\n{}", cost(1), cost(7))), seven);
    assert_eq!(usage(r#"{"choices":[{"message":{"content":"hé"}}],"usage":{"total_tokens":7}}"#), seven);
    assert_eq!(usage(&format!("{}{HELLO}\n\n", cost(1))), Vec::<Value>::new());
    assert_eq!(
        usage(&format!("{HELLO}\n\ndata: {{\"usage\":{{\"x\":\"{}\"}}}}\n\n{STOP}\n\n", "x".repeat(5000))),
        Vec::<Value>::new()
    );
}

#[test]
fn errors_and_empty_answers_are_failures() {
    check(&format!("{HELLO}\n\ndata: {{\"error\":{{\"message\":\"boom\"}}}}\n\n"), "hé", Some(Failure::Reported));
    check(r#"{"error":{"code":"invalid_api_key"}}"#, "", Some(Failure::KeyRefused));
    check(r#"[{"error":{"code":404,"status":"NOT_FOUND"}}]"#, "", Some(Failure::Unknown));
    check(&format!("{STOP}\n\ndata: [DONE]\n\n"), "", Some(Failure::Empty));
    check("data: [DONE]\n\n", "", Some(Failure::Empty));
    let filtered = r#"data: {"choices":[{"delta":{},"finish_reason":"content_filter"}]}"#;
    check(&format!("{filtered}\n\n"), "", Some(Failure::Filtered));
}

#[test]
fn each_end_of_an_answer_is_told_apart() {
    let text = r#"{"content":"Half an "}"#;
    let thought = r#"{"reasoning_content":"Hm"}"#;
    let check = |said: &[&str], reason: &str, expected: &[&str]| check_said(&deltas(said, reason), expected);
    for reason in ["stop", "STOP", "eos", "end_turn", "what comes next"] {
        check(&[text], reason, &["Half an "]);
        check(&[thought], reason, &["Hm", "Empty"]);
    }
    for reason in ["length", "max_tokens", "MAX_TOKENS", "model_length"] {
        check(&[text], reason, &["Half an ", "Length"]);
        check(&[thought], reason, &["Hm", "NoRoom { has_thought: true }"]);
        check(&[], reason, &["NoRoom { has_thought: false }"]);
        check(&[CALL], reason, &["NoRoom { has_thought: false }"]);
        check(&[text, CALL], reason, &["Half an ", "Length"]);
    }
    for reason in ["content_filter", "SAFETY"] {
        check(&[text], reason, &["Half an ", "ContentFilter"]);
        check(&[thought], reason, &["Hm", "Filtered"]);
    }
    for reason in ["error", "abort"] {
        check(&[text], reason, &["Half an ", "EndedByError"]);
        check(&[thought], reason, &["Hm", "EndedByError"]);
        check(&[text, CALL], reason, &["Half an ", "EndedByError"]);
    }
    // The gravest end counts, wherever it stands.
    let end = |reason: &str| format!("data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"{reason}\"}}]}}\n\n");
    check_said(&format!("{HELLO}\n\n{}{STOP}\n\ndata: [DONE]\n\n", end("length")), &["hé", "Length"]);
    check_said(&format!("{HELLO}\n\n{STOP}\n\n{}", end("content_filter")), &["hé", "ContentFilter"]);
    check_said(r#"{"choices":[{"message":{"content":"hé"},"finish_reason":"length"}]}"#, &["hé", "Length"]);
}

#[test]
fn an_error_within_a_stream_is_a_failure_in_every_shape() {
    for line in [
        r#"data: {"object":"error","message":"EngineCore died","code":500}"#,
        r#"data: {"detail":"CUDA out of memory"}"#,
        "event: error\ndata: {\"message\":\"Overloaded\"}",
        "event: error\ndata: boom",
        "event: Error\ndata: [DONE]",
        r#"data: {"error":"boom"}"#,
        r#"data: {"error":{"error":{"message":"boom"}}}"#,
        r#"data: [{"error":{"message":"boom"}}]"#,
        r#"data: {"type":"error","message":"boom"}"#,
        r#"data: {"choices":[{"delta":{"content":""},"error":{"message":"boom"},"finish_reason":"error"}]}"#,
        r#"data: "Error: boom""#,
        "data: Error: boom",
        r#"error: {"code":500,"message":"boom"}"#,
        r#"{"error":{"message":"boom"}}"#,
        "data: [ERROR] boom",
    ] {
        // A body that begins with a brace is no stream.
        for before in if line.starts_with('{') { &[HELLO][..] } else { &["", HELLO] } {
            let said: &[&str] = if before.is_empty() { &[] } else { &["hé"] };
            let body = format!("{before}\n\n{line}\n\ndata: [DONE]\n\n");
            let mut expected = said.to_vec();
            let failure = if line.contains("Overloaded") { "Busy { retry_after_s: None }" } else { "Reported" };
            expected.push(failure);
            check_said(&body, &expected);
        }
    }
}

#[test]
fn json_of_lenient_servers_is_read() {
    let stop = format!("{STOP}\n\ndata: [DONE]\n\n");
    let check = |lines: &[&str], text: &str| {
        let body: String =
            lines.iter().map(|line| format!("data: {{\"choices\":[{{\"delta\":{line}}}]}}\n\n")).collect();
        check(&(body + &stop), text, None);
    };
    check(&[r#"{"content":"Hi \ud83d"}"#, r#"{"content":"\ude00 there"}"#], "Hi 😀 there");
    check(&[r#"{"content":"Hi \ud83d"}"#, r#"{"content":" there"}"#], "Hi \u{fffd} there");
    check(&[r#"{"content":"Hi \ud83d"}"#], "Hi \u{fffd}");
    check(&[r#"{"content":"\ude00"}"#], "\u{fffd}");
    check(&[r#"{"content":"Hi"},"logprobs":{"content":[{"logprob":-Infinity}]}"#], "Hi");
    check(&[r#"{"content":"Hi"},"tps":NaN"#], "Hi");
    let whole = r#"{"choices":[{"message":{"content":"a\ud83d"},"logprob":NaN,"finish_reason":"stop"}]}"#;
    super::tests::check(whole, "a\u{fffd}", None);
}

#[test]
fn thoughts_in_a_text_are_found_in_every_spelling() {
    let content = |text: &str| serde_json::json!({ "content": text }).to_string();
    let check = |text: &str, expected: &[&str]| check_said(&deltas(&[&content(text)], "stop"), expected);
    for text in [
        "<think>Hm</think>Yes it is",
        "<thinking>Hm</thinking>\n\nYes it is",
        "<thought>Hm</thought>Yes it is",
        "<reasoning>Hm</reasoning>Yes it is",
        "<think time=\"3\">Hm</think>Yes it is",
        "◁think▷Hm◁/think▷Yes it is",
        "[THINK]Hm[/THINK]Yes it is",
        "Hm</think>Yes it is",
        "</think>\n<think>Hm</think>Yes it is",
    ] {
        check(text, &["Hm", "Yes it is"]);
    }
    check("<think/>Yes it is", &["Yes it is"]);
    // A tag that is spoken of is no tag.
    for text in [
        "Write `</think>` at the end.",
        "```\n</think>\n```",
        "The tag \"</think>\" ends it.",
        "The tag </think> ends it.",
        "Yes <think>no</think>",
        "a < b and [THIS]",
    ] {
        check(text, &[text]);
    }
}

#[test]
fn a_thought_whose_beginning_the_template_wrote_is_taken_back() {
    let content = |text: &str| serde_json::json!({ "content": text }).to_string();
    let pieces = ["The user wants X, ", "so I say it.\n</th", "ink>\n\nYes ", "it is"].map(content);
    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
    let thought = "The user wants X, so I say it.\n";
    check_said(&deltas(&pieces, "stop"), &[thought, thought, "Yes it is"]);
    check_said(&deltas(&pieces, "length"), &[thought, thought, "Yes it is", "Length"]);
    check_said(&deltas(&pieces[..3], "stop"), &[thought, thought, "Yes "]);
    let pieces = ["Hm", "</think>"].map(content);
    check_said(&deltas(&[&pieces[0], &pieces[1]], "stop"), &["Hm", "Hm", "Empty"]);
}

#[test]
fn a_thought_without_an_end_is_the_answer_where_that_is_whole() {
    let sentence = "<think> is a tag that models write before they answer.";
    let content = serde_json::json!({ "content": sentence }).to_string();
    let begun = sentence.strip_prefix("<think>").unwrap();
    check_said(&deltas(&[&content], "stop"), &[begun, sentence]);
    check_said(&deltas(&[&content], "length"), &[begun, "NoRoom { has_thought: true }"]);
    check_said(&deltas(&[r#"{"content":"<think>"}"#], "stop"), &["Empty"]);
    check_said(&deltas(&[r#"{"content":"<think>\n"}"#], "stop"), &["\n", "Empty"]);
    let cut = format!("data: {{\"choices\":[{{\"delta\":{content}}}]}}\n\n");
    check_said(&cut, &[begun, "BrokeOff"]);
}

#[test]
fn a_refusal_is_the_answer() {
    let refusal = r#"{"content":null,"refusal":"I cannot help with that."}"#;
    check_said(&deltas(&[refusal], "stop"), &["I cannot help with that."]);
    check_said(&deltas(&[r#"{"refusal":"I "}"#, r#"{"refusal":"cannot."}"#], "stop"), &["I cannot."]);
    let part = r#"{"content":[{"type":"refusal","refusal":"No."}]}"#;
    check_said(&deltas(&[part], "stop"), &["No."]);
    check_said(r#"{"choices":[{"message":{"content":null,"refusal":"No."},"finish_reason":"stop"}]}"#, &["No."]);
}

#[test]
fn what_a_provider_wants_back_is_noted_on_the_first_call() {
    let carry = |said: &[&str]| {
        let pieces = super::tests::said(&deltas(said, "tool_calls"), 7);
        let calls = pieces.into_iter().find_map(|piece| match piece {
            Ok(Said::Calls(calls)) => Some(calls),
            _ => None,
        });
        Value::Object(calls.unwrap()[0].carry.clone())
    };
    let expected = serde_json::json!({ "model": "m", "reasoning_content": "Hm." });
    assert_eq!(carry(&[r#"{"reasoning_content":"Hm"}"#, r#"{"reasoning_content":"."}"#, CALL]), expected);
    let details = r#"{"reasoning":"Hm","reasoning_details":[{"type":"reasoning.text","text":"Hm"}]}"#;
    assert_eq!(
        carry(&[details, CALL]),
        serde_json::json!({ "model": "m", "reasoning": "Hm", "reasoning_details": [{ "type": "reasoning.text", "text": "Hm" }] })
    );
    assert_eq!(carry(&[CALL]), serde_json::json!({}));
    assert_eq!(
        carry(&[&format!("{{\"reasoning_content\":\"{}\"}}", "x".repeat(300_000)), CALL]),
        serde_json::json!({})
    );
}

#[test]
fn an_answer_is_ending_once_its_end_was_named() {
    let mut reading = Reading::default();
    reading.push(format!("{HELLO}\n\n").as_bytes());
    assert!(!reading.is_ending());
    reading.push(format!("{STOP}\n\n").as_bytes());
    assert!(reading.is_ending());
    // A server that names an end in every chunk is not believed.
    reading.push(format!("{HELLO}\n\n").as_bytes());
    assert!(!reading.is_ending());
    assert!(reading.finish().iter().all(Result::is_ok) && reading.is_over());
}
