//! Mails: queued, sent once, retried, abandoned.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use super::{Engine, TestApp, both_engines};
use crate::{
    model::Timestamp,
    server::{
        db::on,
        mail::{Order, delivery::send_due, outbox},
    },
};

/// Returns the folder of unsent mails.
fn folder(app: &TestApp) -> PathBuf {
    app.state.config.data_dir.join("mail")
}

/// Returns the mails in that folder, by name. A mail that is being written has another name.
pub(super) fn mails(app: &TestApp) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder(app)) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|it| it.extension().is_some_and(|it| it == "eml")).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Returns the queued mails: failed attempts, and seconds until the next one.
pub(super) async fn waiting(app: &TestApp) -> Vec<(i32, f64)> {
    let rows: Vec<(i32, Timestamp)> = on!(app.state.db.read(), pool => sqlx::query_as(
        r#"select "attempts", "nextAttemptAt" from "mail" order by "nextAttemptAt""#,
    )
    .fetch_all(pool)
    .await)
    .unwrap();
    let now = app.state.clock.now();
    rows.into_iter().map(|(n_failed, at)| (n_failed, (at.millis() - now.millis()) as f64 / 1000.)).collect()
}

async fn order_new_password(app: &TestApp, email: &str) {
    let order = Order::ResetPassword { email: email.to_owned(), redirect_to: Some("/reset-password".to_owned()) };
    outbox::enqueue(&app.state.mail, email, &order).await.unwrap();
}

async fn put_json(app: &TestApp, order: &serde_json::Value) {
    let now = app.state.clock.now();
    on!(app.state.db.write(), pool => sqlx::query(
        r#"
        insert into "mail" ("id", "order", "attempts", "nextAttemptAt", "createdAt")
        values ('of-another-version', $1, 0, $2, $2)
        "#,
    )
    .bind(sqlx::types::Json(order))
    .bind(now)
    .execute(pool)
    .await
    .map(drop))
    .unwrap();
}

/// Makes the folder of mails unusable, like a full disk or a wrong owner.
pub(super) fn break_folder(app: &TestApp) {
    fs::write(folder(app), "not a folder").unwrap();
}

#[both_engines]
async fn a_mail_is_written_once(app: TestApp) {
    app.sign_up("Ada").await;
    order_new_password(&app, "ada@example.com").await;
    assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 1);
    assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 0);
    app.state.clock.advance_seconds(24 * 3600);
    assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 0);
    let [mail] = mails(&app).try_into().unwrap();
    for header in [
        "From: Colloquy <colloquy@localhost>\r\n",
        "To: ada@example.com\r\n",
        "Date: Mon, 23 Nov 2026 00:00:00 +0000\r\n",
        "Subject: Set a new password for 127.0.0.1:4701\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "Content-Type: multipart/alternative;",
    ] {
        assert!(mail.contains(header), "{header} in {mail}");
    }
    assert!(waiting(&app).await.is_empty());
}

#[both_engines]
async fn nobody_else_can_read_a_mail(app: TestApp) {
    app.sign_up("Ada").await;
    order_new_password(&app, "ada@example.com").await;
    send_due(&app.state.mail, &app.state.auth).await.unwrap();
    let mode = |path: &PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder(&app)), 0o700);
    let names: Vec<_> = fs::read_dir(folder(&app)).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(names.len(), 1, "no draft is left: {names:?}");
    assert_eq!(mode(&names[0]), 0o600);
    let name = names[0].file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("2026-11-23T00-00-00.000Z-") && name.ends_with(".eml"), "{name}");
}

#[both_engines]
async fn an_address_that_nobody_has_gets_no_mail(app: TestApp) {
    order_new_password(&app, "nobody@example.com").await;
    assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 0);
    assert!(mails(&app).is_empty() && waiting(&app).await.is_empty());
}

#[both_engines]
async fn a_name_cannot_reach_the_headers(app: TestApp) {
    let name = "Eve\r\nBcc: everybody@example.com\r\n\r\n<script>";
    let body = serde_json::json!({ "name": name, "email": "eve@example.com", "password": "correct horse 1" });
    app.post("/api/auth/sign-up/email", None, &body).await;
    order_new_password(&app, "eve@example.com").await;
    assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 1);
    let [mail] = mails(&app).try_into().unwrap();
    let (head, _) = mail.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("Bcc") && !mail.contains("\r\nBcc") && !mail.contains("<script"), "{mail}");
}

