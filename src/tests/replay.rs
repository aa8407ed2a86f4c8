//! Recorded requests to the real Better Auth, sent to this server. Statuses, headers and bodies must be equal.
//!
//! Ids, dates, tokens and signatures differ in each run. In all later requests, a recorded token is replaced by the one
//! that this server returned in its place.

use std::collections::HashMap;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{TestApp, TestResponse, test_app::SECRET};
use crate::server::{auth::cookies, config::Secret};

/// The headers of a response that are compared.
const HEADERS: [&str; 7] = [
    "content-type",
    "cache-control",
    "pragma",
    "location",
    "access-control-expose-headers",
    "x-retry-after",
    "retry-after",
];
/// The headers of a response that must exist, with any value.
const SECRETS: [&str; 2] = ["set-auth-token", "set-auth-jwt"];

/// A recorded request and its response.
pub struct Exchange {
    pub title: String,
    pub method: String,
    pub path: String,
    headers: Vec<(String, String)>,
    body: String,
    pub status: u16,
    answer_headers: Vec<(String, String)>,
    answer_body: String,
}

impl Exchange {
    /// Returns the second of the day in which the response was recorded.
    fn second(&self) -> i64 {
        let date = self.answer_headers.iter().find(|(name, _)| name == "date").map(|(_, value)| value);
        // As in `Mon, 23 Nov 2026 00:08:14 GMT`.
        let time = date.and_then(|date| date.split(' ').nth(4)).expect("a recorded date");
        time.split(':').fold(0, |seconds, part| seconds * 60 + part.parse::<i64>().unwrap())
    }
}

/// Reads a recording.
pub fn parse(text: &str) -> Vec<Exchange> {
    text.split("------------------------------------------------------------------------------")
        .filter_map(|part| part.trim_start().strip_prefix("### "))
        .map(parse_exchange)
        .collect()
}

/// A mail of a recording.
#[derive(Debug, Deserialize)]
pub struct RecordedMail {
    pub kind: String,
    pub to: String,
    pub url: String,
    pub token: String,
}

/// A step of a recording, in order.
pub enum Step {
    Exchange(Exchange),
    Mail(RecordedMail),
}

/// Reads a recording with mails between the exchanges.
pub fn parse_with_mails(text: &str) -> Vec<Step> {
    let parts = text.split("------------------------------------------------------------------------------");
    parts.filter_map(parse_step).collect()
}

fn parse_step(part: &str) -> Option<Step> {
    let part = part.trim_start();
    if let Some(exchange) = part.strip_prefix("### ") {
        return Some(Step::Exchange(parse_exchange(exchange)));
    }
    let (_, json) = part.lines().next()?.split_once(": ").filter(|(said, _)| said.contains("mail"))?;
    let mail = json.trim_matches(['[', ']']);
    Some(Step::Mail(serde_json::from_str(mail).unwrap_or_else(|err| panic!("{err}: {mail}"))))
}

fn parse_exchange(part: &str) -> Exchange {
    let (title, rest) = part.split_once("\n>>> REQUEST\n").expect("a recorded request");
    let (request, answer) = rest.split_once("\n<<< RESPONSE\n").expect("a recorded answer");
    let (line, headers, body) = parse_message(request);
    let (status, answer_headers, answer_body) = parse_message(answer);
    let mut words = line.split(' ');
    Exchange {
        title: title.to_owned(),
        method: words.next().unwrap().to_owned(),
        path: words.next().unwrap().to_owned(),
        headers,
        body,
        status: status.split(' ').nth(1).unwrap().parse().unwrap(),
        answer_headers,
        answer_body,
    }
}

fn parse_message(text: &str) -> (&str, Vec<(String, String)>, String) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    (first, headers, body.trim_end_matches('\n').to_owned())
}

