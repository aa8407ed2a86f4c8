//! Configuration: environment variables, or the same as command-line flags; documented once, here.

mod secret;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use url::Url;

pub use super::db::without_password;
pub use secret::{Secret, stored_secret};

use super::{Error, Result, middleware::origin::TrustedOrigins};
use secret::given_secret;

/// The settings as they are given; [`Config`] is what becomes of them.
#[derive(Clone, Debug, clap::Args)]
pub struct Settings {
    /// Address and port to listen on; port 0 takes a free one and prints it.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: String,

    /// Folder of the embedded database and the generated secret.
    #[arg(long, env = "DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,

    /// Signs cookies and, unless JWT_SECRET is set, HS256 tokens; at least 32 bytes. Generated when unset.
    #[arg(long, env = "BETTER_AUTH_SECRET", hide_env_values = true)]
    pub better_auth_secret: Option<Secret>,

    /// Public base URL, for instance `https://chat.example.com`; https turns on `__Secure-` cookies and HSTS.
    /// Unset: http://localhost and the port of LISTEN.
    #[arg(long, env = "BETTER_AUTH_URL")]
    pub better_auth_url: Option<String>,

    /// Further origins whose pages may call us, separated by commas; `*` and `?` are wildcards.
    #[arg(long, env = "BETTER_AUTH_TRUSTED_ORIGINS", value_delimiter = ',')]
    pub better_auth_trusted_origins: Vec<String>,

    /// `postgres://user:password@host/name`. Unset: SQLite at colloquy.db in DATA_DIR.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// `iss` of tokens. Unset: the origin of BETTER_AUTH_URL.
    #[arg(long, env = "JWT_ISSUER")]
    pub jwt_issuer: Option<String>,

    /// `aud` of tokens. Unset: none, since python-jose and PyJWT refuse an audience they were not told of.
    #[arg(long, env = "JWT_AUDIENCE")]
    pub jwt_audience: Option<String>,

    /// How long a token is good for: a number with s, m, h or d.
    #[arg(long, env = "JWT_EXPIRES_IN", default_value = "7d")]
    pub jwt_expires_in: String,

    /// Signs HS256 tokens in BETTER_AUTH_SECRET's place; at least 32 bytes.
    #[arg(long, env = "JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<Secret>,

    /// Base URL of an OpenAI-compatible server. Unset, but a key or a model is set: `https://api.openai.com/v1`.
    #[arg(long, env = "OPENAI_BASE_URL")]
    pub openai_base_url: Option<String>,

    /// Key of that server, if it wants one.
    #[arg(long, env = "OPENAI_API_KEY", hide_env_values = true)]
    pub openai_api_key: Option<Secret>,

    /// Model to ask. Unset: the first of the server's `/models`.
    #[arg(long, env = "OPENAI_MODEL")]
    pub openai_model: Option<String>,

    /// What the model is told before every conversation.
    #[arg(long, env = "SYSTEM_PROMPT")]
    pub system_prompt: Option<String>,

    /// How many tokens (estimated) of a thread the model is sent: the newest items that fit.
    #[arg(long, env = "MODEL_CONTEXT_TOKENS", default_value = "32000")]
    pub model_context_tokens: String,
}

/// What the server runs with: judged, with nothing left to guess.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The folder for what is kept.
    pub data_dir: PathBuf,
    /// The base URL if one is configured; see [`Config::base_url`].
    public_url: Option<Url>,
    /// The port that the listener really has.
    port: u16,
    /// Signs cookies.
    pub secret: Secret,
    /// The origins that may call us from a browser.
    pub trusted_origins: TrustedOrigins,
    /// The database's URL.
    pub database_url: String,
    /// How tokens are made.
    pub jwt: JwtConfig,
    /// Where answers come from.
    pub model: ModelConfig,
}

/// How tokens are made.
#[derive(Clone, Debug)]
pub struct JwtConfig {
    /// Signs HS256 tokens.
    pub secret: Secret,
    /// `iss`, if it is not the origin of the base URL.
    pub issuer: Option<String>,
    /// `aud`, if any.
    pub audience: Option<String>,
    /// `exp` minus `iat`, in seconds.
    pub expires_in_s: i64,
}

/// Where answers come from.
#[derive(Clone, Debug)]
pub struct ModelConfig {
    /// The OpenAI-compatible server; `None` means the built-in demo.
    pub openai: Option<OpenAiConfig>,
    /// What the model is told first.
    pub system_prompt: Option<String>,
    /// How much of a thread is sent, in estimated tokens.
    pub context_tokens: usize,
}

/// An OpenAI-compatible server.
#[derive(Clone, Debug)]
pub struct OpenAiConfig {
    /// Its base URL, without a slash at the end.
    pub base_url: String,
    /// Its key.
    pub api_key: Option<Secret>,
    /// The model; `None` takes the first of `/models`.
    pub model: Option<String>,
}

