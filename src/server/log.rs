//! The log: text for people, or JSON for programs that collect logs.

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
        LogFormat::Text => Box::new(lines.finish()),
        LogFormat::Json => Box::new(lines.json().flatten_event(true).with_span_list(false).finish()),
    }
}
