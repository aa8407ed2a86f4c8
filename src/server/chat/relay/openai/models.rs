//! The server's models, and those that a message may choose.

use std::{
    sync::{Arc, MutexGuard},
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{BACKOFF, Failure, Inner, MAX_BODY_BYTES, attempts::wait_after, read_body};

/// Maximum age of the model list when a message chooses an unlisted model.
const MODELS_AGE: Duration = Duration::from_secs(10);
/// Maximum time that a message waits for the model list, and that a page's list may take in all.
const MODELS_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum age of the model list on a page.
const CHOICE_AGE: Duration = Duration::from_secs(60);
/// Maximum time that a page waits for the model list.
const CHOICE_TIMEOUT: Duration = Duration::from_millis(700);
/// Time after a failed listing during which pages do not wait for the list.
const CHOICE_PAUSE: Duration = Duration::from_secs(15);

/// Fragments in the names of models without chat, which servers list as well.
const OTHER_PURPOSES: [&str; 15] = [
    "embed",
    "whisper",
    "tts",
    "dall-e",
    "moderation",
    "rerank",
    "transcribe",
    "gpt-image",
    "sora",
    "realtime",
    "stable-diffusion",
    "babbage",
    "davinci-002",
    "bge-",
    "speech",
];

impl Inner {
    /// Returns the default model: the configured one, or the first of the server.
    pub(super) async fn model(&self) -> Result<String, Failure> {
        if let Some(model) = &self.config.model {
            return Ok(model.clone());
        }
        let mut waits = BACKOFF.into_iter();
        loop {
            let listed = tokio::time::timeout(self.config.idle_timeout, self.models(Duration::MAX)).await;
            match listed.unwrap_or(Err(Failure::IdleTimeout)) {
                Ok(models) => return first(models).ok_or(Failure::NoModel),
                Err(failure) => wait_after(failure, &mut waits).await?,
            }
        }
    }

    /// True if a message may choose this model: a configured one, or else one of the server.
    pub(super) async fn accepts_model(&self, model: &str) -> bool {
        if self.config.model.as_deref() == Some(model) || self.config.models.iter().any(|it| it == model) {
            return true;
        }
        if !self.config.models.is_empty() {
            return false;
        }
        for max_age in [Duration::MAX, MODELS_AGE] {
            match tokio::time::timeout(MODELS_TIMEOUT, self.models(max_age)).await {
                Ok(Ok(models)) if models.iter().any(|it| it == model) => return true,
                Ok(Ok(_)) => {}
                // Unknown; the answer will report it.
                Ok(Err(_)) | Err(_) => return true,
            }
        }
        false
    }

    /// Returns the models on offer, the default first: the configured ones, or else the server's chat models. Empty if
    /// there is at most one.
    pub(super) async fn model_choices(self: &Arc<Self>) -> Vec<String> {
        let (listed, model) = match self.config.models.is_empty() {
            false => (self.config.models.clone(), self.config.model.clone()),
            true => {
                let listed = self.listed().await;
                let model = self.config.model.clone().or_else(|| first(listed.clone()));
                (listed.into_iter().filter(|it| chats(it)).collect(), model)
            }
        };
        let others = listed.into_iter().filter(|it| Some(it) != model.as_ref()).collect::<Vec<_>>();
        let models: Vec<String> = model.into_iter().chain(others).collect();
        if models.len() > 1 { models } else { Vec::new() }
    }

    /// Returns the names of the server's models. Empty if the server does not respond soon; a list that comes later is on
    /// the next page.
    async fn listed(self: &Arc<Self>) -> Vec<String> {
        if self.unlisted_at().is_some_and(|at| at.elapsed() < CHOICE_PAUSE) {
            return Vec::new();
        }
        let inner = Arc::clone(self);
        let mut listing = tokio::spawn(async move {
            let listed = tokio::time::timeout(MODELS_TIMEOUT, inner.models(CHOICE_AGE)).await;
            let models = listed.ok().and_then(Result::ok);
            *inner.unlisted_at() = models.is_none().then(Instant::now);
            models
        });
        match tokio::time::timeout(CHOICE_TIMEOUT, &mut listing).await {
            Ok(models) => models.ok().flatten().unwrap_or_default(),
            Err(_) => {
                let mut unlisted_at = self.unlisted_at();
                if !listing.is_finished() {
                    *unlisted_at = Some(Instant::now());
                }
                Vec::new()
            }
        }
    }

    fn unlisted_at(&self) -> MutexGuard<'_, Option<Instant>> {
        self.unlisted_at.lock().expect("BUG: nobody panics with this lock")
    }

    /// Returns the names of the server's models, at most `max_age` old.
    async fn models(&self, max_age: Duration) -> Result<Vec<String>, Failure> {
        let mut listed = self.models.lock().await;
        if let Some((at, models)) = &*listed
            && at.elapsed() < max_age
        {
            return Ok(models.clone());
        }
        let url = format!("{}/models", self.config.base_url);
        let response = self.send_once(self.client.get(&url)).await?;
        let body = read_body(response, MAX_BODY_BYTES).await;
        let list: Value = serde_json::from_slice(&body).map_err(|_| Failure::NotOpenAi)?;
        let models = names(&list);
        *listed = Some((Instant::now(), models.clone()));
        Ok(models)
    }
}

