//! The listener of the metrics: `GET /metrics` and nothing else, without authentication.

use std::{io, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::net::TcpListener;

use super::scrape::{Format, Scraper};
use crate::server::{AppState, Error, Result, config::Config};

/// Opens the listener, if METRICS_LISTEN is set.
///
/// # Errors
/// [`Error::Config`] with a sentence for the operator.
pub async fn bind(config: &Config) -> Result<Option<TcpListener>> {
    let Some(address) = config.metrics_listen else { return Ok(None) };
    let listener = TcpListener::bind(address).await.map_err(|err| cannot_listen(address, &err))?;
    if !address.ip().is_loopback() {
        tracing::warn!(
            "METRICS_LISTEN is {address}: whoever reaches that address reads the metrics, since they need no password"
        );
    }
    Ok(Some(listener))
}

/// Serves the metrics until the process ends, so that a scrape sees the shutdown, too.
pub fn start(listener: TcpListener, app: AppState) {
    tokio::spawn(axum::serve(listener, router(app)).into_future());
}

/// Routes `GET /metrics`.
pub fn router(app: AppState) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(Arc::new(Scraper::new(app)))
}

async fn metrics(State(scraper): State<Arc<Scraper>>, headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let format = Format::accepted(accept);
    ([(header::CONTENT_TYPE, format.content_type())], scraper.scrape(format).await).into_response()
}

fn cannot_listen(address: SocketAddr, err: &io::Error) -> Error {
    Error::Config(match err.kind() {
        io::ErrorKind::AddrInUse => {
            format!("METRICS_LISTEN is {address}, where a program listens already; stop it, or write another port")
        }
        io::ErrorKind::PermissionDenied => {
            format!("METRICS_LISTEN is {address}, where this user may not listen; write a port above 1023")
        }
        _ => format!("METRICS_LISTEN is {address}, which cannot be used: {err}; write an address of this machine"),
    })
}
