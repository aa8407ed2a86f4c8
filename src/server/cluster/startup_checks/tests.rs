use std::{slice, time::Duration};

use clap::Parser;

use super::*;
use crate::tests::{Engine, Flags, TestApp};

const GIVEN: [&str; 6] = [
    "--better-auth-secret",
    "a secret for tests, 32 bytes or more",
    "--better-auth-url",
    "https://chat.example.com",
    "--attachments-shared",
    "on",
];

/// Validates settings in a folder. `changes` follow the settings that leave nothing to find, and replace them.
fn config(folder: &tempfile::TempDir, changes: &[&str]) -> Config {
    let mut line = vec!["colloquy", "--data-dir", folder.path().to_str().unwrap()];
    for pair in GIVEN.chunks(2).filter(|pair| !changes.contains(&pair[0])) {
        line.extend(pair);
    }
    line.extend(changes);
    Flags::parse_from(line).settings.validate().unwrap()
}

/// Adds a server that was seen this many milliseconds ago.
async fn add_process(pool: &PgPool, id: &str, ms_ago: f64) {
    sqlx::query(
        r#"
        insert into "process" ("id", "name", "version", "startedAt", "seenAt")
        values ($1, 'chat-' || $1, '0', clock_timestamp(), clock_timestamp() - make_interval(secs => $2 / 1000))
        "#,
    )
    .bind(id)
    .bind(ms_ago)
    .execute(pool)
    .await
    .unwrap();
}

/// Sends heartbeats of a server until the test ends.
fn keep_alive(pool: &PgPool, id: &'static str) {
    let pool = pool.clone();
    tokio::spawn(async move {
        loop {
            _ = sqlx::query(r#"update "process" set "seenAt" = clock_timestamp() where "id" = $1"#)
                .bind(id)
                .execute(&pool)
                .await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
}

fn postgres(app: &TestApp) -> &PgPool {
    let Db::Postgres(pool) = &app.state.db else { unreachable!() };
    pool
}

#[test]
fn settings_that_work_for_one_server_alone_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = folder.path().join("uploads");
    let check = |changes: &[&str], expected: &[(Finding, &[&str])]| {
        let expected_findings: Vec<_> = expected.iter().map(|(finding, _)| finding.clone()).collect();
        assert_eq!(of_settings(&config(&folder, changes)), expected_findings, "{changes:?}");
        for (finding, parts) in expected {
            let sentence = finding.to_string();
            assert!(parts.iter().all(|part| sentence.contains(part)), "{sentence}");
        }
    };
    let secret = (
        Finding::GeneratedSecret,
        &["BETTER_AUTH_SECRET is unset", "generated secret", "the same value for all servers"][..],
    );
    let url = (Finding::NoPublicUrl, &["BETTER_AUTH_URL is unset", "the address that users open"][..]);
    let shown = uploads.display().to_string();
    let parts = [shown.as_str(), "ATTACHMENT_STORE", "s3://chat/files", "ATTACHMENTS_SHARED=on"];
    let files = (Finding::LocalAttachments(uploads), &parts[..]);
    check(&[], &[]);
    check(&["--better-auth-secret", ""], slice::from_ref(&secret));
    check(&["--better-auth-url", ""], slice::from_ref(&url));
    check(&["--attachments-shared", "off"], slice::from_ref(&files));
    check(&["--attachments-shared", "off", "--attachment-store", "s3://chat/files"], &[]);
    check(&["--better-auth-secret", "", "--better-auth-url", " ", "--attachments-shared", ""], &[secret, url, files]);
}

#[test]
fn a_clock_is_apart_only_if_it_cannot_be_the_delay() {
    let at = Timestamp::from_millis;
    let check =
        |before, other, after, expected| assert_eq!(least_offset_ms(at(before), at(other), at(after)), expected);
    check(1000, 1000, 1000, 0);
    check(1000, 5000, 9000, 0);
    check(9000, 5000, 9500, 4000);
    check(1000, 5000, 1500, -3500);
    let sentence = |ms| Finding::ClockOffset(ms).to_string();
    assert!(sentence(4000).starts_with("this machine's clock is 4.0 seconds ahead of the database's"));
    assert!(sentence(-3500).starts_with("this machine's clock is 3.5 seconds behind the database's"));
    assert!(sentence(4000).ends_with("by NTP"));
}

#[test]
fn a_fingerprint_is_eight_bytes_of_a_keyed_hash() {
    let of = |text: &str| fingerprint(&Secret::new(text));
    // printf colloquy/instance | openssl dgst -sha256 -hmac 'a secret for tests, 32 bytes or more'
    assert_eq!(of("a secret for tests, 32 bytes or more"), "1febbfec7ea67f09");
    assert_ne!(of("a secret for tests, 32 bytes or more"), of("another secret for tests, 32 bytes or more"));
}

#[tokio::test]
async fn a_server_that_is_alone_starts_and_replaces_the_fingerprint() {
    let app = TestApp::new(Engine::Postgres).await;
    let pool = postgres(&app);
    let folder = tempfile::tempdir().unwrap();
    let stored = async || {
        let stored: String =
            sqlx::query_scalar(r#"select "secretFingerprint" from "instance""#).fetch_one(pool).await.unwrap();
        stored
    };
    let (first, second) = (config(&folder, &[]), config(&folder, &["--better-auth-secret", ""]));
    // Left by servers that ended long ago, or crashed a moment ago.
    add_process(pool, "long-ago", 6500.0).await;
    add_process(pool, "crashed", 5500.0).await;
    for config in [first, second] {
        run(&config, &app.state.db, &Clock::System, None).await.unwrap();
        assert_eq!(stored().await, fingerprint(&config.secret));
    }
}

#[tokio::test]
async fn a_server_that_fits_starts_beside_another() {
    let app = TestApp::new(Engine::Postgres).await;
    let folder = tempfile::tempdir().unwrap();
    add_process(postgres(&app), "other", 0.0).await;
    keep_alive(postgres(&app), "other");
    for _ in 0..2 {
        run(&config(&folder, &[]), &app.state.db, &Clock::System, None).await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_does_not_fit_is_refused_while_another_runs() {
    let app = TestApp::new(Engine::Postgres).await;
    let pool = postgres(&app);
    let folder = tempfile::tempdir().unwrap();
    run(&config(&folder, &[]), &app.state.db, &Clock::System, None).await.unwrap();
    add_process(pool, "other", 0.0).await;
    keep_alive(pool, "other");
    let refusal = async |changes: &[&str], clock: Clock| {
        let refused = run(&config(&folder, changes), &app.state.db, &clock, Some("own")).await;
        refused.unwrap_err().to_string()
    };
    let another = ["--better-auth-secret", "another secret for tests, 32 bytes or more"];
    let late = Clock::manual(Clock::System.now().plus_seconds(-60));
    for (changes, clock, part) in [
        (&["--better-auth-url", ""][..], Clock::System, "BETTER_AUTH_URL is unset"),
        (&["--attachments-shared", "off"], Clock::System, "ATTACHMENTS_SHARED=on"),
        (&another, Clock::System, "the secret is not the one"),
        (&[], late, "seconds behind the database's"),
    ] {
        let sentence = refusal(changes, clock).await;
        assert!(sentence.starts_with("another server (`chat-other`) runs on this database, and "), "{sentence}");
        assert!(sentence.contains(part), "{sentence}");
    }
    let sentence = refusal(&["--better-auth-secret", ""], Clock::System).await;
    assert!(
        sentence.contains("BETTER_AUTH_SECRET is unset") && sentence.contains(". Moreover, the secret"),
        "{sentence}"
    );
}
