//! Configuration by environment variables or the equivalent command-line flags. This module is their only
//! documentation.

mod attachments;
mod auth;
mod client_tools;
mod cluster;
mod image_hosts;
mod jwt;
mod limits;
mod log_format;
mod mail;
mod model;
mod page_file;
mod pages;
mod parse;
mod redaction;
mod secret;
mod smtp_url;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use url::Url;

pub use self::{
    attachments::{AttachmentConfig, AttachmentSettings, AttachmentStore},
    auth::{AuthConfig, AuthSettings, BearerTokens, PasswordHashing, SessionConfig, SignUpPolicy},
    client_tools::ClientTool,
    cluster::{ClusterConfig, ClusterSettings, DrainTimes, RedisConfig},
    jwt::{JwtAlgorithm, JwtConfig, JwtSettings},
    limits::{LimitConfig, LimitSettings, LimitStorage},
    log_format::{LogFormat, LogSettings},
    mail::{MailConfig, MailSettings},
    model::{AnswerLimits, ModelConfig, ModelSettings, OpenAiConfig, UpstreamConfig},
    pages::{PageConfig, PageSettings},
    secret::{Secret, stored_secret},
};
pub use redaction::{redacted_path, redacted_url, without_secrets};
pub use smtp_url::{SmtpConfig, SmtpEncryption, SmtpLogin};

use self::secret::given_secret;
use super::{Error, Result, middleware::trusted_origins::TrustedOrigins, private_file};
use parse::{invalid_setting, non_blank};
use redaction::{hide_from_debug, invalid_url};

/// The unvalidated settings; [`Config`] holds their validated form.
#[derive(Clone, clap::Args)]
pub struct Settings {
    /// Address and port to listen on; port 0 takes a free one and prints it.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: String,

    /// Address and port that serve metrics for Prometheus at `/metrics`, for instance 127.0.0.1:9464. They need no
    /// password. Unset: none.
    #[arg(long, env = "METRICS_LISTEN")]
    pub metrics_listen: Option<String>,

    /// Folder of the embedded database, the generated secret, and unsent mails.
    #[arg(long, env = "DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,

    /// Secret that signs cookies and, unless JWT_SECRET is set, HS256 tokens; at least 32 bytes. Generated if unset.
    #[arg(long, env = "BETTER_AUTH_SECRET", hide_env_values = true)]
    pub better_auth_secret: Option<Secret>,

    /// Public base URL, for instance `https://chat.example.com`; https turns on `__Secure-` cookies and HSTS. Unset:
    /// http://localhost and the port of LISTEN.
    #[arg(long, env = "BETTER_AUTH_URL")]
    pub better_auth_url: Option<String>,

    /// Further origins whose pages may call this server, separated by commas; `*` and `?` are wildcards, and `myapp://`
    /// or `myapp:/` matches the URLs of an app's own scheme.
    #[arg(long, env = "BETTER_AUTH_TRUSTED_ORIGINS", value_delimiter = ',')]
    pub better_auth_trusted_origins: Vec<String>,

    /// `postgres://user:password@host/name`. Unset: SQLite at colloquy.db in DATA_DIR.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Accounts and sessions.
    #[command(flatten)]
    pub auth: AuthSettings,

    /// JWTs.
    #[command(flatten)]
    pub jwt: JwtSettings,

    /// Rate limits.
    #[command(flatten)]
    pub limits: LimitSettings,

    /// Mail.
    #[command(flatten)]
    pub mail: MailSettings,

    /// The model or server that answers.
    #[command(flatten)]
    pub model: ModelSettings,

    /// The log.
    #[command(flatten)]
    pub log: LogSettings,

    /// Web pages.
    #[command(flatten)]
    pub pages: PageSettings,

    /// Attachments.
    #[command(flatten)]
    pub attachments: AttachmentSettings,

    /// Several servers on one database.
    #[command(flatten)]
    pub cluster: ClusterSettings,

    /// Free disk space to keep, in bytes: uploads stop at the limit, messages at a tenth of it, since deleting needs
    /// some. 0: no limit.
    #[arg(long, env = "DISK_RESERVE", default_value = "1073741824")]
    pub disk_reserve: String,

    /// Hosts whose images pages may load by https, separated by commas; `*.example.com` matches all subdomains. A
    /// thread must allow them, too (`allowed_image_domains`). Unset: none, and images in answers are links.
    #[arg(long, env = "IMAGE_HOSTS", value_delimiter = ',')]
    pub image_hosts: Vec<String>,
}

/// The validated configuration of the server.
#[derive(Clone)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Address that serves metrics.
    pub metrics_listen: Option<SocketAddr>,
    /// Folder of the server's data.
    pub data_dir: PathBuf,
    /// The base URL, if configured; see [`Config::base_url`].
    public_url: Option<Url>,
    /// The actual port of the listener.
    port: u16,
    /// Secret that signs cookies.
    pub secret: Secret,
    /// True if BETTER_AUTH_SECRET is unset. The secret is in DATA_DIR then.
    pub is_secret_generated: bool,
    /// Origins that may call this server from a browser.
    pub trusted_origins: TrustedOrigins,
    /// URL of the database.
    pub database_url: String,
    /// Accounts and sessions.
    pub auth: AuthConfig,
    /// JWTs.
    pub jwt: JwtConfig,
    /// Rate limits.
    pub limits: LimitConfig,
    /// Mail.
    pub mail: MailConfig,
    /// The model or server that answers.
    pub model: ModelConfig,
    /// Web pages.
    pub pages: PageConfig,
    /// Attachments.
    pub attachments: AttachmentConfig,
    /// Several servers on one database.
    pub cluster: ClusterConfig,
    /// Free disk space to keep, in bytes; 0 is no limit.
    pub disk_reserve_bytes: u64,
    /// Hosts whose images pages may load, as sources of a content security policy.
    pub image_hosts: Vec<String>,
}

