//! Files work at every address at which our page was opened, and clients elsewhere get absolute URLs.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::{
    events,
    file_uploads::{GIF, upload, with_files},
};
use crate::tests::{Engine, TestApp, TestResponse, TestUser, both_engines, mail_flows::one_mail, test_app::BASE_URL};

const LAN: &str = "http://chat.lan:4701";

type Headers<'a> = &'a [(&'a str, &'a str)];

/// Headers of a request that our page at [`LAN`] sends.
const FROM_LAN: Headers<'static> = &[("host", "chat.lan:4701"), ("origin", LAN)];

/// The header by which browsers mark a same-origin request.
const STAYS: (&str, &str) = ("sec-fetch-site", "same-origin");

async fn post(app: &TestApp, user: &TestUser, headers: Headers<'_>, kind: &str, params: Value) -> TestResponse {
    let mut request = user.chatkit(&json!({ "type": kind, "params": params }));
    for (name, value) in headers {
        request.headers_mut().insert(header::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    }
    app.send(request).await
}

async fn announce_from(app: &TestApp, user: &TestUser, headers: Headers<'_>) -> Value {
    let params = json!({ "name": "a.png", "size": GIF.len(), "mime_type": "image/gif" });
    let response = post(app, user, headers, "attachments.create", params).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text());
    response.json()
}

/// Returns the origins of all links to files in a text.
fn origins(text: &str) -> Vec<String> {
    let ends = text.match_indices("/chatkit/attachments/").map(|(at, _)| &text[..at]);
    ends.map(|before| before.rsplit('"').next().unwrap_or_default().to_owned()).collect()
}

fn all_at(origin: &str, n_links: usize) -> Vec<String> {
    vec![origin.to_owned(); n_links]
}

#[tokio::test]
async fn links_begin_at_our_own_page_and_else_at_the_configured_origin() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--better-auth-trusted-origins", "https://app.example.com"]).await;
    let alice = app.sign_up("Alice").await;
    let check = async |headers: Headers<'_>, expected: &str| {
        let announced = announce_from(&app, &alice, headers).await.to_string();
        assert_eq!(origins(&announced), all_at(expected, 3), "{headers:?}");
    };
    for (headers, page) in [
        (FROM_LAN, LAN),
        (&[("host", "chat.lan:4701"), ("referer", "http://chat.lan:4701/chat/thr_1?x=y")], LAN),
        (&[("host", "192.168.1.7:4701"), ("origin", "http://192.168.1.7:4701")], "http://192.168.1.7:4701"),
        (&[("host", "[fd00::7]:4701"), ("origin", "http://[fd00::7]:4701")], "http://[fd00::7]:4701"),
        (&[("host", "localhost:4701"), ("origin", "http://localhost:4701")], "http://localhost:4701"),
        (&[("host", "chat.lan"), ("origin", "http://chat.lan")], "http://chat.lan"),
        // A proxy terminates TLS.
        (&[("host", "chat.lan"), ("origin", "https://chat.lan")], "https://chat.lan"),
        (&[("host", "CHAT.lan"), ("origin", "https://chat.lan")], "https://chat.lan"),
        (&[("host", "127.0.0.1:4701"), ("origin", BASE_URL)], BASE_URL),
        // The proxy also replaces the host; the browser states that the request is same-origin.
        (&[("host", "127.0.0.1:4701"), ("origin", "https://chat.lan"), STAYS], "https://chat.lan"),
        (&[("host", "chat.lan"), ("origin", "https://chat.lan:8443"), STAYS], "https://chat.lan:8443"),
        (&[("host", "127.0.0.1:4701"), ("referer", "https://chat.lan/chat"), STAYS], "https://chat.lan"),
        (&[("host", "127.0.0.1:4701"), ("origin", BASE_URL), STAYS], BASE_URL),
    ] {
        check(headers, page).await;
    }
    for elsewhere in [
        &[][..],
        &[("host", "chat.lan:4701")],
        &[("host", "evil.example")],
        &[("host", "chat.lan:4701"), ("origin", "https://app.example.com")],
        &[("host", "chat.lan:4701"), ("origin", "https://evil.example")],
        &[("host", "chat.lan:4701"), ("origin", "http://chat.lan:4702")],
        &[("host", "chat.lan:4701"), ("origin", "null")],
        &[("host", "chat.lan:4701"), ("origin", "")],
        &[("host", "chat.lan:4701"), ("origin", "chatlan://chat.lan:4701")],
        &[("host", "chat.lan:4701"), ("origin", BASE_URL)],
        &[("host", "chat.lan:4701"), ("origin", "https://app.example.com"), ("referer", LAN)],
        &[("host", "127.0.0.1:4701"), ("origin", LAN), ("x-forwarded-host", "chat.lan:4701")],
        &[("host", "127.0.0.1:4701"), ("origin", "https://app.example.com"), ("forwarded", "host=chat.lan:4701")],
        &[("host", "127.0.0.1:4701"), ("origin", "https://app.example.com"), ("sec-fetch-site", "same-site")],
        &[("host", "127.0.0.1:4701"), ("origin", "https://app.example.com"), ("sec-fetch-site", "cross-site")],
        &[("host", "127.0.0.1:4701"), ("origin", "null"), STAYS],
        &[("host", "127.0.0.1:4701"), STAYS],
    ] {
        check(elsewhere, BASE_URL).await;
    }
}

