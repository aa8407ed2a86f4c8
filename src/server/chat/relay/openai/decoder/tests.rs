mod called;
mod ends;
mod reasoning;

use super::*;

/// Decodes a body in chunks of `n_bytes`, as the answer to a request that offered the tools `a` and `b`.
fn said(body: &str, n_bytes: usize) -> ModelEvents {
    let mut reading = AnswerDecoder::of("m", ["a".to_owned(), "b".to_owned()].into());
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

/// Decodes a body in several chunk sizes and compares the merged events. Reclassified text appears in its first and its
/// final form.
#[track_caller]
fn check_said(body: &str, expected: &[&str]) {
    for n_bytes in [1, 7, 10_000] {
        let mut all: Vec<String> = Vec::new();
        let mut last = ' ';
        for piece in said(body, n_bytes) {
            let (kind, text) = match piece {
                Ok(ModelEvent::Text(text)) => ('t', text),
                Ok(ModelEvent::Reasoning(text)) => ('h', text),
                Ok(ModelEvent::Calls(calls)) => ('c', calls.iter().map(|it| format!("{};", it.name)).collect()),
                Ok(ModelEvent::TextWasReasoning(text)) => ('H', text),
                Ok(ModelEvent::ReasoningWasText(text)) => ('T', text),
                Ok(ModelEvent::Ended(end)) => ('e', format!("{end:?}")),
                Ok(ModelEvent::Usage(_) | ModelEvent::Aside(_)) => continue,
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

/// Builds a stream of deltas with a finish reason.
fn deltas(deltas: &[&str], reason: &str) -> String {
    let chunk = |delta: &&str| format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{delta}}}]}}\n\n");
    let end = format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{}},\"finish_reason\":\"{reason}\"}}]}}\n\n");
    deltas.iter().map(chunk).collect::<String>() + &end + "data: [DONE]\n\n"
}

const CALL: &str =
    r#"{"tool_calls":[{"index":0,"id":"1","type":"function","function":{"name":"a","arguments":"{}"}}]}"#;

/// Decodes a body in chunks of `n_bytes`. Returns the text and the failure.
fn read(body: &str, n_bytes: usize) -> (String, Option<Failure>) {
    let mut reading = AnswerDecoder::default();
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
        ModelEvent::Text(text) => Some(text),
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
    check(&format!("{HELLO}\n\n"), "hé", Some(Failure::Truncated));
    check(&format!("{HELLO}\n\ndata: {{\"choices\":[{{\"del"), "hé", Some(Failure::Truncated));
    check("", "", Some(Failure::Truncated));
}

