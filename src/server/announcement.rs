//! The lines printed to standard output when the server has started. Tests read the address from them.

use std::net::SocketAddr;

use super::config::{Config, redacted_path, redacted_url};

/// Returns the lines, which contain no secrets.
pub fn announcement(config: &Config, listening: &str, metrics: Option<SocketAddr>) -> String {
    let database = match config.database_url.strip_prefix("sqlite:") {
        Some(path) => format!("SQLite: {}", redacted_path(path)),
        None => format!("PostgreSQL: {}", redacted_url(&config.database_url)),
    };
    let answers = match (&config.model.upstream, &config.model.openai) {
        (Some(upstream), _) => format!("the ChatKit server at {}", redacted_url(upstream.url.as_str())),
        (None, Some(openai)) => {
            let model = openai.model.as_deref().unwrap_or("the first model");
            format!("{model} at {}", redacted_url(&openai.base_url))
        }
        (None, None) => "demo (no model is connected; set OPENAI_BASE_URL, see .env.example)".to_owned(),
    };
    let mails = match &config.mail.smtp {
        Some(smtp) => smtp.host.clone(),
        None => format!("files in {} (set SMTP_URL to send them)", config.data_dir.join("mail").display()),
    };
    let (version, base_url) = (env!("CARGO_PKG_VERSION"), config.base_url());
    let lines = [
        format!("Colloquy {version} serves at {base_url}"),
        format!("  listening  http://{listening}"),
        format!("  database   {database}"),
        format!("  answers    {answers}"),
        format!("  mails      {mails}"),
    ];
    let metrics = metrics.map(|address| format!("  metrics    http://{address}/metrics"));
    lines.into_iter().chain(metrics).collect::<Vec<_>>().join("\n")
}
