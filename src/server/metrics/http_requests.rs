//! Middleware: counts requests by the pattern of their path.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tokio::time::Instant;

use super::{
    Metrics,
    labels::{Route, Status},
};

/// Paths of health probes, which would outnumber all other requests.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// Counts a request when its response begins, however long its body streams.
pub(in crate::server) async fn count(State(metrics): State<Metrics>, req: Request, next: Next) -> Response {
    if PROBES.contains(&req.uri().path()) {
        return next.run(req).await;
    }
    let (route, begun_at) = (Route::of(&req), Instant::now());
    let response = next.run(req).await;
    metrics.request(route, Status(response.status()), begun_at.elapsed());
    response
}
