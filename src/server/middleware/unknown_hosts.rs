//! Warns the operator when users open pages at another address than BETTER_AUTH_URL. Links in mails lead to the
//! configured address, and with https the cookies are not sent elsewhere.

use std::{
    collections::HashSet,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};

use super::trusted_origins::Origin;
use crate::server::config::Config;

/// The maximum number of hosts that are logged, since clients can send any.
const MAX_LOGGED: usize = 20;

/// The hosts already logged. Cheap to clone.
#[derive(Clone, Default)]
pub struct UnknownHosts(Arc<Mutex<HashSet<String>>>);

impl UnknownHosts {
    /// Returns the host of a page request if it differs from that of `base_url` and is new.
    fn first_seen(&self, base_url: &str, headers: &HeaderMap) -> Option<String> {
        let base = Origin::parse(base_url)?;
        let accepts = headers.get(header::ACCEPT)?.to_str().ok()?;
        let host =
            headers.get(header::HOST)?.to_str().ok().filter(|host| !host.contains(['/', '?', '#', '@', '\\']))?;
        let scheme = base.whole.split_once("://")?.0;
        let host = Origin::parse(&format!("{scheme}://{host}"))?.host;
        if !accepts.contains("text/html") || is_same(&base.host, &host) {
            return None;
        }
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (told.len() < MAX_LOGGED && told.insert(host.clone())).then_some(host)
    }
}

/// True if both name the same host. All loopback names are the same.
fn is_same(host: &str, other: &str) -> bool {
    host == other || (is_loopback(host) && is_loopback(other))
}

/// True for loopback names and addresses; `host` may have a port.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name == "localhost" || name.ends_with(".localhost") || address.is_ok_and(|it| it.is_loopback())
}

/// Middleware: logs the first page request at each such host.
pub async fn warn(State((hosts, config)): State<(UnknownHosts, Arc<Config>)>, req: Request, next: Next) -> Response {
    let base_url = config.base_url();
    if let Some(host) = hosts.first_seen(&base_url, req.headers()) {
        tracing::warn!(
            host,
            "a page was opened at `{host}`, but BETTER_AUTH_URL is {base_url}: links in mails lead there, and signing in \
             may fail here; set BETTER_AUTH_URL to the address that people use"
        );
    }
    next.run(req).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(accept: &str, host: &str) -> HeaderMap {
        [(header::ACCEPT, accept), (header::HOST, host)]
            .map(|(name, value)| (name, value.parse().unwrap()))
            .into_iter()
            .collect()
    }

    #[test]
    fn an_unknown_host_is_told_once() {
        let check = |base_url: &str, host: &str, expected: Option<&str>| {
            let hosts = UnknownHosts::default();
            let page = opened("text/html,*/*;q=0.8", host);
            assert_eq!(hosts.first_seen(base_url, &page).as_deref(), expected, "{base_url} {host}");
            assert_eq!(hosts.first_seen(base_url, &page), None, "{base_url} {host}");
        };
        check("http://localhost:3000", "chat.lan:3000", Some("chat.lan:3000"));
        check("http://localhost:3000", "192.168.1.7:3000", Some("192.168.1.7:3000"));
        check("http://localhost:3000", "CHAT.lan", Some("chat.lan"));
        check("https://chat.example.com", "chat.lan:3000", Some("chat.lan:3000"));
        check("https://chat.example.com", "localhost:3000", Some("localhost:3000"));
        check("https://chat.example.com", "chat.example.com:8443", Some("chat.example.com:8443"));
        check("https://chat.example.com", "chat.example.com", None);
        check("https://chat.example.com", "Chat.Example.com:443", None);
        for own in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "127.0.0.2", "chat.localhost:3000"] {
            check("http://localhost:3000", own, None);
        }
        for no_host in ["", " ", "a b", "a/b", "[", "a:b"] {
            check("http://localhost:3000", no_host, None);
        }
    }

    #[test]
    fn only_pages_count_and_not_for_ever() {
        let hosts = UnknownHosts::default();
        for accept in ["*/*", "application/json", "text/event-stream", ""] {
            assert_eq!(hosts.first_seen("http://localhost:3000", &opened(accept, "chat.lan")), None, "{accept}");
        }
        assert_eq!(hosts.first_seen("http://localhost:3000", &HeaderMap::new()), None);
        let told =
            (0..100).filter_map(|n| hosts.first_seen("http://localhost:3000", &opened("text/html", &format!("h{n}"))));
        assert_eq!(told.count(), MAX_LOGGED);
    }
}
