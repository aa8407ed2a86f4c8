use serde_json::{Value, json};

use super::Answers;
use crate::model::chatkit::ReplyStatus;

fn asked(status: &str, inputs: Value) -> Option<Answers> {
    let item = json!({ "id": "si_1", "thread_id": "thr_1", "created_at": "2026-11-23T00:03:19.719299Z",
        "status": status, "inputs": inputs });
    Answers::new(&serde_json::from_value(item).unwrap())
}

fn three() -> Answers {
    asked(
        "pending",
        json!([
            { "type": "multiple_choice", "id": "a", "question": "A?", "options": [{ "value": "x" }, { "value": "y" }] },
            { "type": "slider", "id": "new", "question": "How much?" },
            { "type": "multiple_choice", "id": "b", "question": "B?", "multiple": true,
                "options": [{ "value": "x" }, { "value": "y" }] },
            { "type": "freeform", "id": "c", "question": "C?" },
        ]),
    )
    .unwrap()
}

#[test]
fn nothing_is_asked_when_answered_or_all_unknown() {
    assert!(asked("answered", json!([{ "type": "freeform", "id": "c", "question": "C?" }])).is_none());
    assert!(asked("pending", json!([{ "type": "slider", "id": "new" }])).is_none());
    assert!(asked("pending", json!([])).is_none());
}

#[test]
fn questions_follow_each_other_and_unknown_ones_are_passed_over() {
    let mut answers = three();
    assert_eq!((answers.at(), answers.len(), answers.question().text.as_str()), (0, 3, "A?"));
    answers.choose("x", true);
    answers.choose("y", true);
    assert_eq!(answers.next(), None);
    assert_eq!(answers.question().text, "B?");
    answers.choose("x", true);
    answers.choose("y", true);
    answers.choose("x", false);
    answers.write(" z ");
    answers.back();
    assert_eq!(answers.question().chosen, ["y"]);
    assert_eq!(answers.next(), None);
    assert_eq!(answers.next(), None);
    assert!(answers.is_last());
    answers.write("  ");
    let reply = answers.next().unwrap();
    assert_eq!(reply.status, ReplyStatus::Answered);
    assert_eq!(reply.answers["a"].values, ["y"]);
    assert_eq!(reply.answers["b"].values, ["y", "z"]);
    assert!(reply.answers["c"].skipped && reply.answers["c"].values.is_empty());
    assert_eq!(reply.answers.len(), 3);
}

#[test]
fn ones_own_answer_and_a_prepared_one_exclude_each_other_where_one_is_wanted() {
    let mut answers = three();
    answers.choose("x", true);
    answers.write("mine");
    assert!(answers.question().chosen.is_empty());
    answers.choose("y", true);
    assert_eq!((answers.question().chosen.len(), answers.question().written.as_str()), (1, ""));
}

#[test]
fn a_skipped_question_has_no_answer() {
    let mut answers = three();
    answers.choose("x", true);
    assert_eq!(answers.skip(), None);
    answers.back();
    assert!(answers.question().chosen.is_empty());
}
