//! Settings, and the correctness of their descriptions.

use clap::{CommandFactory, Parser};

use super::test_app::Flags;

#[test]
fn settings_that_cannot_be_used_name_their_variable() {
    let check = |flag: &str, value: &str, parts: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().to_str().unwrap();
        let settings = Flags::parse_from(["colloquy", "--data-dir", data_dir, flag, value]).settings;
        let sentence = settings.validate().unwrap_err().to_string();
        for part in parts {
            assert!(sentence.contains(part), "{sentence}");
        }
    };
    check("--listen", "3000", &["LISTEN is `3000`", "127.0.0.1:3000"]);
    check("--metrics-listen", "9464", &["METRICS_LISTEN is `9464`", "127.0.0.1:9464"]);
    check("--metrics-listen", "127.0.0.1:3000", &["METRICS_LISTEN is `127.0.0.1:3000`", "another port"]);
    check("--better-auth-secret", "short", &["BETTER_AUTH_SECRET holds 5 bytes", "at least 32"]);
    check("--jwt-secret", "short", &["JWT_SECRET holds 5 bytes", "at least 32"]);
    check(
        "--better-auth-url",
        "chat.example.com",
        &["BETTER_AUTH_URL is `chat.example.com`", "https://chat.example.com"],
    );
    check("--better-auth-url", "https://example.com/chat", &["BETTER_AUTH_URL", "without a path"]);
    check("--better-auth-trusted-origins", "ftp://x", &["BETTER_AUTH_TRUSTED_ORIGINS", "https://app.example.com"]);
    check("--jwt-expires-in", "soon", &["JWT_EXPIRES_IN is `soon`", "7d"]);
    check("--smtp-url", "mail.example.com", &["SMTP_URL cannot be used: it is no URL", "smtps://user:password@"]);
    check("--mail-from", "somebody", &["MAIL_FROM is `somebody`", "Colloquy <chat@example.com>"]);
    check("--openai-transcribe-model", "whisper-1", &["OPENAI_TRANSCRIBE_MODEL is `whisper-1`", "OPENAI_BASE_URL"]);
    check("--client-tools", "tools.json", &["CLIENT_TOOLS cannot be used", "the file `tools.json`", "JSON array"]);
    check("--client-tools", r#"[{"name":"a"}]"#, &["CLIENT_TOOLS is `a, …`", "OPENAI_BASE_URL"]);
    check("--chatkit-upstream-url", "localhost:8000", &["CHATKIT_UPSTREAM_URL is `localhost:8000`", "/chatkit"]);
    check(
        "--chatkit-upstream-url",
        "http://ada:secret@localhost",
        &["CHATKIT_UPSTREAM_URL holds a user or a password"],
    );
    check("--chatkit-upstream-audience", "x", &["CHATKIT_UPSTREAM_AUDIENCE is `x`", "CHATKIT_UPSTREAM_URL"]);
    check("--chatkit-api-url", "localhost:8000", &["CHATKIT_API_URL is `localhost:8000`", "/chatkit"]);
    check("--chatkit-api-url", "https://api.example.com/?a=b", &["CHATKIT_API_URL", "without a query"]);
    check("--chatkit-api-url", "http://[::1]:8000/chatkit", &["CHATKIT_API_URL", "IPv6"]);
    check("--chatkit-api-url", "http://ada:secret@localhost", &["CHATKIT_API_URL holds a user or a password"]);
    check("--examples", "maybe", &["EXAMPLES is `maybe`", "on, off"]);
    check("--attachment-max-bytes", "100 MB", &["ATTACHMENT_MAX_BYTES is `100 MB`", "104857600"]);
    check(
        "--attachment-bytes-per-user",
        "1 GiB",
        &["ATTACHMENT_BYTES_PER_USER is `1 GiB`", "1073741824", "0 is no limit"],
    );
    check("--disk-reserve", "5%", &["DISK_RESERVE is `5%`", "1073741824"]);
    check(
        "--attachment-store",
        "s3://key:secret@chat",
        &["ATTACHMENT_STORE holds a user or a password", "AWS_ACCESS_KEY_ID"],
    );
    check("--attachment-store", "/var/files", &["ATTACHMENT_STORE is `/var/files`", "s3://chat/files"]);
    check("--drain-delay", "soon", &["DRAIN_DELAY is `soon`", "from 0s"]);
    check("--drain-timeout", "10 min", &["DRAIN_TIMEOUT is `10 min`", "15m"]);
    check("--attachments-shared", "maybe", &["ATTACHMENTS_SHARED is `maybe`", "on, off"]);
    check("--model-context-tokens", "many", &["MODEL_CONTEXT_TOKENS is `many`", "32000"]);
    check(
        "--openai-base-url",
        "localhost:11434",
        &["OPENAI_BASE_URL is `localhost:11434`", "http://localhost:11434/v1"],
    );
}

#[test]
fn a_key_outlives_the_tokens_that_it_signed() {
    let folder = tempfile::tempdir().unwrap();
    let validate = |flags: &[&str]| {
        let line = ["colloquy", "--data-dir", folder.path().to_str().unwrap(), "--jwt-algorithm", "EdDSA"];
        Flags::parse_from(line.iter().chain(flags)).settings.validate()
    };
    validate(&["--jwt-grace-period", "1m"]).unwrap();
    validate(&["--jwt-grace-period", "15m", "--jwt-rotation-interval", "1d"]).unwrap();
    let refused = validate(&["--jwt-grace-period", "1m", "--jwt-rotation-interval", "1d"]).unwrap_err().to_string();
    assert!(refused.contains("JWT_GRACE_PERIOD is `1m`") && refused.contains("JWT_EXPIRES_IN"), "{refused}");
}

#[test]
fn a_data_folder_that_cannot_be_used_is_named() {
    let settings = Flags::parse_from(["colloquy", "--data-dir", "/proc/colloquy"]).settings;
    let sentence = settings.validate().unwrap_err().to_string();
    assert!(sentence.contains("DATA_DIR `/proc/colloquy` cannot be used"), "{sentence}");
}

#[test]
fn the_example_names_every_variable() {
    let example = include_str!("../../.env.example");
    for argument in Flags::command().get_arguments() {
        if let Some(variable) = argument.get_env().and_then(|name| name.to_str()) {
            assert!(example.contains(&format!("\n#{variable}=")), ".env.example lacks {variable}");
        }
    }
}

/// `cargo leptos` reads Cargo.toml, the running server Leptos.toml.
#[test]
fn both_files_say_the_same_of_leptos() {
    let section = "[package.metadata.leptos]\n";
    let (_, ours) = include_str!("../../Leptos.toml").split_once(section).unwrap();
    let (_, cargos) = include_str!("../../Cargo.toml").split_once(section).unwrap();
    let settings: Vec<&str> = ours.lines().filter(|line| line.contains(" = ")).collect();
    assert!(settings.len() >= 5, "{ours}");
    for setting in settings {
        assert!(cargos.lines().any(|line| line == setting), "Cargo.toml says something else than `{setting}`");
    }
}
