//! Secrets in settings never reach users or the log, even if their use fails.

use clap::Parser;
use serde_json::json;

use super::{Engine, TestApp, log_lines::Log, test_app::Flags};
use crate::server::{announcement, config::LogFormat};

/// A text that no output may contain.
const MARKER: &str = "hunter2secret";

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_named_without_its_key() {
    name_without_key(LogFormat::Text).await;
    name_without_key(LogFormat::Json).await;
}

async fn name_without_key(format: LogFormat) {
    let (log, _guard) = Log::capture(format, crate::server::log::DEFAULT_FILTER);
    for flags in [
        [
            "--openai-base-url",
            "http://ada:hunter2secret@127.0.0.1:1/hunter2secret/v1",
            "--openai-api-key",
            "sk-hunter2secret",
        ],
        ["--openai-base-url", "http://127.0.0.1:1/v1?key=hunter2secret", "--openai-model", "m"],
        [
            "--chatkit-upstream-url",
            "http://127.0.0.1:1/hunter2secret?key=hunter2secret",
            "--jwt-secret",
            "hunter2secret, which is long enough",
        ],
    ] {
        let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
        let alice = app.sign_up("Alice").await;
        let input = super::chat::text("hello");
        let ask = json!({ "type": "threads.create", "params": { "input": input } });
        let told = app.send(alice.chatkit(&ask)).await.text();
        assert!(told.contains("could not be reached") && !told.contains(MARKER), "{told}");
        let page = app.get("/chat", &alice.cookie).await.text();
        assert!(!page.contains(MARKER), "{page}");
    }
    let log = log.text();
    assert!(log.contains("WARN") && !log.contains(MARKER), "{log}");
}

#[test]
fn neither_debug_nor_the_lines_of_the_start_show_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().to_str().unwrap();
    let settings = Flags::parse_from([
        "colloquy",
        "--data-dir",
        data_dir,
        "--better-auth-secret",
        "hunter2secret-hunter2secret-hunter2secret",
        "--jwt-secret",
        "hunter2secret-hunter2secret-hunter2secret",
        "--database-url",
        "postgres://ada:hunter2secret@db/chat?sslkey=hunter2secret",
        "--smtp-url",
        "smtps://ada:hunter2secret@mail.example.com",
        "--openai-api-key",
        "hunter2secret",
        "--openai-base-url",
        "https://ada:hunter2secret@api.example.com/hunter2secret/v1?key=hunter2secret",
        "--chatkit-upstream-url",
        "https://chat.example.com/hunter2secret?key=hunter2secret",
    ])
    .settings;
    assert!(!format!("{settings:?} {settings:#?}").contains(MARKER));
    let mut config = settings.validate().unwrap();
    assert!(!format!("{config:?} {:?} {:?}", config.model, config.mail).contains(MARKER));
    let lines = announcement(&config, "127.0.0.1:3000", None);
    assert!(!lines.contains(MARKER) && lines.contains("postgres://ada:***@db/chat"), "{lines}");
    assert!(lines.contains("the ChatKit server at https://chat.example.com\n"), "{lines}");
    config.model.upstream = None;
    let lines = announcement(&config, "127.0.0.1:3000", None);
    assert!(!lines.contains(MARKER) && lines.contains("the first model at https://api.example.com\n"), "{lines}");
}