impl Settings {
    /// Judges the settings, and makes the data folder and the secret where they are missing.
    ///
    /// # Errors
    /// [`Error::Config`] with the variable's name, what is wrong and what would be right.
    pub fn judge(self) -> Result<Config> {
        let listen = self
            .listen
            .parse::<SocketAddr>()
            .map_err(|_| wrong("LISTEN", &self.listen, "write an address and a port, such as 127.0.0.1:3000"))?;
        let public_url = given(self.better_auth_url).map(|text| public_url(&text)).transpose()?;
        create_data_dir(&self.data_dir)?;
        let secret = match given_secret("BETTER_AUTH_SECRET", self.better_auth_secret)? {
            Some(secret) => secret,
            None => stored_secret(&self.data_dir)?,
        };
        let jwt_secret = given_secret("JWT_SECRET", self.jwt_secret)?;
        let database_url = given(self.database_url)
            .unwrap_or_else(|| format!("sqlite:{}", self.data_dir.join("colloquy.db").display()));
        let jwt = JwtConfig {
            secret: jwt_secret.unwrap_or_else(|| secret.clone()),
            issuer: given(self.jwt_issuer),
            audience: given(self.jwt_audience),
            expires_in_s: duration_s(&self.jwt_expires_in).ok_or_else(|| {
                wrong("JWT_EXPIRES_IN", &self.jwt_expires_in, "write a number with s, m, h or d, such as 7d or 15m")
            })?,
        };
        let context_tokens = self.model_context_tokens.parse().ok().filter(|n| *n >= 256).ok_or_else(|| {
            wrong(
                "MODEL_CONTEXT_TOKENS",
                &self.model_context_tokens,
                "write a whole number of at least 256, such as 32000",
            )
        })?;
        let model = ModelConfig {
            openai: openai(self.openai_base_url, self.openai_api_key, self.openai_model)?,
            system_prompt: given(self.system_prompt),
            context_tokens,
        };
        Ok(Config {
            listen,
            data_dir: self.data_dir,
            trusted_origins: TrustedOrigins::parse(&self.better_auth_trusted_origins)?,
            public_url,
            port: listen.port(),
            secret,
            database_url,
            jwt,
            model,
        })
    }
}

impl Config {
    /// Notes the port that the listener really has, which differs from LISTEN's where that is 0.
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Returns the public base URL as an origin, without a slash at the end.
    pub fn base_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.origin().ascii_serialization(),
            None => format!("http://localhost:{}", self.port),
        }
    }

    /// Whether people reach us by https: `__Secure-` cookies, HSTS.
    pub fn is_secure(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    /// Returns `iss` of tokens.
    pub fn jwt_issuer(&self) -> String {
        self.jwt.issuer.clone().unwrap_or_else(|| self.base_url())
    }
}

fn create_data_dir(path: &Path) -> Result<()> {
    let unusable = |err: std::io::Error| {
        Error::Config(format!(
            "DATA_DIR `{}` cannot be used: {err}; name a folder that this user may write to",
            path.display()
        ))
    };
    std::fs::create_dir_all(path).map_err(unusable)?;
    let probe = path.join(format!(".write-test-{}", rand::random::<u64>()));
    std::fs::write(&probe, b"").map_err(unusable)?;
    std::fs::remove_file(&probe).map_err(unusable)
}

fn given(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn public_url(text: &str) -> Result<Url> {
    let good = |url: &Url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.path() == "/" && url.query().is_none()
    };
    Url::parse(text).ok().filter(good).ok_or_else(|| {
        wrong("BETTER_AUTH_URL", text, "write the public origin without a path, such as https://chat.example.com")
    })
}

fn openai(base_url: Option<String>, api_key: Option<Secret>, model: Option<String>) -> Result<Option<OpenAiConfig>> {
    let base_url = given(base_url);
    let api_key = api_key.filter(|key| !key.expose().trim().is_empty());
    let model = given(model);
    if base_url.is_none() && api_key.is_none() && model.is_none() {
        return Ok(None);
    }
    let base_url = base_url.unwrap_or_else(|| "https://api.openai.com/v1".to_owned());
    match Url::parse(&base_url) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => {}
        _ => {
            return Err(wrong(
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
    Ok(Some(OpenAiConfig { base_url: base_url.trim_end_matches('/').to_owned(), api_key, model }))
}

/// Reads `90s`, `15m`, `12h` or `7d`; a bare number is seconds. At most ten years.
fn duration_s(text: &str) -> Option<i64> {
    let text = text.trim();
    let (number, unit_s) = match text.chars().last()? {
        's' => (&text[..text.len() - 1], 1),
        'm' => (&text[..text.len() - 1], 60),
        'h' => (&text[..text.len() - 1], 3600),
        'd' => (&text[..text.len() - 1], 86_400),
        _ => (text, 1),
    };
    let seconds = number.trim().parse::<i64>().ok()?.checked_mul(unit_s)?;
    (1..=315_360_000).contains(&seconds).then_some(seconds)
}

fn wrong(variable: &str, value: &str, right: &str) -> Error {
    Error::Config(format!("{variable} is `{value}`, which cannot be used: {right}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_their_unit() {
        let check = |text: &str, expected| assert_eq!(duration_s(text), expected, "{text}");
        check("7d", Some(604_800));
        check("15m", Some(900));
        check(" 90 s ", Some(90));
        check("60", Some(60));
        for bad in ["", "d", "0", "-1d", "1w", "7 days", "9999999999d", "ä"] {
            check(bad, None);
        }
    }
}
