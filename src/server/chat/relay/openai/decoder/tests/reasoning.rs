use super::*;

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
    check(&[thinks, r#"{"content":"</think>\n\nYes"}"#], &["Hm", "Yes"]);
    let marked =
        |text: &str| format!("{{\"content\":\"{text}\",\"extra_content\":{{\"google\":{{\"thought\":true}}}}}}");
    check(&[&marked("<thought>H"), &marked("m"), r#"{"content":"</thought>Yes"}"#], &["Hm", "Yes"]);
    check(&[&marked("Hm"), r#"{"content":"Yes"}"#], &["Hm", "Yes"]);
    check(&[r#"{"content":" \n"}"#], &["Empty"]);
    check_said(
        r#"{"choices":[{"message":{"content":"Yes","reasoning_content":"Hm"},"finish_reason":"stop"}]}"#,
        &["Hm", "Yes"],
    );
    check_said(r#"{"choices":[{"message":{"content":"<think>Hm</think>Yes"}}]}"#, &["Hm", "Yes"]);
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
        "<think>Hm</think></think>Yes it is",
        "<think>Hm</think>\n</think>\nYes it is",
        "<think>Hm</think>\n<answer>\nYes it is\n</answer>\n",
        "<think>Hm</think><answer>Yes it is",
        "<|begin_of_thought|>Hm<|end_of_thought|>\n\n<|begin_of_solution|>Yes it is<|end_of_solution|>",
        "<|START_THINKING|>Hm<|END_THINKING|><|START_RESPONSE|>Yes it is<|END_RESPONSE|>",
        "<|think|>Hm<|/think|>Yes it is",
        "<|inner_prefix|>Hm<|inner_suffix|>Yes it is",
        "<scratchpad>Hm</scratchpad>Yes it is",
        "<thinking_process>Hm</thinking_process>Yes it is",
        "<THINKING>Hm</thinking>Yes it is",
        "<seed:think>Hm</seed:think>Yes it is",
    ] {
        check(text, &["Hm", "Yes it is"]);
    }
    check("<think/>Yes it is", &["Yes it is"]);
    check("<think>Hm</think><answer>Yes</answer> it is", &["Hm", "Yes it is"]);
    check("<think>Hm</think></b> is a tag", &["Hm", "</b> is a tag"]);
    check("<think>Hm</think></thi", &["Hm", "</thi"]);
    // A quoted tag is part of the text.
    for text in [
        "Write `</think>` at the end.",
        "```\n</think>\n```",
        "The tag \"</think>\" ends it.",
        "The tag </think> ends it.",
        "Yes <think>no</think>",
        "a < b and [THIS]",
        "<answer>42</answer> is what they write.",
        "<analysis>of a text</analysis>",
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
    check_said(&cut, &[begun, "Truncated"]);
}

#[test]
fn a_refusal_is_the_answer() {
    let refusal = r#"{"content":null,"refusal":"I cannot help with that."}"#;
    check_said(&deltas(&[refusal], "stop"), &["I cannot help with that."]);
    check_said(&deltas(&[r#"{"refusal":"I "}"#, r#"{"refusal":"cannot."}"#], "stop"), &["I cannot."]);
    check_said(&deltas(&[r#"{"content":"I "}"#, r#"{"content":null,"refusal":"cannot."}"#], "stop"), &["I cannot."]);
    check_said(&deltas(&[r#"{"refusal":"\ud83d"}"#, r#"{"refusal":"\ude00 No."}"#], "stop"), &["😀 No."]);
    check_said(&deltas(&[r#"{"refusal":"No."}"#], "content_filter"), &["No.", "ContentFilter"]);
    check_said(&deltas(&[r#"{"refusal":"<think>Hm</think>No."}"#], "stop"), &["Hm", "No."]);
    let part = r#"{"content":[{"type":"refusal","refusal":"No."}]}"#;
    check_said(&deltas(&[part], "stop"), &["No."]);
    check_said(r#"{"choices":[{"message":{"content":null,"refusal":"No."},"finish_reason":"stop"}]}"#, &["No."]);
}
