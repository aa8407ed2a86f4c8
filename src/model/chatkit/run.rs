//! Colloquy's additions to the protocol for resumable answers. They are under the key `colloquy` of the metadata of
//! requests and threads, where other servers and clients ignore them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ChatKitRequest, InvalidRequest, Thread};

/// Colloquy's key in metadata.
const KEY: &str = "colloquy";
/// The maximum of [`ClientCapabilities::key`] in bytes.
const MAX_KEY_BYTES: usize = 200;

/// The client's abilities, in a request's `metadata.colloquy`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCapabilities {
    /// True if the client can resume a stream. Its events are numbered, and the run outlives the connection.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resumable: bool,
    /// The client's idempotency key. A request that repeats the key within a day attaches to the same run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// The active run of a thread, in the thread's `metadata.colloquy.run`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRef {
    /// The id for `GET /chatkit/runs/{id}`.
    pub id: String,
    /// The id of the streaming item, once it exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
}

impl ChatKitRequest {
    /// Returns the client's abilities; the default if the request has none.
    ///
    /// # Errors
    /// [`InvalidRequest`] if they are ill-typed, or if the key is empty or longer than 200 bytes.
    pub fn client(&self) -> Result<ClientCapabilities, InvalidRequest> {
        let Some(marks) = self.metadata.get(KEY) else { return Ok(ClientCapabilities::default()) };
        let marks = ClientCapabilities::deserialize(marks)
            .map_err(|err| InvalidRequest(format!("the request's `metadata.{KEY}` is wrong: {err}")))?;
        match marks.key.as_deref().map(str::len) {
            Some(0) => Err(InvalidRequest(format!("the key in `metadata.{KEY}` is empty"))),
            Some(n) if n > MAX_KEY_BYTES => {
                Err(InvalidRequest(format!("the key in `metadata.{KEY}` has more than {MAX_KEY_BYTES} bytes")))
            }
            _ => Ok(marks),
        }
    }

    /// Adds the client's abilities to the request.
    #[must_use]
    pub fn with_client(mut self, marks: &ClientCapabilities) -> Self {
        if let Ok(Value::Object(marks)) = serde_json::to_value(marks) {
            self.metadata.insert(KEY.to_owned(), Value::Object(marks));
        }
        self
    }
}

impl Thread {
    /// Returns the active run, if the server sent one.
    pub fn run(&self) -> Option<RunRef> {
        RunRef::deserialize(self.metadata.get(KEY)?.get("run")?).ok()
    }

    /// Removes the active run.
    pub fn clear_run(&mut self) {
        let Some(ours) = self.metadata.get_mut(KEY).and_then(Value::as_object_mut) else { return };
        ours.remove("run");
        if ours.is_empty() {
            self.metadata.remove(KEY);
        }
    }

    /// Sets the active run.
    pub fn set_run(&mut self, run: &RunRef) {
        self.mark("run", serde_json::json!(run));
    }

    /// Sets a field of `metadata.colloquy`.
    pub fn mark(&mut self, name: &str, value: Value) {
        let ours = self.metadata.entry(KEY).or_insert_with(|| Value::Object(Map::new()));
        if let Some(ours) = ours.as_object_mut() {
            ours.insert(name.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(metadata: &str) -> Result<ClientCapabilities, InvalidRequest> {
        let body = format!(r#"{{"type":"threads.list","metadata":{metadata}}}"#);
        ChatKitRequest::parse(body.as_bytes()).unwrap().client()
    }

    #[test]
    fn a_client_says_what_it_can() {
        let key = || Some("k".to_owned());
        for (metadata, expected) in [
            ("{}", ClientCapabilities::default()),
            (r#"{"other":1}"#, ClientCapabilities::default()),
            (r#"{"colloquy":{"new":1}}"#, ClientCapabilities::default()),
            (r#"{"colloquy":{"resumable":true}}"#, ClientCapabilities { resumable: true, key: None }),
            (r#"{"colloquy":{"resumable":true,"key":"k"}}"#, ClientCapabilities { resumable: true, key: key() }),
        ] {
            assert_eq!(marks(metadata).unwrap(), expected, "{metadata}");
        }
    }

    #[test]
    fn what_is_ill_typed_is_refused() {
        let long = "x".repeat(MAX_KEY_BYTES + 1);
        for ours in ["7", r#"{"resumable":"yes"}"#, r#"{"key":7}"#, r#"{"key":""}"#, &format!(r#"{{"key":"{long}"}}"#)]
        {
            let err = marks(&format!(r#"{{"colloquy":{ours}}}"#)).unwrap_err();
            assert!(err.0.contains("metadata.colloquy"), "{err}");
        }
    }

    #[test]
    fn a_threads_run_stands_beside_what_else_is_ours() {
        let mut thread: Thread = serde_json::from_value(serde_json::json!({
            "id": "thr_1", "created_at": "2026-11-23T00:03:18.787Z", "metadata": { "colloquy": { "snippet": "x" } }
        }))
        .unwrap();
        assert_eq!(thread.run(), None);
        let run = RunRef { id: "run_1".to_owned(), item_id: None };
        thread.set_run(&run);
        assert_eq!(thread.run(), Some(run));
        assert_eq!(thread.metadata["colloquy"], serde_json::json!({ "snippet": "x", "run": { "id": "run_1" } }));
        thread.clear_run();
        assert_eq!(thread.metadata["colloquy"], serde_json::json!({ "snippet": "x" }));
        thread.metadata.clear();
        thread.set_run(&RunRef { id: "run_1".to_owned(), item_id: None });
        thread.clear_run();
        assert!(thread.metadata.is_empty());
    }
}
