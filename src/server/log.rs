//! The log: text for people, or JSON for programs that collect logs.

use std::{
    env,
    io::{self, IsTerminal},
};

use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use super::config::LogFormat;

/// The log's filter without `RUST_LOG`.
pub const DEFAULT_FILTER: &str = "info,sqlx=warn";

/// Returns a subscriber that writes events, each with the fields of its spans.
///
/// A JSON line holds the event's fields at the top level, and those of the request or the run under `span`.
pub fn subscriber<W>(format: LogFormat, filter: EnvFilter, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    match format {
        LogFormat::Text => Box::new(lines.with_ansi(has_colors()).finish()),
        LogFormat::Json => Box::new(lines.json().flatten_event(true).with_span_list(false).finish()),
    }
}

/// True for a terminal, unless `NO_COLOR` is set (no-color.org). A file would hold the terminal's codes.
fn has_colors() -> bool {
    io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
