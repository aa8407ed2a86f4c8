//! Shared parts of relays to other servers: HTTP clients, backoff, `Retry-After`, and log descriptions.

use std::time::{Duration, SystemTime};

use reqwest::{Client, ClientBuilder, Response};
use url::Url;

use crate::server::Error;

/// Time limit for connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Time limit for a non-streaming body after its headers. A server that sends a byte now and then never reaches the
/// idle timeout.
pub(super) const BODY_TIMEOUT: Duration = Duration::from_secs(60);
/// Backoff before the second and the third attempt.
pub(super) const BACKOFF: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(900)];
/// Minimum number taken for a timestamp instead of a delay, in seconds since 1970 (September 2001).
const MIN_TIMESTAMP: f64 = 1e9;
/// Maximum delay requested by an overloaded server that is honoured before the failure is reported.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// Returns a client builder for one server. Redirects are disabled, so keys, tokens and conversations reach only the
/// configured server.
pub(super) fn client(url: &Url) -> ClientBuilder {
    let builder = Client::builder().connect_timeout(CONNECT_TIMEOUT).redirect(reqwest::redirect::Policy::none());
    let is_local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if is_local { builder.no_proxy() } else { builder }
}

/// Builds the client.
///
/// # Errors
/// [`Error::Config`] if it cannot be built.
pub(super) fn build(builder: ClientBuilder) -> Result<Client, Error> {
    builder.build().map_err(|err| Error::Config(format!("building the HTTP client failed: {err}")))
}

/// Returns a server's host and port, for messages.
pub(super) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Waits before the next attempt: the backoff, or the requested delay in seconds if longer. Returns `false` if no
/// attempt remains, or the delay exceeds ten seconds.
pub(super) async fn back_off(waits: &mut impl Iterator<Item = Duration>, asked_s: Option<u64>) -> bool {
    let asked = Duration::from_secs(asked_s.unwrap_or(0));
    let Some(wait) = waits.next().filter(|_| asked <= MAX_WAIT) else { return false };
    tokio::time::sleep(wait.max(asked)).await;
    true
}

/// Returns the delay that a server requests, in whole seconds, rounded up. Fractions are accepted, and dates (RFC 9110
/// §10.2.3), relative to the server's clock.
pub(super) fn retry_after_s(response: &Response) -> Option<u64> {
    let header = |name: &str| response.headers().get(name)?.to_str().ok();
    wait_s(header("retry-after-ms"), header("retry-after"), header("date"), SystemTime::now())
}

fn wait_s(after_ms: Option<&str>, after: Option<&str>, date: Option<&str>, now: SystemTime) -> Option<u64> {
    if let Some(wait_ms) = after_ms.and_then(|text| text.trim().parse::<f64>().ok()) {
        return whole_seconds(wait_ms / 1000.0);
    }
    let after = after?.trim();
    let now = date.and_then(|date| httpdate::parse_http_date(date.trim()).ok()).unwrap_or(now);
    let from_now = |until: SystemTime| whole_seconds(until.duration_since(now).unwrap_or_default().as_secs_f64());
    if let Ok(until) = httpdate::parse_http_date(after) {
        return from_now(until);
    }
    let first = after.split([',', ';']).next().unwrap_or_default().trim().to_ascii_lowercase();
    match first.parse::<f64>() {
        // A timestamp instead of a delay, in seconds or milliseconds since 1970.
        Ok(moment) if moment >= MIN_TIMESTAMP => {
            let moment_s = if moment >= 1000.0 * MIN_TIMESTAMP { moment / 1000.0 } else { moment };
            from_now(SystemTime::UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(moment_s).ok()?)?)
        }
        Ok(wait_s) => whole_seconds(wait_s),
        Err(_) => seconds(first.strip_prefix("pt").unwrap_or(&first)),
    }
}

/// Rounds seconds up. Returns `None` for negative or non-finite values.
pub(super) fn whole_seconds(seconds: f64) -> Option<u64> {
    Some(Duration::try_from_secs_f64(seconds.ceil()).ok()?.as_secs())
}

/// Parses a duration such as `20s`, `1m20.5s`, `120ms` or `30 seconds`, in seconds, rounded up.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let (mut rest, mut total) = (text.trim_start(), None);
    while rest.starts_with(|char: char| char.is_ascii_digit()) {
        let end = rest.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(rest.len());
        let amount: f64 = rest[..end].trim_end_matches('.').parse().ok()?;
        let unit = rest[end..].trim_start();
        let letters = unit.find(|char: char| !char.is_ascii_alphabetic()).unwrap_or(unit.len());
        let factor = match &unit[..letters] {
            "ms" | "milliseconds" => 0.001,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hour" | "hours" => 3600.0,
            "d" | "day" | "days" => 86400.0,
            _ => break,
        };
        total = Some(total.unwrap_or(0.0) + amount * factor);
        rest = unit[letters..].trim_start();
    }
    whole_seconds(total?)
}