/// Returns the distinct names in a model list. Some servers list a model once per backend, or leave names blank.
fn names(list: &Value) -> Vec<String> {
    let rows = list["data"].as_array().or_else(|| list["models"].as_array()).map_or(&[][..], Vec::as_slice);
    let given = |row: &Value, key: &str| row[key].as_str().filter(|it| !it.trim().is_empty()).map(str::to_owned);
    let mut names = Vec::new();
    for name in rows.iter().filter_map(|row| given(row, "id").or_else(|| given(row, "name"))) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Returns the default model when none is configured: the first chat model, or the first.
fn first(models: Vec<String>) -> Option<String> {
    let at = models.iter().position(|it| chats(it)).unwrap_or(0);
    models.into_iter().nth(at)
}

/// True unless the name indicates another purpose than chat.
fn chats(model: &str) -> bool {
    let name = model.to_ascii_lowercase();
    !OTHER_PURPOSES.iter().any(|it| name.contains(it))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_has_each_name_once_and_no_blank_ones() {
        let check = |list: Value, expected: &[&str]| assert_eq!(names(&list), expected, "{list}");
        check(json!({ "data": [{ "id": "a" }, { "id": "b" }, { "id": "a" }] }), &["a", "b"]);
        check(json!({ "data": [{ "id": "a" }, { "id": "a" }, { "id": "A" }] }), &["a", "A"]);
        check(json!({ "data": [{ "id": "" }, { "id": "  " }, { "id": "\u{a0}\n" }, { "id": "b" }] }), &["b"]);
        check(json!({ "data": [{ "id": "", "name": "c" }, { "name": "c" }, { "id": "c" }] }), &["c"]);
        check(json!({ "data": [{ "id": null, "name": "d" }, { "id": 7 }, {}, null, "e"] }), &["d"]);
        check(json!({ "data": [{ "id": "", "name": "" }] }), &[]);
        check(json!({ "data": [] }), &[]);
        check(json!({ "models": [{ "name": "f:latest" }, { "name": "f:latest" }, { "name": " " }] }), &["f:latest"]);
        check(json!({ "data": null, "models": [{ "id": "g" }] }), &["g"]);
        check(json!([{ "id": "h" }]), &[]);
        check(json!({ "error": "no" }), &[]);
    }

    #[test]
    fn people_are_offered_models_that_chat() {
        for model in ["gpt-5.1", "qwen3:8b", "llama3.2:latest", "deepseek-reasoner", "gemma-3-27b-it", "o4-mini"] {
            assert!(chats(model), "{model}");
        }
        for model in [
            "text-embedding-3-small",
            "nomic-embed-text:latest",
            "whisper-1",
            "tts-1-hd",
            "gpt-4o-mini-tts",
            "dall-e-3",
            "omni-moderation-latest",
            "gpt-4o-transcribe",
            "gpt-image-1",
            "BAAI/bge-m3",
            "jina-reranker-v2",
        ] {
            assert!(!chats(model), "{model}");
        }
        let first = |models: &[&str]| first(models.iter().map(|&it| it.to_owned()).collect());
        assert_eq!(first(&["nomic-embed-text", "qwen3:8b"]).as_deref(), Some("qwen3:8b"));
        assert_eq!(first(&["nomic-embed-text"]).as_deref(), Some("nomic-embed-text"));
        assert_eq!(first(&[]), None);
    }
}
