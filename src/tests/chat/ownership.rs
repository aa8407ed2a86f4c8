//! Ownership: another user's id is answered like one that never existed, for every request and route that names an
//! object.
//!
//! The rows of the matrix are generated from the requests that the parser knows and the routes that the source
//! declares. A new one that is missing here fails the test.

use std::{collections::BTreeMap, path::Path};

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};

use super::{
    add, ask, events,
    file_uploads::{upload, with_files},
    ids, object, text,
};
use crate::{
    model::chatkit::Operation,
    tests::{TestApp, TestUser, both_engines},
};

/// The ids of one object of each kind, by kind.
type Objects = BTreeMap<&'static str, String>;

/// The expected response to a request that names a stranger's object.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Answer {
    /// 404.
    NotFound,
    /// 200 and `{}`: deleting a missing object is not an error.
    AsEver,
    /// The request names no object: nothing to test.
    NamesNone,
}

/// Returns the params of a request, and the expected response for a stranger's objects.
fn params(kind: &str, it: &Objects) -> Option<(Value, Answer)> {
    let thread_id = &it["thread"];
    let message = |attachments: Value| json!({ "content": [], "attachments": attachments, "inference_options": {} });
    let action = json!({ "type": "pick", "payload": {} });
    Some(match kind {
        "threads.create" => (json!({ "input": message(json!([it["attachment"]])) }), Answer::NotFound),
        "threads.add_user_message" => {
            (json!({ "thread_id": thread_id, "input": message(json!([it["attachment"]])) }), Answer::NotFound)
        }
        "threads.add_client_tool_output" => (json!({ "thread_id": thread_id, "result": {} }), Answer::NotFound),
        "threads.add_structured_input" => {
            let input = json!({ "status": "skipped", "answers": {} });
            (json!({ "thread_id": thread_id, "item_id": it["structured_input"], "input": input }), Answer::NotFound)
        }
        "threads.retry_after_item" => {
            (json!({ "thread_id": thread_id, "item_id": it["user_message"] }), Answer::NotFound)
        }
        "threads.custom_action" | "threads.sync_custom_action" => {
            (json!({ "thread_id": thread_id, "item_id": it["widget"], "action": action }), Answer::NotFound)
        }
        "threads.get_by_id" => (json!({ "thread_id": thread_id }), Answer::NotFound),
        "threads.update" => (json!({ "thread_id": thread_id, "title": "Mine now" }), Answer::NotFound),
        "threads.delete" => (json!({ "thread_id": thread_id }), Answer::AsEver),
        "items.list" => (json!({ "thread_id": thread_id }), Answer::NotFound),
        "items.feedback" => {
            let item_ids = json!([it["assistant_message"]]);
            (json!({ "thread_id": thread_id, "item_ids": item_ids, "kind": "negative" }), Answer::NotFound)
        }
        "colloquy.items.select_version" => {
            (json!({ "thread_id": thread_id, "item_id": it["assistant_message"], "version": 1 }), Answer::NotFound)
        }
        "attachments.delete" => (json!({ "attachment_id": it["attachment"] }), Answer::AsEver),
        "threads.list" | "attachments.create" | "input.transcribe" => (json!({}), Answer::NamesNone),
        _ => return None,
    })
}

/// Returns a route's requests as the user would send them: method and address.
fn requests(route: &str, it: &Objects) -> Option<Vec<(&'static str, String)>> {
    let address = |id: &str| route.replace("{id}", id);
    Some(match route {
        "/chatkit/runs/{id}" => vec![("GET", address(&it["run"]))],
        "/chatkit/runs/{id}/stop" => vec![("POST", address(&it["run"]))],
        // Links are signed for one object and one user: the query is from a link of the requesting user.
        "/chatkit/attachments/{id}" => ["GET", "HEAD", "PUT"]
            .map(|method| (method, format!("{}?{}", address(&it["attachment"]), it["query"])))
            .into(),
        // The fallback, which serves nothing.
        "/chatkit/{*rest}" => vec![],
        _ => return None,
    })
}

/// Returns the names of all requests that the parser knows.
fn kinds() -> Vec<String> {
    let err = serde_json::from_value::<Operation>(json!({ "type": "nothing", "params": {} })).unwrap_err().to_string();
    let names = err.split('`').skip(1).step_by(2).filter(|name| name.contains('.'));
    names.map(str::to_owned).collect()
}

