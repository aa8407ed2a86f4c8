//! `threads.list` with a query: results, their order, and hostile queries.

use serde_json::{Value, json};

use super::{ask, create, ids, object, refusal, run_ends::hide, text, thread};
use crate::{
    server::{
        chat::{Chat, relays},
        db::on,
    },
    tests::{TestApp, TestUser, both_engines},
};

async fn find(app: &TestApp, user: &TestUser, query: &str) -> Value {
    object(app, user, "threads.list", json!({ "query": query })).await
}

async fn found(app: &TestApp, user: &TestUser, query: &str) -> Vec<String> {
    ids(&find(app, user, query).await).into_iter().map(str::to_owned).collect()
}

#[both_engines]
async fn titles_and_messages_are_found_by_the_beginnings_of_their_words(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let long = format!("Packing list\n\n{}\nand an Umbrella, naïvely", "socks ".repeat(100));
    let trip = thread(&app, &alice, &long).await;
    let other = thread(&app, &alice, "/long 3").await;
    for query in ["umbrella", "UMBR", "an um", "socks naïve", "pack list"] {
        assert_eq!(found(&app, &alice, query).await, [trip.as_str()], "{query}");
    }
    // The words of an answer are found when it is complete.
    assert_eq!(found(&app, &alice, "w2").await, [other.as_str()]);
    for query in ["mbrella", "socks w2", "nothing", ""] {
        assert_eq!(found(&app, &alice, query).await, [""; 0], "{query}");
    }
    let page = find(&app, &alice, "umbrella").await;
    let snippet = page["data"][0]["metadata"]["colloquy"]["snippet"].as_str().unwrap();
    assert!(snippet.starts_with("…socks") && snippet.ends_with("and an Umbrella, naïvely"), "{snippet}");
    assert_eq!((&page["data"][0]["title"], &page["data"][0]["items"]["data"]), (&json!("Packing list"), &json!([])));
    // A new title replaces the old one.
    object(&app, &alice, "threads.update", json!({ "thread_id": other, "title": "Weather" })).await;
    assert_eq!(found(&app, &alice, "weath").await, [other.as_str()]);
    object(&app, &alice, "threads.delete", json!({ "thread_id": other })).await;
    assert_eq!(found(&app, &alice, "weath").await, [""; 0]);
    assert_eq!(found(&app, &alice, "w2").await, [""; 0]);
}

#[both_engines]
async fn scripts_without_spaces_are_found_by_any_part(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let id = thread(&app, &alice, "明日は東京で会議があります。 สวัสดีครับ 안녕하세요").await;
    for query in ["東京", "京で会", "明", "会議 東京", "สวัส", "안녕"] {
        assert_eq!(found(&app, &alice, query).await, [id.as_str()], "{query}");
    }
    for query in ["京東", "大阪", "녕하"] {
        assert_eq!(found(&app, &alice, query).await, [""; 0], "{query}");
    }
}

#[both_engines]
async fn no_query_can_do_harm(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let id = thread(&app, &alice, "a near miss, or column words: NOT").await;
    for query in [
        "\"",
        "'",
        "''",
        "\\",
        "*",
        "a*",
        "^a",
        "(",
        ")",
        "a AND",
        "OR",
        "NOT",
        "NEAR(a, b)",
        "words:a",
        "{words}:a",
        "-a",
        "+",
        "a & | !",
        "a <-> b",
        "a:*",
        "a:ABCD",
        "%",
        "_",
        "; drop table \"item\"; --",
        "👋",
        "\u{202e}",
        "\u{fffd}",
        "{",
        "]",
    ] {
        let response = ask(&app, &alice, "threads.list", json!({ "query": query })).await;
        assert_eq!(response.status, 200, "{query}: {}", response.text());
    }
    // Operators are treated as words.
    assert_eq!(found(&app, &alice, "or NOT near").await, [id.as_str()]);
    assert_eq!(found(&app, &alice, &"near ".repeat(10_000)).await, [id.as_str()]);
    assert_eq!(found(&app, &alice, &"x".repeat(100_000)).await, [""; 0]);
    assert_eq!(refusal(&app, &alice, "threads.list", json!({ "query": "a\0b" })).await.0, 400);
    assert_eq!(refusal(&app, &alice, "threads.list", json!({ "query": 7 })).await.0, 400);
    assert_eq!(object(&app, &alice, "threads.list", json!({ "query": null })).await["data"][0]["id"], id.as_str());
}

