//! The reasons for which a model ends an answer early.

use serde::{Deserialize, Serialize};
/// The reason why the model ended an answer early; part of [`ItemMarks`](super::ItemMarks).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerEnd {
    /// The model reached the longest answer that it may write.
    Length,
    /// A content filter ended the answer.
    ContentFilter,
    /// The model server failed.
    Error,
    /// A reason that this version does not know; a newer version may have stored it.
    #[serde(other)]
    Other,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::model::chatkit::ItemMarks;

    #[test]
    fn marks_keep_the_end_and_read_what_older_and_newer_versions_stored() {
        let check = |stored: serde_json::Value, sent: serde_json::Value| {
            let marks: ItemMarks = serde_json::from_value(stored).unwrap();
            assert_eq!(serde_json::to_value(marks).unwrap(), sent);
        };
        for end in ["length", "content_filter", "error"] {
            let marks = json!({ "interrupted": true, "end": end });
            check(marks.clone(), marks);
        }
        check(json!({ "interrupted": true }), json!({ "interrupted": true }));
        check(json!({ "interrupted": true, "end": "tired" }), json!({ "interrupted": true, "end": "other" }));
        check(json!({}), json!({}));
    }
}