/// Returns the routes under `/chatkit` that name an object, as the source declares them.
fn routes() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let source = std::fs::read_to_string(path).unwrap();
                let declared = source.split(".route(").skip(1).filter_map(|it| it.trim_start().strip_prefix('"'));
                let named = declared.filter_map(|it| it.split('"').next());
                found.extend(named.filter(|it| it.starts_with("/chatkit/") && it.contains('{')).map(str::to_owned));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Creates one object of each kind for a user; the tool call comes last so that it stays pending.
async fn objects(app: &TestApp, user: &TestUser) -> Objects {
    let sent = upload(app, user, "sent.txt", "text/plain", b"sent").await;
    let unsent = upload(app, user, "unsent.txt", "text/plain", b"unsent").await;
    let response = ask(app, user, "threads.create", with_files("Hello", &[&sent])).await;
    let thread_id = events(&response.text())[0]["thread"]["id"].as_str().unwrap().to_owned();
    let page = object(app, user, "items.list", json!({ "thread_id": thread_id, "order": "asc" })).await;
    let again = json!({ "thread_id": thread_id, "item_id": ids(&page)[0] });
    assert_eq!(ask(app, user, "threads.retry_after_item", again).await.status, 200);
    for message in ["/widget", "/structured", "/tool"] {
        add(app, user, &thread_id, message).await;
    }
    let page = object(app, user, "items.list", json!({ "thread_id": thread_id })).await;
    let items = page["data"].as_array().unwrap();
    let mut objects: Objects = ["user_message", "assistant_message", "widget", "structured_input", "client_tool_call"]
        .into_iter()
        .map(|kind| {
            let item = items.iter().rfind(|item| item["type"] == kind).unwrap_or_else(|| panic!("no {kind}"));
            (kind, item["id"].as_str().unwrap().to_owned())
        })
        .collect();
    let marked = json!({ "colloquy": { "resumable": true } });
    let params = json!({ "input": text("Hello") });
    let request = json!({ "type": "threads.create", "params": params, "metadata": marked });
    let stream = app.send(user.chatkit(&request)).await.text();
    let created = stream.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    let run = serde_json::from_str::<Value>(created).unwrap()["thread"]["metadata"]["colloquy"]["run"]["id"].take();
    let url = unsent["colloquy"]["url"].as_str().unwrap();
    objects.insert("query", url.split_once('?').unwrap().1.to_owned());
    objects.insert("attachment", unsent["id"].as_str().unwrap().to_owned());
    objects.insert("run", run.as_str().unwrap().to_owned());
    objects.insert("thread", thread_id);
    objects
}

/// Returns all data of a user, as the user sees it: threads, items, feedback, files.
async fn everything(app: &TestApp, user: &TestUser, attachment_id: &str) -> Value {
    let threads = object(app, user, "threads.list", json!({})).await;
    let mut items = Vec::new();
    for thread_id in ids(&threads) {
        items.push(object(app, user, "threads.get_by_id", json!({ "thread_id": thread_id })).await);
    }
    let file = app.state.config.data_dir.join("uploads");
    let n_files = std::fs::read_dir(file).unwrap().count();
    json!({ "threads": threads, "items": items, "n_files": n_files, "attachment": attachment_id })
}

/// Replaces ids in a response, so that responses for different objects can be compared.
fn without(objects: &Objects, answer: String) -> String {
    objects.values().fold(answer, |answer, id| answer.replace(id.as_str(), "…"))
}

/// The combinations that a stranger may try: all objects of another user, or another user's objects in the stranger's
/// thread.
fn tries(own: &Objects, others: &Objects) -> [Objects; 2] {
    let mut in_own_thread = others.clone();
    in_own_thread.insert("thread", own["thread"].clone());
    let mut all = others.clone();
    for tried in [&mut in_own_thread, &mut all] {
        tried.insert("query", own["query"].clone());
    }
    [all, in_own_thread]
}

/// True if a request names more than the thread, so that it can be tried in the stranger's own thread.
fn names_more_than_a_thread(kind: &str, it: &Objects) -> bool {
    let (params, _) = params(kind, it).unwrap();
    let params = params.to_string();
    it.iter().any(|(name, id)| !["thread", "query"].contains(name) && params.contains(id.as_str()))
}

