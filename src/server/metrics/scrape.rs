//! Encodes all series.

use prometheus_client::{
    encoding::{prometheus_text, text},
    registry::Registry,
};

use super::{
    PREFIX,
    process::ProcessUsage,
    server_state::{FilesBytes, ServerState},
};
use crate::server::AppState;

/// Form of the series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OpenMetrics 1.0, which Prometheus asks for.
    OpenMetrics,
    /// Prometheus's older text format.
    PrometheusText,
}

impl Format {
    /// Returns the format for an `Accept` header: OpenMetrics, unless only plain text is accepted.
    pub(super) fn accepted(accept: &str) -> Self {
        let accepts = |media_type: &str| accept.to_ascii_lowercase().contains(media_type);
        match accepts("text/plain") && !accepts("application/openmetrics-text") {
            true => Self::PrometheusText,
            false => Self::OpenMetrics,
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::PrometheusText => prometheus_text::CONTENT_TYPE,
        }
    }
}

/// Reads and encodes all series of a server.
pub struct Scraper {
    app: AppState,
    files: FilesBytes,
}

impl Scraper {
    /// Creates a scraper.
    pub fn new(app: AppState) -> Self {
        Self { app, files: FilesBytes::default() }
    }

    /// Returns all series.
    pub async fn scrape(&self, format: Format) -> String {
        let state = ServerState::read(&self.app, &self.files).await;
        let mut gauges = Registry::with_prefix(PREFIX);
        gauges.register_collector(Box::new(state));
        let mut process = Registry::default();
        if let Some(usage) = tokio::task::spawn_blocking(ProcessUsage::read).await.ok().flatten() {
            process.register_collector(Box::new(usage));
        }
        let registries = [&self.app.metrics.0.registry, &gauges, &process];
        encode(format, &registries).expect("BUG: a string takes any text")
    }
}

fn encode(format: Format, registries: &[&Registry]) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    for registry in registries {
        match format {
            Format::OpenMetrics => text::encode_registry(&mut out, registry)?,
            Format::PrometheusText => prometheus_text::encode(&mut out, registry)?,
        }
    }
    if format == Format::OpenMetrics {
        text::encode_eof(&mut out)?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_for_clients_that_take_nothing_else() {
        let check = |accept: &str, expected| assert_eq!(Format::accepted(accept), expected, "{accept}");
        check("", Format::OpenMetrics);
        check("*/*", Format::OpenMetrics);
        check("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", Format::OpenMetrics);
        check("text/plain", Format::PrometheusText);
        check("Text/Plain;version=0.0.4, */*;q=0.1", Format::PrometheusText);
    }
}
