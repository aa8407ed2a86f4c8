//! Injection: texts of users, models and other servers never change the structure of a page.
//!
//! Every text is rendered twice, once with `x` and once with markup. An HTML parser reads both pages, which must have
//! the same elements with the same attributes.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use html5ever::{ParseOpts, parse_document, tendril::TendrilSink, tree_builder::TreeBuilderOpts};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use serde_json::{Value, json};
use sqlx::types::Json;

use super::{
    Engine, TestApp, TestUser,
    chat::{object, thread, upload},
    test_app::BASE_URL,
};
use crate::server::{db::on, mail};

/// Ends of raw text, comments, attributes and foreign content, and markers that leptos_meta and Leptos search for in a
/// page.
const HOSTILE: [&str; 3] = [
    "</title><script src=/x.js></script></style></textarea></option></select></svg></math><svg onload=x><!--",
    "</title><meta http-equiv=refresh content=0;//evil.tld> --><!></noscript><template><plaintext>",
    "\"'><img src=x onerror=alert(1)> <!--HEAD--></head><body onload=x> &lt;/title&gt;&#60;script&#62;",
];

/// Keys of an item whose values are not free text: names, addresses, ids and closed sets.
const NOT_TEXT: [&str; 17] = [
    "type",
    "id",
    "thread_id",
    "created_at",
    "status",
    "status_indicator",
    "call_id",
    "url",
    "href",
    "src",
    "mime_type",
    "preview_url",
    "upload_descriptor",
    "date",
    "level",
    "iconStart",
    "iconEnd",
];

/// Commands of the demo that fill a thread with every kind of item.
const ASKED: [&str; 6] = ["/annotations", "/workflow", "/task", "/image", "/structured", "/tool"];
const WIDGETS: [&str; 12] =
    ["flight", "todo", "list", "people", "settings", "trip", "stay", "actions", "charts", "table", "article", "texts"];

#[derive(Debug, PartialEq, Eq)]
struct Shape {
    /// One line per element: its depth, its name and the names of its attributes.
    elements: Vec<String>,
    title: String,
    /// The text of all other elements except scripts.
    text: String,
}

fn shape(html: &str) -> Shape {
    let tree_builder = TreeBuilderOpts { scripting_enabled: true, ..TreeBuilderOpts::default() };
    let options = ParseOpts { tree_builder, ..ParseOpts::default() };
    let page = parse_document(RcDom::default(), options).one(html);
    let mut shape = Shape { elements: Vec::new(), title: String::new(), text: String::new() };
    read(&page.document, 0, "", &mut shape);
    shape
}

fn read(node: &Handle, depth: usize, parent: &str, shape: &mut Shape) {
    let mut name = parent.to_owned();
    match &node.data {
        NodeData::Text { contents } if parent == "title" => shape.title.push_str(&contents.borrow()),
        NodeData::Text { contents } if parent != "script" => shape.text.push_str(&contents.borrow()),
        NodeData::Element { name: tag, attrs, .. } => {
            name = tag.local.to_string();
            let mut attributes: Vec<_> = attrs.borrow().iter().map(|it| it.name.local.to_string()).collect();
            attributes.sort();
            shape.elements.push(format!("{depth} {name} {}", attributes.join(" ")));
        }
        _ => {}
    }
    for child in node.children.borrow().iter() {
        read(child, depth + 1, &name, shape);
    }
}

/// Compares two pages that were rendered with `x` and with `hostile`.
#[track_caller]
fn check(place: &str, hostile: &str, plain_page: &str, hostile_page: &str) {
    let (plain, it) = (shape(plain_page), shape(hostile_page));
    let differs = plain.elements.iter().zip(&it.elements).position(|(a, b)| a != b);
    if let Some(at) = differs {
        let around = |elements: &[String]| elements[at.saturating_sub(4)..(at + 4).min(elements.len())].join("\n  ");
        panic!("{place}, {hostile}: expected\n  {}\nfound\n  {}", around(&plain.elements), around(&it.elements));
    }
    assert_eq!(plain.elements.len(), it.elements.len(), "{place}, {hostile}");
    assert_eq!(plain.title.replace(" x", &format!(" {hostile}")), it.title, "{place}: the title");
}

/// Opens a page as a browser does, and follows a redirect.
async fn open(app: &TestApp, path: &str, cookie: &str) -> String {
    let request = Request::get(path).header(header::ACCEPT, "text/html,*/*").header(header::COOKIE, cookie);
    let page = app.send(request.body(Body::empty()).unwrap()).await;
    assert!([StatusCode::OK, StatusCode::NOT_FOUND].contains(&page.status), "{path}: {}", page.status);
    page.text()
}

/// Appends a text to every text of an item.
fn write_into(node: &mut Value, text: &str) {
    match node {
        Value::Object(fields) => {
            let texts = fields.iter_mut().filter(|(key, _)| !NOT_TEXT.contains(&key.as_str()));
            texts.for_each(|(_, it)| write_into(it, text));
        }
        Value::Array(items) => items.iter_mut().for_each(|it| write_into(it, text)),
        Value::String(it) => *it = format!("{it} {text}"),
        _ => {}
    }
}

