//! The log, in both formats.

use serde_json::Value;

use super::{
    Server,
    usage::{use_all, wait_for_mail},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_log_holds_nothing_secret_in_either_format() {
    for format in ["text", "json"] {
        let folder = tempfile::tempdir().unwrap();
        let settings = [("LOG_FORMAT", format), ("RUST_LOG", "info,colloquy=debug,tower_http=debug,sqlx=warn")];
        let server = Server::start(folder.path(), "0022", &settings);
        let secrets = use_all(&server.url()).await;
        wait_for_mail(&folder.path().join("data")).await;
        let log = server.end();
        assert!(log.contains("responded") && log.contains("user.id"), "{log}");
        for secret in secrets {
            assert!(!log.contains(&secret), "{secret}: {log}");
        }
        if format == "json" {
            let (_, log) = log.split_once("  mails").unwrap();
            for line in log.lines().skip(1) {
                let line = serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("{line}"));
                assert!(line["message"].is_string() && line["level"].is_string(), "{line}");
            }
        }
    }
}

#[test]
fn a_format_of_the_log_that_does_not_exist_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let printed = Server::start(folder.path(), "0022", &[("LOG_FORMAT", "xml")]).end();
    assert_eq!(printed, "colloquy: LOG_FORMAT is `xml`, which cannot be used: write one of text, json\n");
}
