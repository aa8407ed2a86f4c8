//! The models of the server, and which of them a message may choose.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{BACK_OFF, Failure, Inner, MAX_BODY_BYTES, asking::wait_after, read_body};

/// How long a list of models counts when a message chooses one that is not in it.
const MODELS_AGE: Duration = Duration::from_secs(10);
/// How long a message waits for a list of models.
const MODELS_TIMEOUT: Duration = Duration::from_secs(5);

impl Inner {
    /// Returns the model to ask: the configured one, or the first that the server has.
    pub(super) async fn model(&self) -> Result<String, Failure> {
        if let Some(model) = &self.config.model {
            return Ok(model.clone());
        }
        let mut waits = BACK_OFF.into_iter();
        loop {
            let listed = tokio::time::timeout(self.config.idle_timeout, self.models(Duration::MAX)).await;
            match listed.unwrap_or(Err(Failure::Silent)) {
                Ok(models) => return models.into_iter().next().ok_or(Failure::NoModel),
                Err(failure) => wait_after(failure, &mut waits).await?,
            }
        }
    }

    /// Whether a message may choose a model: one of those configured, otherwise one of the server's.
    pub(super) async fn knows(&self, model: &str) -> bool {
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
                // Nobody knows; the answer will tell.
                Ok(Err(_)) | Err(_) => return true,
            }
        }
        false
    }

    /// Returns the names of the server's models, as they were at most `max_age` ago.
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
        let list: Value = serde_json::from_slice(&body).map_err(|_| Failure::NoApi)?;
        let rows = list["data"].as_array().or_else(|| list["models"].as_array()).map_or(&[][..], Vec::as_slice);
        let name = |row: &Value| row["id"].as_str().or_else(|| row["name"].as_str()).map(str::to_owned);
        let models: Vec<String> = rows.iter().filter_map(name).collect();
        *listed = Some((Instant::now(), models.clone()));
        Ok(models)
    }
}