/// Creates a thread that holds every kind of item.
async fn thread_of_everything(app: &TestApp, user: &TestUser) -> String {
    let thread_id = thread(app, user, "Hello").await;
    for message in ASKED.iter().map(ToString::to_string).chain(WIDGETS.iter().map(|it| format!("/widget {it}"))) {
        let file = upload(app, user, "notes.txt", "text/plain", b"Hello").await;
        let input = json!({ "content": [{ "type": "input_text", "text": message }], "attachments": [file["id"]],
            "quoted_text": "quoted", "inference_options": {} });
        let body = json!({ "type": "threads.add_user_message", "params": { "thread_id": thread_id, "input": input } });
        assert_eq!(app.send(user.chatkit(&body)).await.status, StatusCode::OK);
    }
    thread_id
}

type ItemRow = (String, Json<Value>);

async fn items(app: &TestApp, thread_id: &str) -> Vec<ItemRow> {
    let select = r#"select "id", "body" from "item" where "threadId" = $1"#;
    on!(app.state.db.read(), pool => sqlx::query_as(select).bind(thread_id).fetch_all(pool).await).unwrap()
}

/// Writes a text into all items, the thread's title and the user's name.
async fn say(app: &TestApp, user: &TestUser, thread_id: &str, items: &[ItemRow], text: &str) {
    for (id, Json(body)) in items {
        let mut body = body.clone();
        write_into(&mut body, text);
        let update = r#"update "item" set "body" = $2 where "id" = $1"#;
        on!(app.state.db.write(), pool => sqlx::query(update).bind(id).bind(Json(&body)).execute(pool).await.map(drop))
            .unwrap();
    }
    object(app, user, "threads.update", json!({ "thread_id": thread_id, "title": format!("About {text}") })).await;
    let name = json!({ "name": format!("Ada {text}") });
    assert_eq!(app.post("/api/auth/update-user", Some(&user.cookie), &name).await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_text_of_a_conversation_changes_a_page() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ada = app.sign_up("Ada").await;
    let thread_id = thread_of_everything(&app, &ada).await;
    let items = items(&app, &thread_id).await;
    let chat = format!("/chat/{thread_id}");
    let pages =
        [&chat, "/chat", "/account", "/account/email", "/account/sessions", "/account/delete", "/account/appearance"];
    let open_all = async |text: &str| {
        say(&app, &ada, &thread_id, &items, text).await;
        let mut opened = Vec::new();
        for path in pages {
            opened.push(open(&app, path, &ada.cookie).await);
        }
        opened
    };
    let plain = open_all("x").await;
    assert!(shape(&plain[0]).elements.len() > 500, "the thread is in the page");
    for hostile in HOSTILE {
        let opened = open_all(hostile).await;
        for ((path, plain), page) in pages.into_iter().zip(&plain).zip(&opened) {
            check(path, hostile, plain, page);
        }
        let chat = shape(&opened[0]);
        assert_eq!(chat.title, format!("About {hostile} · Colloquy"));
        assert!(chat.text.matches(hostile).count() > 20, "{hostile} is shown as it was written");
    }
}

/// Posts a form that is refused, without JavaScript; returns the page it leads to.
async fn refused_form(app: &TestApp, form: &str, page: &str, text: &str) -> String {
    let fields =
        serde_urlencoded::to_string([("name", text), ("email", text), ("password", "1"), ("next", text)]).unwrap();
    let request = Request::post(format!("/api/fn/{form}"))
        .header(header::CONTENT_LENGTH, fields.len())
        .header(header::ORIGIN, BASE_URL)
        .header(header::REFERER, format!("{BASE_URL}{page}"))
        .header(header::ACCEPT, "text/html,*/*")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let response = app.send(request.body(Body::from(fields)).unwrap()).await;
    assert_eq!(response.status, StatusCode::FOUND, "{form}");
    let cookie = response.cookies().remove(0);
    let path = response.header("location").trim_start_matches(BASE_URL).to_owned();
    open(app, &path, cookie.split(';').next().unwrap()).await
}

#[tokio::test]
async fn nothing_that_a_stranger_types_changes_a_page() {
    let app = TestApp::new(Engine::Sqlite).await;
    for hostile in HOSTILE {
        for (form, page) in [("sign-in", "/sign-in"), ("sign-up", "/sign-up"), ("request-reset", "/forgot-password")] {
            let plain = refused_form(&app, form, page, "x").await;
            check(form, hostile, &plain, &refused_form(&app, form, page, hostile).await);
        }
        for path in [
            "/sign-in?next=",
            "/sign-in?error=",
            "/sign-in?__path=/api/fn/sign-in&__err=",
            "/sign-up?next=",
            "/reset-password?token=",
            "/reset-password?error=",
            "/verify-email?error=",
            "/check-mail?for=",
            "/",
        ] {
            let open_with = async |text: &str| {
                let query = serde_urlencoded::to_string([("", text)]).unwrap();
                let path = format!("{path}{}", query.trim_start_matches('='));
                open(&app, if path == "/x" { "/nowhere/x" } else { &path }, "a=b").await
            };
            check(path, hostile, &open_with("x").await, &open_with(hostile).await);
        }
    }
}

#[test]
fn no_name_or_address_changes_a_mail() {
    let plain = mail::pages("x", "x");
    for hostile in HOSTILE {
        let pages = mail::pages(hostile, hostile);
        for (plain, page) in plain.iter().zip(&pages) {
            check("a mail", hostile, plain, page);
        }
    }
}
