//! Client tools: functions of the page that a model may call.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::parse::non_blank;
use crate::server::{Error, Result};

/// The maximum length of a tool's name on OpenAI's servers.
const MAX_NAME_CHARS: usize = 64;

/// A client tool, in OpenAI's form of a function.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ClientTool {
    /// Name: letters, digits, `_` and `-`.
    pub name: String,
    /// Description for the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of its arguments, an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Map<String, Value>>,
    /// True if the model's server enforces the schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
}

/// Parses a JSON array of functions, or the file with it that the text names. Returns an empty list if unset.
///
/// # Errors
/// [`Error::Config`] with the problem and a valid example.
pub(super) fn client_tools(text: Option<String>) -> Result<Vec<ClientTool>> {
    let Some(text) = non_blank(text) else { return Ok(Vec::new()) };
    let json = match text.starts_with(['[', '{']) {
        true => text,
        false => std::fs::read_to_string(&text).map_err(|err| wrong(&format!("the file `{text}`: {err}")))?,
    };
    let list: Vec<Value> = serde_json::from_str(&json).map_err(|err| wrong(&err.to_string()))?;
    let tools = list
        .into_iter()
        .enumerate()
        .map(|(at, tool)| serde_json::from_value(bare(tool)).map_err(|err| wrong(&format!("tool {}: {err}", at + 1))));
    let tools: Vec<ClientTool> = tools.collect::<Result<_>>()?;
    let mut names = HashSet::new();
    for ClientTool { name, .. } in &tools {
        let is_good = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-');
        if name.is_empty() || name.len() > MAX_NAME_CHARS || !name.chars().all(is_good) {
            return Err(wrong(&format!(
                "`{name}` is no name of a tool, which has 1 to {MAX_NAME_CHARS} letters, digits, `_` and `-`"
            )));
        }
        if !names.insert(name) {
            return Err(wrong(&format!("there are two tools `{name}`")));
        }
    }
    Ok(tools)
}

/// Unwraps `{"type": "function", "function": …}`, the form used in requests.
fn bare(mut tool: Value) -> Value {
    let is_wrapped = tool["type"] == "function" && tool["function"].is_object();
    if is_wrapped { tool["function"].take() } else { tool }
}

fn wrong(why: &str) -> Error {
    Error::Config(format!(
        "CLIENT_TOOLS cannot be used: {why}; write a JSON array of functions, such as \
         [{{\"name\": \"get_selection\", \"description\": \"…\", \"parameters\": {{\"type\": \"object\"}}}}], \
         or the path of a file with it"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_read_from_the_text_or_from_the_file_that_it_names() {
        let bare = r#"[{"name":"a","description":"b","parameters":{"type":"object"}}]"#;
        let wrapped = format!(r#"[{{"type":"function","function":{}}}]"#, &bare[1..bare.len() - 1]);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bare).unwrap();
        for text in [bare, &wrapped, file.path().to_str().unwrap()] {
            let tools = client_tools(Some(text.to_owned())).unwrap();
            assert_eq!(serde_json::to_string(&tools).unwrap(), bare, "{text}");
        }
        assert!(client_tools(Some(" ".to_owned())).unwrap().is_empty() && client_tools(None).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_list_of_tools_is_refused_with_the_reason() {
        let check = |text: &str, part: &str| {
            let sentence = client_tools(Some(text.to_owned())).unwrap_err().to_string();
            assert!(sentence.starts_with("CLIENT_TOOLS cannot be used: ") && sentence.contains(part), "{sentence}");
        };
        check("/nowhere/tools.json", "the file `/nowhere/tools.json`");
        check("[", "EOF");
        check(r#"{"name":"a"}"#, "expected a sequence");
        check(r#"[{"description":"a"}]"#, "tool 1: missing field `name`");
        check(r#"[{"name":"a"},{"name":"b","parameter":{}}]"#, "tool 2: unknown field `parameter`");
        check(r#"[{"name":"a","parameters":"b"}]"#, "tool 1");
        check(r#"["a"]"#, "tool 1");
        check(r#"[{"name":"a b"}]"#, "`a b` is no name of a tool");
        check(r#"[{"name":"a"},{"name":"a"}]"#, "two tools `a`");
    }
}
