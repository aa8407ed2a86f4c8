//! Warns the operator of a proxy in front of this server that TRUSTED_PROXIES does not name. All its clients count as
//! one.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};

use super::client_address::X_FORWARDED_FOR;
use crate::server::config::LimitConfig;

/// True until the warning was logged. Cheap to clone.
#[derive(Clone)]
pub struct ProxyWarning(Arc<AtomicBool>);

impl ProxyWarning {
    /// Expects the warning if no proxies are configured.
    pub fn new(config: &LimitConfig) -> Self {
        Self(Arc::new(AtomicBool::new(config.trusted_proxies.is_empty())))
    }

    /// True for the first request that a proxy has forwarded.
    fn is_due(&self, headers: &HeaderMap) -> bool {
        self.0.load(Ordering::Relaxed) && headers.contains_key(X_FORWARDED_FOR) && self.0.swap(false, Ordering::Relaxed)
    }
}

/// Middleware: logs the first request with `X-Forwarded-For`.
pub async fn warn(State(warning): State<ProxyWarning>, req: Request, next: Next) -> Response {
    if warning.is_due(req.headers()) {
        tracing::warn!(
            "a request has the header X-Forwarded-For, but TRUSTED_PROXIES is unset: if a proxy is in front of this \
             server, all its clients share their rate limits; set TRUSTED_PROXIES to the proxy's addresses or networks"
        );
    }
    next.run(req).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_proxy_is_logged_once() {
        let forwarded: HeaderMap = [(X_FORWARDED_FOR, "192.0.2.7".parse().unwrap())].into_iter().collect();
        let config = |proxies: &[&str]| LimitConfig {
            storage: None,
            trusted_proxies: proxies.iter().map(|it| it.parse().unwrap()).collect(),
        };
        let warning = ProxyWarning::new(&config(&[]));
        assert!(!warning.is_due(&HeaderMap::new()));
        assert!(warning.clone().is_due(&forwarded));
        assert!(!warning.is_due(&forwarded));
        assert!(!ProxyWarning::new(&config(&["10.0.0.0/8"])).is_due(&forwarded));
    }
}
