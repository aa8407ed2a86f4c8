//! A user of the server.

use std::{fs, path::Path};

use serde_json::{Value, json};

/// Does what makes a server write: an account, a mail, a message, a file. Returns what was secret of it.
pub async fn use_all(server: &str) -> Vec<String> {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = async |path: &str, token: Option<&str>, body: Value| {
        let request = http.post(format!("{server}{path}")).header("origin", server).json(&body);
        let request = token.into_iter().fold(request, |it, token| it.bearer_auth(token));
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response
    };
    let account = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse 1" });
    let signed_up = post("/api/auth/sign-up/email", None, account).await;
    let session = signed_up.headers()["set-auth-token"].to_str().unwrap().to_owned();
    post("/api/auth/request-password-reset", None, json!({ "email": "ada@example.com" })).await;
    let minted = http.get(format!("{server}/api/auth/token")).bearer_auth(&session).send().await.unwrap();
    let token = minted.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
    let params = json!({ "name": "a.txt", "size": 5, "mime_type": "text/plain" });
    let announced = post("/chatkit", Some(&token), json!({ "type": "attachments.create", "params": params })).await;
    let announced: Value = announced.json().await.unwrap();
    let link = announced["upload_descriptor"]["url"].as_str().unwrap();
    let path = &link[link.find("/chatkit").unwrap()..];
    assert!(http.put(format!("{server}{path}")).body("hello").send().await.unwrap().status().is_success());
    let text = json!([{ "type": "input_text", "text": "/long 1" }]);
    let input = json!({ "content": text, "attachments": [announced["id"]], "inference_options": {} });
    let said = post("/chatkit", Some(&token), json!({ "type": "threads.create", "params": { "input": input } })).await;
    said.text().await.unwrap();
    let (_, link_token) = link.split_once('?').unwrap();
    ["ada@example.com", "correct horse 1", "/long 1", "hello", &session, &token, link_token].map(str::to_owned).into()
}

/// Waits until the requested mail is written.
pub async fn wait_for_mail(data: &Path) {
    for _ in 0..600 {
        if fs::read_dir(data.join("mail")).is_ok_and(|mut it| it.next().is_some()) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no mail was written");
}