#[both_engines]
async fn no_request_reaches_what_is_another_users(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let (hers, his) = (objects(&app, &alice).await, objects(&app, &bob).await);
    let nobodys: Objects = hers.iter().map(|(kind, id)| (*kind, format!("{}_nobodys", &id[..4]))).collect();
    let before = everything(&app, &alice, &hers["attachment"]).await;
    let kinds = kinds();
    assert!(kinds.len() >= 17, "{kinds:?}");
    let mut n_cells = 0;
    for kind in &kinds {
        let tried = tries(&his, &hers).into_iter().zip(tries(&his, &nobodys)).enumerate();
        for (n, (hers, nobodys)) in tried {
            if n == 1 && !names_more_than_a_thread(kind, &hers) {
                continue;
            }
            let (params_hers, expected) = params(kind, &hers).unwrap_or_else(|| panic!("say here what `{kind}` names"));
            if expected == Answer::NamesNone {
                continue;
            }
            n_cells += 1;
            let real = ask(&app, &bob, kind, params_hers.clone()).await;
            let never = ask(&app, &bob, kind, params(kind, &nobodys).unwrap().0).await;
            let status = if expected == Answer::AsEver { 200 } else { 404 };
            assert_eq!(real.status, status, "{kind} {params_hers}: {}", real.text());
            // The responses are indistinguishable.
            assert_eq!(
                (real.status, without(&hers, real.text())),
                (never.status, without(&nobodys, never.text())),
                "{kind} {params_hers}"
            );
        }
    }
    assert!(n_cells >= 20, "{n_cells}");
    assert_eq!(everything(&app, &alice, &hers["attachment"]).await, before);
    // The owner's requests succeed; those that exchange items come last.
    let mut own = kinds;
    let exchanging = ["colloquy.items.select_version", "threads.retry_after_item"];
    own.sort_by_key(|kind| exchanging.iter().position(|it| it == kind));
    for kind in own {
        let (params, expected) = params(&kind, &hers).unwrap();
        if expected == Answer::NotFound {
            let response = ask(&app, &alice, &kind, params).await;
            // The first message sends the attachment, so the next one cannot.
            let status = if kind == "threads.add_user_message" { 400 } else { 200 };
            assert_eq!(response.status, status, "{kind}: {}", response.text());
        }
    }
}

#[both_engines]
async fn no_route_reaches_what_is_another_users(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let (hers, his) = (objects(&app, &alice).await, objects(&app, &bob).await);
    let nobodys: Objects = hers.iter().map(|(kind, id)| (*kind, format!("{}_nobodys", &id[..4]))).collect();
    let before = everything(&app, &alice, &hers["attachment"]).await;
    let send = async |method: &str, address: &str| {
        let request = Request::builder().method(method).uri(address);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", bob.token));
        app.send(request.body(Body::from("taken!")).unwrap()).await
    };
    let routes = routes();
    assert!(routes.len() >= 3, "{routes:?}");
    for route in &routes {
        let [hers, _] = tries(&his, &hers);
        let [nobodys, _] = tries(&his, &nobodys);
        let real = requests(route, &hers).unwrap_or_else(|| panic!("say here what `{route}` names"));
        for ((method, real), (_, never)) in real.into_iter().zip(requests(route, &nobodys).unwrap()) {
            let (answer, never) = (send(method, &real).await, send(method, &never).await);
            assert_eq!(answer.status, 404, "{method} {real}: {}", answer.text());
            assert_eq!(
                (answer.status, without(&hers, answer.text())),
                (never.status, without(&nobodys, never.text())),
                "{method} {real}"
            );
        }
        // The owner's objects exist.
        if let Some((method, own)) = requests(route, &his).unwrap().into_iter().next() {
            assert_eq!(send(method, &own).await.status, 200, "{method} {own}");
        }
    }
    assert_eq!(everything(&app, &alice, &hers["attachment"]).await, before);
    let page = app.get(&format!("/chat/{}", hers["thread"]), &bob.cookie).await;
    assert!(!page.text().contains("/structured"), "{}", page.text());
    let page = app.get(&format!("/chat/{}", hers["thread"]), &alice.cookie).await;
    assert!(page.text().contains("/structured"));
}