#[both_engines]
async fn titles_come_first_then_the_newest_page_by_page(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut expected = vec![];
    for _ in 0..5 {
        app.state.clock.advance_seconds(60);
        expected.insert(0, thread(&app, &alice, "Zebras\nand giraffes").await);
    }
    let titled = expected.remove(3);
    object(&app, &alice, "threads.update", json!({ "thread_id": titled, "title": "Giraffes giraffes" })).await;
    expected.insert(0, titled);
    assert_eq!(found(&app, &alice, "giraffe").await, expected);
    let (mut seen, mut after) = (vec![], Value::Null);
    loop {
        let page =
            object(&app, &alice, "threads.list", json!({ "query": "giraffe", "limit": 2, "after": after })).await;
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        after = page["after"].clone();
        assert_eq!(page["has_more"].as_bool().unwrap(), after.is_string());
        if after.is_null() {
            break;
        }
    }
    assert_eq!(seen, expected);
    // A cursor that is no longer found is the end; an invalid one is an error.
    let other = thread(&app, &alice, "/long 1").await;
    let page = object(&app, &alice, "threads.list", json!({ "query": "giraffe", "after": other })).await;
    assert_eq!(ids(&page).len(), 0);
    assert_eq!(refusal(&app, &alice, "threads.list", json!({ "query": "x", "after": "thr_nope" })).await.0, 400);
    assert_eq!(refusal(&app, &alice, "threads.list", json!({ "query": "x", "limit": -1 })).await.0, 400);
}

#[both_engines]
async fn nobody_finds_what_is_hidden_or_another_users(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let alices = thread(&app, &alice, "a secret garden").await;
    hide(&app, &alices, 1).await;
    create(&app, &bob, "a public garden").await;
    assert_eq!(found(&app, &alice, "garden").await, [alices.as_str()]);
    assert_eq!(found(&app, &bob, "secret").await, [""; 0]);
    assert_eq!(refusal(&app, &bob, "threads.list", json!({ "query": "garden", "after": alices })).await.0, 400);
    assert_eq!(found(&app, &alice, "hidden").await, [""; 0]);
    // The marker of a stopped answer is not found either.
    let stopped =
        ask(&app, &alice, "threads.add_user_message", json!({ "thread_id": alices, "input": text("/long 2") })).await;
    assert_eq!(stopped.status, 200);
    assert_eq!(found(&app, &alice, "cancelled stream").await, [""; 0]);
}

#[both_engines]
async fn what_is_older_than_the_search_is_found_after_the_next_start(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let id = thread(&app, &alice, "昔々 once upon\na time").await;
    hide(&app, &id, 1).await;
    let db = &app.state.db;
    for statement in [
        r#"delete from "searchText""#,
        r#"insert into "searchBacklog" ("id") select "id" from "thread" union all select "id" from "item""#,
        r#"insert into "searchBacklog" ("id") values ('msg_deleted')"#,
    ] {
        on!(db.write(), pool => sqlx::query(statement).execute(pool).await.map(|_| ())).unwrap();
    }
    assert_eq!(found(&app, &alice, "time").await, [""; 0]);
    let (clock, config) = (&app.state.clock, &app.state.config);
    let relays = relays(config, db, clock).unwrap();
    let (process, metrics) = (app.state.process.clone(), app.state.metrics.clone());
    Chat::new(db.clone(), clock.clone(), process, config, relays, metrics).unwrap().start();
    for _ in 0..200 {
        let left: i64 = on!(db.read(), pool => {
            sqlx::query_scalar(r#"select count(*) from "searchBacklog""#).fetch_one(pool).await
        })
        .unwrap();
        if left == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    for query in ["time", "昔", "once upon"] {
        assert_eq!(found(&app, &alice, query).await, [id.as_str()], "{query}");
    }
    assert_eq!(found(&app, &alice, "hidden").await, [""; 0]);
}