impl Exchange {
    /// Expects a verified address where the recorded one is not: a deliberate difference.
    pub fn expect_verified_address(&mut self) {
        self.answer_body = self.answer_body.replace(r#""emailVerified":false"#, r#""emailVerified":true"#);
    }

    /// Expects a header that the recorded response lacks: a deliberate difference.
    pub fn expect_header(&mut self, name: &str, value: &str) {
        self.answer_headers.push((name.to_owned(), value.to_owned()));
    }
}

/// Replays recordings against an application.
#[derive(Default)]
pub struct Replay {
    /// Recorded tokens and the corresponding ones of this server.
    tokens: HashMap<String, String>,
    /// The second of the last exchange that was checked at its time.
    second: Option<i64>,
}

impl Replay {
    /// Maps a recorded token to one of this server.
    pub fn know(&mut self, recorded: &str, ours: &str) {
        self.tokens.insert(recorded.to_owned(), ours.to_owned());
    }

    /// Sends the request without checking the response.
    pub async fn send(&self, app: &TestApp, exchange: &Exchange) -> TestResponse {
        app.send(self.request(exchange)).await
    }

    /// Advances the clock by the recorded time since the last exchange, then checks.
    pub async fn check_at_its_time(&mut self, app: &TestApp, exchange: &Exchange) {
        let second = exchange.second();
        app.state.clock.advance_seconds(second - self.second.replace(second).unwrap_or(second));
        self.check(app, exchange).await;
    }

    /// Sends the request and compares the responses.
    pub async fn check(&mut self, app: &TestApp, exchange: &Exchange) {
        let response = self.send(app, exchange).await;
        let title = &exchange.title;
        assert_eq!(response.status, StatusCode::from_u16(exchange.status).unwrap(), "{title}: {}", response.text());
        for name in HEADERS {
            let recorded = exchange.answer_headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value);
            assert_eq!(response.header(name), self.with_ours(recorded), "{title}: {name}");
        }
        for name in SECRETS {
            let recorded = exchange.answer_headers.iter().any(|(key, _)| key == name);
            assert_eq!(response.headers.contains_key(name), recorded, "{title}: {name}");
        }
        if let Some((_, recorded)) = exchange.answer_headers.iter().find(|(name, _)| name == "set-auth-jwt") {
            // Most recordings use Better Auth's default algorithm, many tests use ours.
            let (ours, recorded) = (jwt(response.header("set-auth-jwt")), jwt(recorded));
            assert!(ours.is_some() && recorded.is_some(), "{title}: set-auth-jwt");
            if ours.as_ref().map(|it| &it["header"]["alg"]) == recorded.as_ref().map(|it| &it["header"]["alg"]) {
                assert_eq!(ours, recorded, "{title}: set-auth-jwt");
            }
        }
        self.check_body(exchange, &response);
        let recorded = exchange.answer_headers.iter().filter(|(name, _)| name == "set-cookie");
        let recorded: Vec<_> = recorded.map(|(_, value)| without_signature(value)).collect();
        let ours: Vec<_> = response.cookies().iter().map(|value| without_signature(value)).collect();
        assert_eq!(ours, recorded, "{title}: Set-Cookie");
    }

    fn request(&self, exchange: &Exchange) -> Request<Body> {
        let mut request = Request::builder().method(exchange.method.as_str()).uri(self.with_ours(&exchange.path));
        for (name, value) in &exchange.headers {
            if !["connection", "content-length"].contains(&name.as_str()) {
                let value = match value.strip_prefix("Bearer ") {
                    Some(token) => format!("Bearer {}", self.with_our_bearer(token)),
                    None if name == "cookie" => {
                        value.split("; ").map(|pair| self.with_our_tokens(pair)).collect::<Vec<_>>().join("; ")
                    }
                    None => self.with_our_tokens(value),
                };
                request = request.header(name, value);
            }
        }
        request.body(Body::from(self.with_ours(&exchange.body))).unwrap()
    }

    /// Replaces all recorded tokens by ours.
    pub fn with_ours(&self, text: &str) -> String {
        self.tokens.iter().fold(text.to_owned(), |text, (recorded, ours)| text.replace(recorded, ours))
    }

