//! Hosts whose images pages may load.

use url::{Host, Url};

use super::redaction::invalid_url;
use crate::server::Result;

/// Validates hosts and returns them as sources of a content security policy.
///
/// # Errors
/// [`Error::Config`](crate::server::Error::Config) for anything that is not a host, since it could change the policy.
pub fn validate(hosts: &[String]) -> Result<Vec<String>> {
    let named = hosts.iter().map(|it| it.trim()).filter(|it| !it.is_empty());
    named
        .map(|it| {
            let source = source(it);
            source.ok_or_else(|| {
                invalid_url("IMAGE_HOSTS", it, "write hosts such as images.example.com or *.example.com")
            })
        })
        .collect()
}

fn source(host: &str) -> Option<String> {
    let (prefix, name) = host.strip_prefix("*.").map_or(("", host), |name| ("*.", name));
    let url = Url::parse(&format!("https://{name}")).ok()?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    match url.host()? {
        Host::Domain(domain) if is_bare && !name.ends_with('/') => {
            let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_');
            let port = url.port().map(|it| format!(":{it}")).unwrap_or_default();
            domain.chars().all(is_plain).then(|| format!("https://{prefix}{domain}{port}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_become_sources_and_nothing_else_does() {
        let validated = validate(&["Images.example.com".into(), " *.cdn.test:8443 ".into(), String::new()]);
        assert_eq!(validated.unwrap(), ["https://images.example.com", "https://*.cdn.test:8443"]);
        for host in
            ["*", "https://a.example", "a.example/x", "a b", "a;script-src *", "'self'", "127.0.0.1", "u@a.example"]
        {
            assert!(validate(&[host.to_owned()]).is_err(), "{host}");
        }
    }
}