#[test]
fn what_servers_get_wrong_is_understood() {
    check(&format!(": ping\n\n\n\nevent: x\n{HELLO}\n\n: ping\n\n{STOP}\n\n"), "hé", None);
    check(&format!("data:{}\n\n{STOP}\n\n", &HELLO[6..]), "hé", None);
    check(&format!("{HELLO}\n\ndata: {{\"choices\":[{{\n\n{STOP}\n\n"), "hé", Some(Failure::MalformedChunk));
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
    check(r#"{"choices":[{"message":{"content":"h"#, "", Some(Failure::Truncated));
    check(r#"{"hello":"world"}"#, "", Some(Failure::NotOpenAi));
    check("<!doctype html>", "", Some(Failure::NotOpenAi));
    check("\u{feff}\n{\n\"choices\":[{\"message\":{\"content\":\"hé\"}}]}", "hé", None);
    // One JSON object per line, with and without SSE framing.
    let lines = r#"{"choices":[{"delta":{"content":"h"}}]}"#.to_owned() + "\n";
    check(&format!("{lines}{}\n", &STOP[6..]), "h", None);
    check(&format!("{lines}\ndata: [DONE]\n\n"), "h", None);
    check(&lines.repeat(2), "hh", Some(Failure::Truncated));
    check(&format!("{lines}{}", &lines[..20]), "h", Some(Failure::Truncated));
}

#[test]
fn one_of_several_choices_is_read() {
    let chunk = |choices: &str| format!("data: {{\"choices\":[{choices}]}}\n\n");
    let piece = |index: u32, text: &str| format!("{{\"index\":{index},\"delta\":{{\"content\":\"{text}\"}}}}");
    let end = |index: u32, reason: &str| format!("{{\"index\":{index},\"finish_reason\":\"{reason}\"}}");
    let two = |first: String, second: String| chunk(&format!("{first},{second}"));
    check_said(&(two(piece(1, "B"), piece(0, "A")) + &two(end(1, "length"), end(0, "stop"))), &["A"]);
    check_said(&(two(piece(0, "A"), piece(1, "B")) + &two(end(1, "stop"), end(0, "length"))), &["A", "Length"]);
    let apart: String =
        [piece(0, "A"), piece(1, "B"), end(0, "stop"), end(1, "length")].iter().map(|it| chunk(it)).collect();
    check_said(&apart, &["A"]);
    check_said(&(chunk(&piece(2, "A")) + &chunk(&piece(2, "B")) + &chunk(&end(2, "stop"))), &["AB"]);
}

#[test]
fn pieces_without_a_delta_are_read() {
    let chunk = |choice: &str| format!("data: {{\"choices\":[{{{choice}}}]}}\n\n");
    let texts = chunk(r#""text":"Hel","index":0"#) + &chunk(r#""text":"lo","finish_reason":"length""#);
    check_said(&texts, &["Hello", "Length"]);
    let messages =
        chunk(r#""message":{"content":"Hel"}"#) + &chunk(r#""message":{"content":"lo"},"finish_reason":"stop""#);
    check(&messages, "Hello", None);
    // A message after deltas repeats the whole text.
    let repeated =
        chunk(r#""delta":{"content":"Hello"}"#) + &chunk(r#""message":{"content":"Hello"},"finish_reason":"stop""#);
    check(&repeated, "Hello", None);
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
        let mut reading = AnswerDecoder::default();
        let mut pieces = reading.push(body.as_bytes());
        pieces.extend(reading.finish());
        pieces
            .into_iter()
            .filter_map(|piece| match piece {
                Ok(ModelEvent::Usage(usage)) => Some(usage),
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
    check(&[r#"{"content":"Hi",},"n":01,"m":0x1F"#], "Hi");
    check(&[r#"{"content":"Hi"},"created":1e309,"n":123456789012345678901234567890"#], "Hi");
    check(&[r#"{'content': 'say "hi"', 'role': None}"#], "say \"hi\"");
    check(&[r#"{content:"Hi"}"#], "Hi");
    check(
        &[r#"{"content":"\ud83d"},"x":"\ud83d""#, r#"{"reasoning_content":"\ud83d"}"#, r#"{"content":"\ude00"}"#],
        "😀",
    );
    let part = |text: &str| format!("{{\"content\":[{{\"type\":\"text\",\"text\":\"{text}\"}}]}}");
    check(&[&part("\\ud83d"), &part("\\ude00")], "😀");
    check(&[r#"{"content":"a","content":"b"}"#], "b");
    let whole = r#"{"choices":[{"message":{"content":"a\ud83d"},"logprob":NaN,"finish_reason":"stop"}]}"#;
    super::tests::check(whole, "a\u{fffd}", None);
    // A byte order mark before the JSON, and events separated by one line feed or by carriage returns.
    let marked = HELLO.replace("data: ", "data: \u{feff}");
    super::tests::check(&format!("{marked}\n\n{stop}"), "hé", None);
    let one = |end: &str| format!("{HELLO}{end}{HELLO}{end}{STOP}{end}data: [DONE]{end}");
    super::tests::check(&one("\n"), "héhé", None);
    super::tests::check(&one("\r\r"), "héhé", None);
    super::tests::check(&format!("{HELLO}\n{}", &HELLO[..20]), "hé", Some(Failure::Truncated));
}