/// Reads at most `max_bytes` of a body. A body that breaks off is returned as far as it came.
pub(super) async fn read_body(response: Response, max_bytes: usize) -> Vec<u8> {
    read_body_within(BODY_TIMEOUT, response, max_bytes).await
}

async fn read_body_within(timeout: Duration, mut response: Response, max_bytes: usize) -> Vec<u8> {
    let mut body = Vec::new();
    let read = async {
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk[..chunk.len().min(max_bytes - body.len())]);
            if body.len() == max_bytes {
                break;
            }
        }
    };
    _ = tokio::time::timeout(timeout, read).await;
    body
}

/// Describes a transport error with its causes, without the URL, which may contain a key.
pub(super) fn describe(err: &reqwest::Error) -> String {
    let mut text = if err.is_timeout() { "timed out".to_owned() } else { "failed".to_owned() };
    let mut cause = std::error::Error::source(err);
    while let Some(err) = cause {
        text = format!("{text}: {err}");
        cause = err.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn a_server_is_waited_for_as_long_as_it_asks_within_bounds() {
        let check = async |asked_s, at_least_ms: Option<u64>| {
            let (begun, mut waits) = (tokio::time::Instant::now(), BACKOFF.into_iter());
            let has_waited = back_off(&mut waits, asked_s).await;
            assert_eq!(has_waited, at_least_ms.is_some(), "{asked_s:?}");
            assert!(begun.elapsed() >= Duration::from_millis(at_least_ms.unwrap_or(0)), "{asked_s:?}");
        };
        check(None, Some(300)).await;
        check(Some(0), Some(300)).await;
        check(Some(1), Some(1000)).await;
        check(Some(11), None).await;
        assert!(!back_off(&mut std::iter::empty(), None).await);
    }

    #[tokio::test]
    async fn a_body_that_trickles_is_read_as_far_as_it_comes_in_time() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_u8().await.unwrap();
            stream.write_all(b"HTTP/1.1 500 Oh\r\ncontent-length: 1000000\r\n\r\n").await.unwrap();
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        let client = build(client(&url).read_timeout(Duration::from_secs(60))).unwrap();
        let response = client.get(url).send().await.unwrap();
        let body = read_body_within(Duration::from_millis(100), response, 1_000_000).await;
        assert!(body.len() < 1_000_000 && body.iter().all(|byte| *byte == b'x'), "{} bytes", body.len());
    }

    #[test]
    fn a_wait_may_be_a_number_or_a_date() {
        let now = httpdate::parse_http_date("Wed, 21 Oct 2026 07:00:00 GMT").unwrap();
        let check = |after_ms, after, date, expected: Option<u64>| {
            assert_eq!(wait_s(after_ms, after, date, now), expected, "{after_ms:?} {after:?} {date:?}");
        };
        check(None, None, None, None);
        check(None, Some("30"), None, Some(30));
        check(None, Some(" 0.2 "), None, Some(1));
        check(None, Some("7s"), None, Some(7));
        check(Some("1500"), Some("30"), None, Some(2));
        check(Some("soon"), Some("30"), None, Some(30));
        check(None, Some("Wed, 21 Oct 2026 07:28:00 GMT"), None, Some(1680));
        check(None, Some("Wed, 21 Oct 2026 07:28:00 GMT"), Some("Wed, 21 Oct 2026 07:27:50 GMT"), Some(10));
        check(None, Some("Wednesday, 21-Oct-26 07:00:09 GMT"), None, Some(9));
        check(None, Some("Wed, 21 Oct 2026 06:00:00 GMT"), None, Some(0));
        check(None, Some("Wed Oct 21 07:00:30 2026"), None, Some(30));
        // Durations, lists and timestamps.
        for (after, expected) in [
            ("1m30s", 90),
            ("120 seconds", 120),
            ("500ms", 1),
            ("PT30S", 30),
            ("1h", 3600),
            ("30, 60", 30),
            ("30;w=60", 30),
            ("0", 0),
            ("1792566030", 30),
            ("1792566030500", 31),
            ("1700000000", 0),
        ] {
            check(None, Some(after), None, Some(expected));
        }
        for wrong in ["", "soon", "-1", "NaN", "inf", "1e300", "99999999999999999999999"] {
            check(None, Some(wrong), None, None);
        }
    }

    #[test]
    fn a_server_is_spoken_of_by_host_and_port() {
        let check = |url: &str, expected| assert_eq!(host(&url.parse().unwrap()), expected);
        check("http://localhost:8000/chatkit", "localhost:8000");
        check("https://api.example.com/v1", "api.example.com");
    }
}