#[tokio::test]
async fn without_a_configured_origin_links_begin_where_the_request_has_reached_us() {
    let trusted = format!("https://app.example.com,{BASE_URL}");
    let flags = ["--better-auth-url", "", "--better-auth-trusted-origins", &trusted];
    let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
    let alice = app.sign_up("Alice").await;
    for (headers, expected) in [
        (&[][..], "http://localhost:3000"),
        (&[("host", "")], "http://localhost:3000"),
        (&[("host", "chat.lan:4701")], LAN),
        (&[("host", "CHAT.lan:80")], "http://chat.lan"),
        (&[("host", "[fd00::7]:4701")], "http://[fd00::7]:4701"),
        (&[("host", "chat.lan"), ("x-forwarded-proto", "https")], "https://chat.lan"),
        (&[("host", "chat.lan"), ("x-forwarded-proto", "gopher")], "http://chat.lan"),
        // A page elsewhere and an app that is not a page use the same address.
        (&[("host", "chat.lan:4701"), ("origin", "https://app.example.com")], LAN),
        (&[("host", "chat.lan:4701"), ("origin", "null")], LAN),
        (&[("host", "chat.lan:4701"), ("origin", "http://chat.lan:4702")], LAN),
        (&[("host", "127.0.0.1:4701"), ("origin", "https://chat.lan"), STAYS], "https://chat.lan"),
        (&[("host", "chat.lan/x?y#z")], "http://localhost:3000"),
        (&[("host", "a@chat.lan")], "http://localhost:3000"),
        (&[("host", "a b")], "http://localhost:3000"),
    ] {
        let announced = announce_from(&app, &alice, headers).await.to_string();
        assert_eq!(origins(&announced), all_at(expected, 3), "{headers:?}");
    }
}

#[both_engines]
async fn a_file_of_a_page_that_was_opened_by_a_name_of_the_network_goes_all_the_way(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let announced = announce_from(&app, &alice, FROM_LAN).await;
    let from_lan = async |method: &str, url: &Value, body: &'static [u8]| {
        let path = url.as_str().unwrap().strip_prefix(LAN).expect("a link to where the page is");
        let request = Request::builder().method(method).uri(path);
        let request = FROM_LAN.iter().fold(request, |it, (name, value)| it.header(*name, *value));
        app.send(request.body(Body::from(body)).unwrap()).await
    };
    let uploaded = from_lan("PUT", &announced["upload_descriptor"]["url"], GIF).await;
    assert_eq!(origins(&uploaded.text()), all_at(LAN, 2));
    let uploaded = uploaded.json();
    for url in [&uploaded["colloquy"]["url"], &uploaded["preview_url"]] {
        assert_eq!(&from_lan("GET", url, b"").await.body[..], GIF);
    }
    let form = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"b\"\r\n\r\nhello\r\n--x--\r\n";
    let request = Request::post("/chatkit/attachments")
        .header(header::AUTHORIZATION, format!("Bearer {}", alice.token))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    let request = FROM_LAN.iter().fold(request, |it, (name, value)| it.header(*name, *value));
    assert_eq!(origins(&app.send(request.body(Body::from(form)).unwrap()).await.text()), all_at(LAN, 1));

    let mut message = with_files("/long 1", &[&uploaded]);
    let begun = post(&app, &alice, FROM_LAN, "threads.create", message.clone()).await.text();
    assert_eq!(origins(&begun), all_at(LAN, 2));
    let thread_id = events(&begun)[0]["thread"]["id"].clone();
    let item_id = events(&begun)[1]["item"]["id"].clone();
    let follower = upload(&app, &alice, "c.gif", "image/gif", GIF).await;
    message = with_files("/long 1", &[&follower]);
    message["thread_id"] = thread_id.clone();
    assert_eq!(
        origins(&post(&app, &alice, FROM_LAN, "threads.add_user_message", message).await.text()),
        all_at(LAN, 2)
    );
    for (kind, params, n_links) in [
        ("threads.get_by_id", json!({ "thread_id": thread_id }), 4),
        ("items.list", json!({ "thread_id": thread_id, "order": "asc" }), 4),
    ] {
        let here = post(&app, &alice, FROM_LAN, kind, params.clone()).await.text();
        assert_eq!(origins(&here), all_at(LAN, n_links), "{kind}");
        let elsewhere = post(&app, &alice, &[], kind, params).await.text();
        assert_eq!(origins(&elsewhere), all_at(BASE_URL, n_links), "{kind}");
    }
    // Later turns return when the earlier version is selected, including their files.
    let retry = json!({ "thread_id": thread_id, "item_id": item_id });
    assert_eq!(post(&app, &alice, FROM_LAN, "threads.retry_after_item", retry).await.status, StatusCode::OK);
    let choose = json!({ "thread_id": thread_id, "item_id": item_id, "version": 1 });
    let chosen = post(&app, &alice, FROM_LAN, "colloquy.items.select_version", choose).await.text();
    assert_eq!(origins(&chosen), all_at(LAN, 2), "{chosen}");
    // A document resolves relative paths itself, wherever it was requested.
    let page = app.get(&format!("/chat/{}", thread_id.as_str().unwrap()), &alice.cookie).await.text();
    assert!(page.contains("\"/chatkit/attachments/atc_") && !page.contains(&format!("{BASE_URL}/chatkit/")), "{page}");
}

#[both_engines]
async fn no_host_gets_into_mails(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    for path in ["request-password-reset", "send-verification-email"] {
        let mut request = Request::post(format!("/api/auth/{path}")).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in FROM_LAN {
            request = request.header(*name, *value);
        }
        let body = Body::from(json!({ "email": ada.email }).to_string());
        assert_eq!(app.send(request.body(body).unwrap()).await.status, StatusCode::OK);
        assert!(one_mail(&app).await.1.starts_with(BASE_URL));
    }
}
