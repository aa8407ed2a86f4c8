//! The reasons why a model ends an answer before it is complete.

use serde::Serialize;
use serde_json::{Error, Value};

use crate::model::from_json::FromJson;

/// The reason why the model ended an answer early; part of [`ItemMarks`](super::ItemMarks).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerEnd {
    /// The model reached the longest answer that it may write.
    Length,
    /// A content filter ended the answer.
    ContentFilter,
    /// The model server failed.
    Error,
    /// A reason that this version does not know.
    Other,
}

impl FromJson for AnswerEnd {
    /// Reads a reason. A newer version may have stored one that is not in the list, so no string is an error.
    fn from_json(value: &Value) -> Result<Self, Error> {
        Ok(match String::from_json(value)?.as_str() {
            "length" => Self::Length,
            "content_filter" => Self::ContentFilter,
            "error" => Self::Error,
            _ => Self::Other,
        })
    }
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
