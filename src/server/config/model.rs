//! The model or server that answers.

use std::time::Duration;

use url::Url;

use super::{
    client_tools::{ClientTool, client_tools},
    parse::{duration, invalid_setting, non_blank, switch},
    redaction::{hide_from_debug, invalid_url},
    secret::Secret,
};
use crate::server::{Error, Result};

/// Unvalidated settings of models.
#[derive(Clone, clap::Args)]
pub struct ModelSettings {
    /// Base URL of an OpenAI-compatible server. If unset while a key or a model is set: `https://api.openai.com/v1`.
    #[arg(long, env = "OPENAI_BASE_URL")]
    pub openai_base_url: Option<String>,

    /// API key of that server, if it requires one.
    #[arg(long, env = "OPENAI_API_KEY", hide_env_values = true)]
    pub openai_api_key: Option<Secret>,

    /// URL of an upstream ChatKit server that answers instead, for instance `http://localhost:8000/chatkit`. It
    /// receives tokens of five minutes that name the user.
    #[arg(long, env = "CHATKIT_UPSTREAM_URL")]
    pub chatkit_upstream_url: Option<String>,

    /// `aud` of those tokens. Unset: none.
    #[arg(long, env = "CHATKIT_UPSTREAM_AUDIENCE")]
    pub chatkit_upstream_audience: Option<String>,

    /// Default model. Unset: the first of the server's `/models` that appears to be a chat model.
    #[arg(long, env = "OPENAI_MODEL")]
    pub openai_model: Option<String>,

    /// Models that users may choose, separated by commas; the first is the default unless OPENAI_MODEL is set. Unset:
    /// those of the server's `/models`.
    #[arg(long, env = "OPENAI_MODELS", value_delimiter = ',')]
    pub openai_models: Vec<String>,

    /// Client tools that the model may call: a JSON array of OpenAI's functions (`name`, `description`, `parameters`),
    /// or the path of a file with it. Unset: none.
    #[arg(long, env = "CLIENT_TOOLS")]
    pub client_tools: Option<String>,

    /// Idle timeout of the model's server and of an upstream ChatKit server. Unset: 60s.
    #[arg(long, env = "MODEL_IDLE_TIMEOUT")]
    pub model_idle_timeout: Option<String>,

    /// Generate thread titles by the model: `on`, or `off` to use the beginning of the first message. Unset: on.
    #[arg(long, env = "MODEL_TITLES")]
    pub model_titles: Option<String>,

    /// Maximum number of messages per user and minute; 0: no limit.
    #[arg(long, env = "MESSAGES_PER_MINUTE", default_value = "60")]
    pub messages_per_minute: String,

    /// Maximum number of concurrent answers per user; 0: no limit.
    #[arg(long, env = "RUNNING_ANSWERS", default_value = "10")]
    pub running_answers: String,
    /// Model of that server that transcribes speech, such as `whisper-1`. Unset: transcription is refused.
    #[arg(long, env = "OPENAI_TRANSCRIBE_MODEL")]
    pub openai_transcribe_model: Option<String>,

    /// System prompt of every conversation.
    #[arg(long, env = "SYSTEM_PROMPT")]
    pub system_prompt: Option<String>,

    /// Maximum part of a thread that is sent to the model, in estimated tokens; the newest items are kept.
    #[arg(long, env = "MODEL_CONTEXT_TOKENS", default_value = "32000")]
    pub model_context_tokens: String,
}

/// The model or server that answers.
#[derive(Clone, Debug)]
pub struct ModelConfig {
    /// The upstream ChatKit server. It takes precedence over all others.
    pub upstream: Option<UpstreamConfig>,
    /// The OpenAI-compatible server. Without it and an upstream, the built-in demo answers.
    pub openai: Option<OpenAiConfig>,
    /// Model of that server that transcribes speech.
    pub transcribe_model: Option<String>,
    /// System prompt of every conversation.
    pub system_prompt: Option<String>,
    /// Maximum part of a thread that is sent, in estimated tokens.
    pub context_tokens: usize,
    /// True if the model generates titles.
    pub titles: bool,
    /// Limits per user.
    pub limits: AnswerLimits,
}

/// Limits per user; 0 is no limit.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnswerLimits {
    /// Maximum number of messages per minute.
    pub messages_per_minute: u32,
    /// Maximum number of concurrent answers.
    pub running_answers: u32,
}

/// An upstream ChatKit server.
#[derive(Clone)]
pub struct UpstreamConfig {
    /// URL of its endpoint.
    pub url: Url,
    /// `aud` of the tokens sent to it.
    pub audience: Option<String>,
    /// Idle timeout.
    pub idle_timeout: Duration,
}

/// An OpenAI-compatible server.
#[derive(Clone)]
pub struct OpenAiConfig {
    /// Base URL, without a trailing slash.
    pub base_url: String,
    /// API key.
    pub api_key: Option<Secret>,
    /// Default model; `None` takes the first of `/models`.
    pub model: Option<String>,
    /// Models that users may choose; empty: all of `/models`.
    pub models: Vec<String>,
    /// Client tools that the model may call.
    pub client_tools: Vec<ClientTool>,
    /// Idle timeout.
    pub idle_timeout: Duration,
}