#[both_engines]
async fn a_failure_is_tried_again_later_each_time(app: TestApp) {
    app.sign_up("Ada").await;
    break_folder(&app);
    order_new_password(&app, "ada@example.com").await;
    for (n_failed, wait_s) in [(1, 1.), (2, 5.), (3, 30.), (4, 120.), (5, 600.)] {
        assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 0);
        let [(n, seconds)] = waiting(&app).await.try_into().unwrap();
        assert_eq!(n, n_failed);
        assert!((wait_s..=wait_s * 1.25).contains(&seconds), "{n_failed}: {seconds} s");
        assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 0);
        assert_eq!(waiting(&app).await, [(n_failed, seconds)], "it is not tried before its time");
        app.state.clock.advance_seconds(seconds.ceil() as i64);
    }
    fs::remove_file(folder(&app)).unwrap();
    assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 1);
    assert_eq!(mails(&app).len(), 1);
}

#[both_engines]
async fn after_a_day_a_mail_is_given_up(app: TestApp) {
    app.sign_up("Ada").await;
    break_folder(&app);
    order_new_password(&app, "ada@example.com").await;
    let mut n_tried = 0;
    let mut waited_s = 0;
    while let [(n_failed, seconds)] = waiting(&app).await[..] {
        assert_eq!(n_failed, n_tried);
        app.state.clock.advance_seconds(seconds.ceil() as i64);
        waited_s += seconds.ceil() as i64;
        send_due(&app.state.mail, &app.state.auth).await.unwrap();
        n_tried += 1;
        assert!(n_tried < 30, "still waiting after {waited_s} s");
    }
    assert!((20 * 3600..=24 * 3600).contains(&waited_s), "{waited_s} s");
    assert!(n_tried > 10, "{n_tried}");
}

#[both_engines]
async fn one_mail_that_fails_holds_up_no_other(app: TestApp) {
    app.sign_up("Ada").await;
    put_json(&app, &serde_json::json!({ "kind": "a-kind-of-tomorrow", "email": "ada@example.com" })).await;
    order_new_password(&app, "ada@example.com").await;
    assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 1);
    let [(n_failed, _)] = waiting(&app).await.try_into().unwrap();
    assert_eq!(n_failed, 1, "an order of another version waits for it");
}

#[both_engines]
async fn an_order_that_nobody_can_read_is_given_up_after_a_week(app: TestApp) {
    put_json(&app, &serde_json::json!(["no", "order"])).await;
    let begin = app.state.clock.now();
    while let [(_, seconds)] = waiting(&app).await[..] {
        app.state.clock.advance_seconds(seconds.ceil() as i64);
        assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 0);
    }
    let days = (app.state.clock.now().millis() - begin.millis()) as f64 / 86_400_000.;
    assert!((6.5..=7.).contains(&days), "{days}");
}

#[both_engines]
async fn many_senders_send_each_mail_once(app: TestApp) {
    app.sign_up("Ada").await;
    for _ in 0..12 {
        order_new_password(&app, "ada@example.com").await;
    }
    let mut n_sent = 0;
    for round in 0.. {
        let senders = (0..6).map(|_| {
            let state = app.state.clone();
            tokio::spawn(async move { send_due(&state.mail, &state.auth).await.unwrap() })
        });
        for sender in senders.collect::<Vec<_>>() {
            n_sent += sender.await.unwrap();
        }
        if waiting(&app).await.is_empty() {
            break;
        }
        assert!(round < 12, "{n_sent} were sent");
    }
    assert_eq!(n_sent, 12);
    assert_eq!(mails(&app).len(), 12);
}

#[both_engines]
async fn a_mail_of_a_sender_that_died_is_sent_by_another(app: TestApp) {
    app.sign_up("Ada").await;
    order_new_password(&app, "ada@example.com").await;
    // The first sender leases the mail and stops before sending it.
    let state = app.state.clone();
    let first = tokio::spawn(async move { outbox::claim(&state.mail).await.unwrap().is_some() });
    assert!(first.await.unwrap());
    assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 0);
    app.state.clock.advance_seconds(121);
    assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 1);
}

#[both_engines]
async fn a_mail_is_sent_in_the_background_at_once(app: TestApp) {
    app.sign_up("Ada").await;
    app.state.start().await.unwrap();
    order_new_password(&app, "ada@example.com").await;
    let arrived = async {
        while mails(&app).is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), arrived).await.unwrap();
    // After shutdown, queued mails wait for the next start.
    app.state.mail.shutdown().await;
    order_new_password(&app, "ada@example.com").await;
    assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 0);
    assert_eq!(waiting(&app).await.len(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("smtp://127.0.0.1:{port}");
    let app = TestApp::with_flags(Engine::Sqlite, &["--smtp-url", &url]).await;
    app.sign_up("Ada").await;
    order_new_password(&app, "ada@example.com").await;
    assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 0);
    let [(n_failed, _)] = waiting(&app).await.try_into().unwrap();
    assert_eq!(n_failed, 1);
    assert!(mails(&app).is_empty(), "it does not fall back to files");
}