    /// Replaces a raw or signed token. A JWT stays as recorded.
    fn with_our_bearer(&self, given: &str) -> String {
        match given.split_once('.') {
            None => self.tokens.get(given).cloned().unwrap_or_else(|| given.to_owned()),
            Some((token, _)) if self.tokens.contains_key(token) => {
                self.with_our_tokens(&format!("x={given}")).trim_start_matches("x=").to_owned()
            }
            Some(_) => given.to_owned(),
        }
    }

    /// Replaces recorded tokens and signatures by ours. A forged one stays as recorded.
    fn with_our_tokens(&self, value: &str) -> String {
        let Some((name, rest)) = value.split_once('=') else { return value.to_owned() };
        let Some((token, signature)) = rest.split_once('.') else {
            return self.tokens.get(rest).map_or_else(|| value.to_owned(), |ours| format!("{name}={ours}"));
        };
        // An unknown token keeps its value, but is signed by our secret, as it was by theirs.
        let ours = self.tokens.get(token).map_or(token, String::as_str);
        let signed = cookies::sign(&Secret::new(SECRET), ours);
        let (_, right) = signed.rsplit_once('.').unwrap();
        let encoded: String =
            percent_encoding::utf8_percent_encode(right, percent_encoding::NON_ALPHANUMERIC).collect();
        if signature.contains("AAAA") {
            return format!("{name}={ours}.{}", encoded.replacen(&encoded[..3], "AAA", 1).to_uppercase());
        }
        if signature.contains('%') { format!("{name}={ours}.{encoded}") } else { format!("{name}={ours}.{right}") }
    }

    fn check_body(&mut self, exchange: &Exchange, response: &TestResponse) {
        if exchange.answer_body.is_empty() {
            assert_eq!(response.text(), "", "{}", exchange.title);
            return;
        }
        let recorded: Value = serde_json::from_str(&exchange.answer_body).unwrap();
        let ours = response.json();
        if let (Some(theirs), Some(ours)) = (recorded["token"].as_str(), ours["token"].as_str()) {
            self.know(theirs, ours);
        }
        assert_eq!(normalised(ours), normalised(recorded), "{}", exchange.title);
    }
}

/// Replaces values that differ in each run by their kind.
fn normalised(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| {
                let value = match (key.as_str(), value) {
                    ("token", Value::String(text)) if text.contains('.') => jwt(&text).expect("a JWT"),
                    ("id" | "userId" | "accountId" | "token" | "kid" | "x" | "y" | "n", Value::String(text)) => {
                        format!("{} characters", text.len()).into()
                    }
                    ("createdAt" | "updatedAt" | "expiresAt", Value::String(text)) => {
                        format!("{} characters, ends with {}", text.len(), &text[text.len() - 1..]).into()
                    }
                    (_, value) => normalised(value),
                };
                (key, value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(normalised).collect(),
        value => value,
    }
}

/// Reads a JWT. Replaces its times by its lifetime, and removes `sid`, which Better Auth's tokens lack.
fn jwt(token: &str) -> Option<Value> {
    let mut parts = token.split('.').map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
    let [header, claims] = [parts.next()??, parts.next()??].map(|json| serde_json::from_slice::<Value>(&json).ok());
    let (header, mut claims) = (header?, claims?);
    claims["exp"] = (claims["exp"].as_i64()? - claims["iat"].as_i64()?).into();
    claims["iat"] = 0.into();
    claims["sub"] = (claims["sub"] == claims["id"]).into();
    claims.as_object_mut()?.remove("sid");
    Some(json!({ "header": normalised(header), "claims": normalised(claims), "signature": parts.next()??.len() }))
}

/// Replaces the signed value of a `Set-Cookie` by its length in base64 characters.
fn without_signature(cookie: &str) -> String {
    let (name, rest) = cookie.split_once('=').unwrap();
    let (value, attributes) = rest.split_once(';').unwrap();
    let value = percent_encoding::percent_decode_str(value).decode_utf8().unwrap();
    match value.rsplit_once('.') {
        Some(("true", signature)) => format!("{name}=true.{};{attributes}", signature.len()),
        Some((token, signature)) => format!("{name}={}.{};{attributes}", token.len(), signature.len()),
        None => cookie.to_owned(),
    }
}