// All hold URLs, which may contain keys.
hide_from_debug!(ModelSettings, UpstreamConfig, OpenAiConfig);

impl ModelSettings {
    /// Validates the settings.
    ///
    /// # Errors
    /// [`Error::Config`] with the variable's name, the problem and a valid example.
    pub(super) fn validate(self) -> Result<ModelConfig> {
        let context_tokens = self.model_context_tokens.parse().ok().filter(|n| *n >= 256).ok_or_else(|| {
            invalid_setting(
                "MODEL_CONTEXT_TOKENS",
                &self.model_context_tokens,
                "write a whole number of at least 256, such as 32000",
            )
        })?;
        let limits = AnswerLimits {
            messages_per_minute: count("MESSAGES_PER_MINUTE", &self.messages_per_minute)?,
            running_answers: count("RUNNING_ANSWERS", &self.running_answers)?,
        };
        let idle_timeout_s = duration("MODEL_IDLE_TIMEOUT", self.model_idle_timeout, "60s")?;
        let models = self.openai_models.into_iter().filter_map(|model| non_blank(Some(model))).collect();
        let idle_timeout = Duration::from_secs(idle_timeout_s.unsigned_abs());
        let client_tools = client_tools(self.client_tools)?;
        let given_tools = client_tools.first().map(|tool| tool.name.clone());
        let openai =
            openai(self.openai_base_url, self.openai_api_key, self.openai_model, models, client_tools, idle_timeout)?;
        if let (None, Some(name)) = (&openai, given_tools) {
            return Err(invalid_setting(
                "CLIENT_TOOLS",
                &format!("{name}, …"),
                "set OPENAI_BASE_URL or OPENAI_API_KEY, too",
            ));
        }
        let transcribe_model = non_blank(self.openai_transcribe_model);
        if let (None, Some(model)) = (&openai, &transcribe_model) {
            return Err(invalid_setting(
                "OPENAI_TRANSCRIBE_MODEL",
                model,
                "set OPENAI_BASE_URL or OPENAI_API_KEY, too",
            ));
        }
        let upstream = upstream(self.chatkit_upstream_url, self.chatkit_upstream_audience, idle_timeout)?;
        Ok(ModelConfig {
            upstream,
            openai,
            transcribe_model,
            titles: switch("MODEL_TITLES", self.model_titles, true)?,
            limits,
            system_prompt: non_blank(self.system_prompt),
            context_tokens,
        })
    }
}

fn count(variable: &str, text: &str) -> Result<u32> {
    text.trim().parse().map_err(|_| invalid_setting(variable, text, "write a whole number; 0 is no limit"))
}

fn upstream(url: Option<String>, audience: Option<String>, idle_timeout: Duration) -> Result<Option<UpstreamConfig>> {
    let (variable, audience) = ("CHATKIT_UPSTREAM_URL", non_blank(audience));
    let Some(text) = non_blank(url) else {
        return match audience {
            Some(audience) => {
                Err(invalid_setting("CHATKIT_UPSTREAM_AUDIENCE", &audience, "set CHATKIT_UPSTREAM_URL, too"))
            }
            None => Ok(None),
        };
    };
    match Url::parse(&text) {
        // A password in the URL would be logged.
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err(Error::Config(format!("{variable} holds a user or a password; the server is asked with tokens alone")))
        }
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
            Ok(Some(UpstreamConfig { url, audience, idle_timeout }))
        }
        _ => Err(invalid_url(variable, &text, "write an http or https URL, such as http://localhost:8000/chatkit")),
    }
}

fn openai(
    base_url: Option<String>,
    api_key: Option<Secret>,
    model: Option<String>,
    models: Vec<String>,
    client_tools: Vec<ClientTool>,
    idle_timeout: Duration,
) -> Result<Option<OpenAiConfig>> {
    let base_url = non_blank(base_url);
    let api_key = api_key.filter(|key| !key.expose().trim().is_empty());
    let model = non_blank(model).or_else(|| models.first().cloned());
    if base_url.is_none() && api_key.is_none() && model.is_none() {
        return Ok(None);
    }
    let base_url = base_url.unwrap_or_else(|| "https://api.openai.com/v1".to_owned());
    match Url::parse(&base_url) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => {}
        _ => {
            return Err(invalid_url(
                "OPENAI_BASE_URL",
                &base_url,
                "write an http or https URL, such as http://localhost:11434/v1",
            ));
        }
    }
    if api_key.as_ref().is_some_and(|key| !key.expose().trim().bytes().all(|b| b.is_ascii_graphic())) {
        return Err(Error::Config(
            "OPENAI_API_KEY holds characters that no HTTP header may hold; copy it again".into(),
        ));
    }
    let base_url = base_url.trim_end_matches('/').to_owned();
    Ok(Some(OpenAiConfig { base_url, api_key, model, models, client_tools, idle_timeout }))
}