// Both hold URLs with passwords.
hide_from_debug!(Settings, Config);

impl Settings {
    /// Validates the settings. Creates the data folder and the secret if they are missing.
    ///
    /// # Errors
    /// [`Error::Config`] with the variable's name, the problem and a valid example.
    pub fn validate(self) -> Result<Config> {
        let listen = self.listen.parse::<SocketAddr>().map_err(|_| {
            invalid_setting("LISTEN", &self.listen, "write an address and a port, such as 127.0.0.1:3000")
        })?;
        let metrics_listen = metrics_listen(self.metrics_listen, listen)?;
        let public_url = non_blank(self.better_auth_url).map(|text| public_url(&text)).transpose()?;
        create_data_dir(&self.data_dir)?;
        let given_secret = given_secret("BETTER_AUTH_SECRET", self.better_auth_secret)?;
        let is_secret_generated = given_secret.is_none();
        let secret = match given_secret {
            Some(secret) => secret,
            None => stored_secret(&self.data_dir)?,
        };
        let database_url = non_blank(self.database_url)
            .unwrap_or_else(|| format!("sqlite:{}", self.data_dir.join("colloquy.db").display()));
        let disk_reserve_bytes = self.disk_reserve.trim().parse().map_err(|_| {
            invalid_setting(
                "DISK_RESERVE",
                &self.disk_reserve,
                "write a whole number of bytes, such as 1073741824; 0 is none",
            )
        })?;
        let host = public_url.as_ref().and_then(Url::host_str).unwrap_or("localhost").to_owned();
        Ok(Config {
            listen,
            metrics_listen,
            attachments: self.attachments.validate(&self.data_dir)?,
            data_dir: self.data_dir,
            trusted_origins: TrustedOrigins::parse(&self.better_auth_trusted_origins)?,
            public_url,
            port: listen.port(),
            limits: self.limits.validate(&database_url)?,
            database_url,
            disk_reserve_bytes,
            cluster: self.cluster.validate()?,
            auth: self.auth.validate()?,
            jwt: self.jwt.validate(&secret)?,
            mail: self.mail.validate(&host)?,
            image_hosts: image_hosts::validate(&self.image_hosts)?,
            model: self.model.validate()?,
            pages: self.pages.validate()?,
            secret,
            is_secret_generated,
        })
    }
}

impl Config {
    /// Sets the actual port of the listener, which differs from LISTEN's if that is 0.
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// True if BETTER_AUTH_URL is set.
    pub fn is_public(&self) -> bool {
        self.public_url.is_some()
    }

    /// Returns the public base URL as an origin, without a trailing slash.
    pub fn base_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.origin().ascii_serialization(),
            None => format!("http://localhost:{}", self.port),
        }
    }

    /// Returns the folder of the embedded database; `None` for a database server.
    pub fn database_folder(&self) -> Option<PathBuf> {
        let path = Path::new(self.database_url.strip_prefix("sqlite:")?.trim_start_matches("//"));
        // A bare file name is relative to the working directory.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        Some(folder.unwrap_or(Path::new(".")).to_owned())
    }

    /// True if the public base URL is https: `__Secure-` cookies and HSTS.
    pub fn is_secure(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    /// Returns the `iss` of JWTs.
    pub fn jwt_issuer(&self) -> String {
        self.jwt.issuer.clone().unwrap_or_else(|| self.base_url())
    }

    /// Returns the `aud` of JWTs. If unconfigured, HS256 tokens have none and others the origin of the base URL.
    pub fn jwt_audience(&self) -> Option<String> {
        match (&self.jwt.audience, self.jwt.algorithm) {
            (Some(audience), _) => Some(audience.clone()),
            (None, JwtAlgorithm::Hs256) => None,
            (None, _) => Some(self.base_url()),
        }
    }
}

fn metrics_listen(text: Option<String>, listen: SocketAddr) -> Result<Option<SocketAddr>> {
    let Some(text) = non_blank(text) else { return Ok(None) };
    let wrong = |right: &str| invalid_setting("METRICS_LISTEN", &text, right);
    let address: SocketAddr = text.parse().map_err(|_| wrong("write an address and a port, such as 127.0.0.1:9464"))?;
    if address == listen && address.port() != 0 {
        return Err(wrong("write another port than that of LISTEN"));
    }
    Ok(Some(address))
}

fn create_data_dir(path: &Path) -> Result<()> {
    let unusable = |err: std::io::Error| {
        Error::Config(format!(
            "DATA_DIR `{}` cannot be used: {err}; name a folder that this user may write to",
            path.display()
        ))
    };
    // The folder holds sessions, hashes and mails, which other users of the machine must not read.
    private_file::create_folder(path).map_err(unusable)?;
    let n_loose = private_file::restrict_access(path).map_err(unusable)?;
    if n_loose > 0 {
        tracing::warn!(n_loose, "removed other users' access to {n_loose} files and folders in DATA_DIR");
    }
    let probe = path.join(format!(".write-test-{}", rand::random::<u64>()));
    std::fs::write(&probe, b"").map_err(unusable)?;
    std::fs::remove_file(&probe).map_err(unusable)
}

fn public_url(text: &str) -> Result<Url> {
    let good = |url: &Url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.path() == "/" && url.query().is_none()
    };
    Url::parse(text).ok().filter(good).ok_or_else(|| {
        invalid_url("BETTER_AUTH_URL", text, "write the public origin without a path, such as https://chat.example.com")
    })
}
