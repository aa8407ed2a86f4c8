//! Runs whose server crashed or stopped.

use super::*;

#[both_engines]
async fn a_run_that_a_crash_left_is_closed_by_the_next_message(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let thread_id = thread(&app, &alice, "/long 2").await;
    crash(&app, &thread_id).await;
    let params = json!({ "thread_id": thread_id, "input": text("/long 1") });
    assert_eq!(refusal(&app, &alice, "threads.add_user_message", params).await, (409, "conflict".into()));
    app.state.clock.advance_seconds(11);
    add(&app, &alice, &thread_id, "/long 1").await;
    let items = stored(&app, &thread_id).await;
    assert_eq!(items.iter().map(|item| item.2).collect::<Vec<_>>(), [false, true, false, false]);
    assert_eq!(statuses(&app, &thread_id).await, ["interrupted", "completed"]);
}

#[both_engines]
async fn a_run_that_a_crash_left_is_closed_by_the_sweep(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let thread_id = thread(&app, &alice, "/long 2").await;
    crash(&app, &thread_id).await;
    app.state.clock.advance_seconds(11);
    let mut config = Config::clone(&app.state.config);
    config.model.context_tokens = 1000;
    let (db, clock) = (&app.state.db, &app.state.clock);
    let relays = relays(&config, db, clock).unwrap();
    let (process, metrics) = (app.state.process.clone(), app.state.metrics.clone());
    let chat = Chat::new(db.clone(), clock.clone(), process, &config, relays, metrics).unwrap();
    chat.start();
    idle(&app, &thread_id).await;
    assert_eq!(statuses(&app, &thread_id).await, ["interrupted"]);
    assert!(stored(&app, &thread_id).await[1].2);
    chat.shutdown(std::future::ready(())).await;
}

#[both_engines]
async fn a_server_that_stops_keeps_what_was_written(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/slow 100").await;
    stream.read_to("w1 ").await;
    let thread_id = stream.thread_id();
    app.state.chat.shutdown(std::future::ready(())).await;
    let items = stored(&app, &thread_id).await;
    assert!(items.len() == 2 && items[1].1.starts_with("w0 w1 ") && items[1].2, "{items:?}");
    assert_eq!(statuses(&app, &thread_id).await, ["interrupted"]);
    let all = stream.rest().await;
    assert_eq!((&all[all.len() - 1]["type"], &all[all.len() - 1]["allow_retry"]), (&json!("error"), &json!(true)));
    let params = json!({ "input": text("too late") });
    assert_eq!(refusal(&app, &alice, "threads.create", params.clone()).await, (503, "unavailable".into()));
    let refused = app.send(alice.chatkit(&json!({ "type": "threads.create", "params": params }))).await;
    assert_eq!(refused.header("retry-after"), "1");
}

/// Makes a thread's finished run look like one whose server crashed ten seconds before the lease ends.
async fn crash(app: &TestApp, thread_id: &str) {
    on!(app.state.db.write(), pool => {
        sqlx::query(
            r#"update "run" set "status" = 'running', "leaseExpiresAt" = $2,
            "itemId" = (select "id" from "item" where "threadId" = $1 and "type" = 'assistant_message')
            where "threadId" = $1"#,
        )
        .bind(thread_id)
        .bind(app.state.clock.now().plus_seconds(10))
        .execute(pool)
        .await
        .map(|_| ())
    })
    .unwrap();
}
