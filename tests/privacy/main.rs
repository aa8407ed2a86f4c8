//! Privacy of the binary: files are hidden from other users of the machine, and secrets from all output.

mod log;
mod usage;

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
    thread::JoinHandle,
};

use usage::{use_all, wait_for_mail};

/// A text that no output may contain.
const MARKER: &str = "hunter2secret";

/// A running server whose output is captured; it stops with the test.
struct Server {
    process: Child,
    /// Output during startup.
    printed: String,
    /// Collects the log.
    log: Option<JoinHandle<String>>,
}

impl Server {
    /// Starts the binary with settings and an umask; waits until it serves or exits. Tells it to stop if it waits for a
    /// database.
    fn start(folder: &Path, umask: &str, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("umask {umask}; exec \"$0\""), env!("CARGO_BIN_EXE_colloquy")]);
        command.current_dir(folder).env_clear().envs([("LISTEN", "127.0.0.1:0"), ("DATA_DIR", "data")]);
        command.envs(settings.iter().copied());
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Some(collect_log(&mut process));
        let mut printed = String::new();
        for line in BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap) {
            printed.push_str(&line);
            printed.push('\n');
            if line.starts_with("  mails") {
                break;
            }
        }
        Self { process, printed, log }
    }

    fn url(&self) -> String {
        let (_, rest) = self.printed.split_once("listening  ").unwrap_or_else(|| panic!("{}", self.printed));
        rest.lines().next().unwrap().to_owned()
    }

    /// Stops the server; returns all of its output.
    fn end(mut self) -> String {
        // The process may have exited already.
        _ = self.process.kill();
        self.process.wait().unwrap();
        let log = self.log.take().unwrap();
        std::mem::take(&mut self.printed) + &log.join().unwrap()
    }
}

fn collect_log(process: &mut Child) -> JoinHandle<String> {
    let (pid, log) = (process.id(), process.stderr.take().unwrap());
    std::thread::spawn(move || {
        let mut collected = String::new();
        for line in BufReader::new(log).lines().map(Result::unwrap) {
            if line.contains("startup is waiting for") {
                Command::new("kill").args(["-TERM", &pid.to_string()]).status().unwrap();
            }
            collected.push_str(&line);
            collected.push('\n');
        }
        collected
    })
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Returns a folder and all files and folders below it, with their modes.
fn modes(folder: &Path) -> Vec<(String, bool, u32)> {
    let about = fs::symlink_metadata(folder).unwrap();
    let mut found = vec![(folder.display().to_string(), about.is_dir(), about.permissions().mode() & 0o777)];
    if about.is_dir() {
        for entry in fs::read_dir(folder).unwrap() {
            found.extend(modes(&entry.unwrap().path()));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_umask_all_files_are_their_owners_alone() {
    for umask in ["0000", "0022", "0777"] {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = folder.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        let url = format!("sqlite:{}/other.db", elsewhere.display());
        for settings in [&[][..], &[("DATABASE_URL", url.as_str())]] {
            let server = Server::start(folder.path(), umask, settings);
            use_all(&server.url()).await;
            wait_for_mail(&folder.path().join("data")).await;
            let mut found = modes(&folder.path().join("data"));
            found.extend(modes(&elsewhere).into_iter().skip(1));
            for needed in [
                "/secret",
                "/uploads/",
                "/mail/",
                "colloquy.db",
                "colloquy.db-wal",
                "colloquy.db-shm",
                ".lock",
                ".presence",
            ] {
                assert!(found.iter().any(|(path, ..)| path.contains(needed)), "{needed}: {found:?}");
            }
            for (path, is_folder, mode) in found {
                assert_eq!(mode, if is_folder { 0o700 } else { 0o600 }, "{umask} {path}: {mode:o}");
            }
            server.end();
        }
        assert!(elsewhere.join("other.db").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_version_left_is_tightened_when_it_starts() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "0022", &[]);
    use_all(&server.url()).await;
    wait_for_mail(&data).await;
    server.end();
    for (path, is_folder, _) in modes(&data) {
        fs::set_permissions(path, fs::Permissions::from_mode(if is_folder { 0o755 } else { 0o644 })).unwrap();
    }
    let server = Server::start(folder.path(), "0022", &[]);
    for (path, is_folder, mode) in modes(&data) {
        assert_eq!(mode, if is_folder { 0o700 } else { 0o600 }, "{path}: {mode:o}");
    }
    let printed = server.end();
    assert!(printed.contains("removed other users' access"), "{printed}");
}

/// Each setting that can hold a secret, with valid and invalid values.
const HOLDING: &[(&str, &[&str])] = &[
    ("BETTER_AUTH_SECRET", &["hunter2secret", "hunter2secret-hunter2secret-hunter2secret"]),
    ("JWT_SECRET", &["hunter2secret", "hunter2secret-hunter2secret-hunter2secret"]),
    (
        "BETTER_AUTH_URL",
        &[
            "https://ada:hunter2secret@chat.example.com",
            "https://chat.example.com/?key=hunter2secret",
            "https://chat.example.com/hunter2secret",
            "https://chat.example.com#hunter2secret",
            "ada:hunter2secret",
            "hunter2secret",
        ],
    ),
    (
        "BETTER_AUTH_TRUSTED_ORIGINS",
        &["https://ada:hunter2secret@app.example.com", "https://app.example.com/?hunter2secret", "hunter2secret@x"],
    ),
    (
        "DATABASE_URL",
        &[
            "postgres://ada:hunter2secret@127.0.0.1:1/chat",
            "postgresql://ada:hunter2secret@127.0.0.1:1/chat",
            "postgres://ada:%68hunter2secret%ff@127.0.0.1:1/chat",
            "postgres://ada:hunter2secret%zz@127.0.0.1:1/chat",
            "postgres://hunter2secret@127.0.0.1:1/chat",
            "postgres://:hunter2secret@127.0.0.1:1/chat",
            "postgres://127.0.0.1:1/chat?user=ada&password=hunter2secret",
            "postgres:///chat?host=127.0.0.1&port=1&password=hunter2secret",
            "postgres://127.0.0.1:1/chat?sslmode=require&sslkey=hunter2secret",
            "postgres://127.0.0.1:1/chat?sslmode=hunter2secret",
            "postgres://127.0.0.1:1/chat?sslmode=require&sslcert=-----BEGIN%20hunter2secret&sslkey=-----BEGIN%20hunter2secret",
            "postgres://127.0.0.1:1/chat?port=hunter2secret",
            "postgres://127.0.0.1:1/chat?passwd=hunter2secret",
            "postgres://127.0.0.1:1/chat?hunter2secret",
            "postgres://127.0.0.1:1/chat?statement-cache-capacity=hunter2secret",
            "postgres://127.0.0.1:1/chat?hostaddr=hunter2secret",
            "postgres://127.0.0.1:1/chat#hunter2secret",
            "postgres://ada:hunter2secret@127.0.0.1:port/chat",
            "postgres://ada:hunter2secret@@127.0.0.1:1/chat",
            "postgres://ada:hunter2/secret@127.0.0.1:1/hunter2secret@",
            "postgres://ada:5?hunter2secret@127.0.0.1:1/chat",
            "postgres://ada:5#hunter2secret@127.0.0.1:1/chat",
            "postgres:ada:hunter2secret@127.0.0.1/chat",
            "mysql://ada:hunter2secret@127.0.0.1/chat",
            "ada:hunter2secret@127.0.0.1/chat",
            "//ada:hunter2secret@127.0.0.1",
            "hunter2secret",
            "sqlite://ada:hunter2secret@host/none/chat.db",
            "sqlite:/nowhere/chat.db?key=hunter2secret",
            "sqlite:data/chat.db?key=hunter2secret",
        ],
    ),
    (
        "SMTP_URL",
        &[
            "smtp://ada:hunter2secret@127.0.0.1:1",
            "smtps://ada:hunter2secret@127.0.0.1:1",
            "smtp://ada:hunter2secret@mail.example.com",
            "smtp://hunter2secret@127.0.0.1",
            "smtp://ada:hunter2secret@127.0.0.1?tls=hunter2secret",
            "ada:hunter2secret@127.0.0.1",
            "smtp://ada:hunter2secret%ff@127.0.0.1",
            "smtp://ada:hunter2secret@127.0.0.1:port",
            "https://ada:hunter2secret@127.0.0.1",
        ],
    ),
    ("OPENAI_API_KEY", &["sk-hunter2secret", "sk-hunter2secret\u{e9}", "sk hunter2secret"]),
    (
        "OPENAI_BASE_URL",
        &[
            "http://ada:hunter2secret@127.0.0.1:1/v1",
            "http://127.0.0.1:1/v1?key=hunter2secret",
            "http://127.0.0.1:1/hunter2secret/v1",
            "http://127.0.0.1:1/v1#hunter2secret",
            "ada:hunter2secret@127.0.0.1",
            "ftp://ada:hunter2secret@127.0.0.1",
            "ftp://127.0.0.1/hunter2secret",
            "http://ada:hunter2secret@127.0.0.1:port",
            "http//ada:hunter2secret@127.0.0.1",
            "sk-hunter2secret",
        ],
    ),
    (
        "CHATKIT_UPSTREAM_URL",
        &[
            "http://ada:hunter2secret@127.0.0.1:1/chatkit",
            "http://127.0.0.1:1/chatkit?key=hunter2secret",
            "http://127.0.0.1:1/hunter2secret",
            "http://127.0.0.1:1/#hunter2secret",
            "ada:hunter2secret@127.0.0.1",
            "ftp://ada:hunter2secret@127.0.0.1",
            "http://ada:hunter2secret@127.0.0.1:port",
            "hunter2secret",
        ],
    ),
    (
        "CHATKIT_API_URL",
        &[
            "http://ada:hunter2secret@127.0.0.1:1/chatkit",
            "http://127.0.0.1:1/chatkit?key=hunter2secret",
            "http://hunter2secret@[::1]/",
            "http://[::1]/hunter2secret",
            "ada:hunter2secret@127.0.0.1",
            "http://ada:hunter2secret@h:port",
        ],
    ),
    (
        "ATTACHMENT_STORE",
        &[
            "s3://ada:hunter2secret@chat/files",
            "s3://chat/files?key=hunter2secret",
            "https://ada:hunter2secret@s3.example.com",
            "hunter2secret",
        ],
    ),
    ("IMAGE_HOSTS", &["ada:hunter2secret@images.example.com", "images.example.com?key=hunter2secret"]),
    ("TRUSTED_PROXIES", &["http://ada:hunter2secret@10.0.0.7:3128", "ada:hunter2secret@10.0.0.7"]),
    ("AWS_SECRET_ACCESS_KEY", &["hunter2secret"]),
    ("AWS_SESSION_TOKEN", &["hunter2secret"]),
    (
        "AWS_ENDPOINT",
        &[
            "http://ada:hunter2secret@127.0.0.1:1",
            "http://127.0.0.1:1?key=hunter2secret",
            "hunter2secret",
            "http://ada:hunter2secret@h:port",
        ],
    ),
    ("AWS_ENDPOINT_URL_S3", &["http://ada:hunter2secret@127.0.0.1:1"]),
    ("AWS_ALLOW_HTTP", &["hunter2secret"]),
];

#[test]
fn no_setting_that_can_hold_a_secret_is_printed_with_it() {
    let folder = tempfile::tempdir().unwrap();
    for (variable, values) in HOLDING {
        for value in *values {
            let mut settings = vec![(*variable, *value)];
            if variable.starts_with("AWS_") {
                settings.extend([
                    ("ATTACHMENT_STORE", "s3://chat/files"),
                    ("AWS_REGION", "eu-central-1"),
                    ("AWS_ACCESS_KEY_ID", "a"),
                ]);
                settings.extend([("AWS_SECRET_ACCESS_KEY", "b")].into_iter().filter(|(name, _)| name != variable));
            }
            let printed = Server::start(folder.path(), "0022", &settings).end();
            assert!(!printed.is_empty() && !printed.contains(MARKER), "{variable}={value}: {printed}");
            assert!(!printed.contains("panicked"), "{variable}={value}: {printed}");
            assert!(printed.contains("serves at") || printed.contains("colloquy: "), "{variable}={value}: {printed}");
        }
    }
}

#[test]
fn neither_the_help_nor_a_broken_file_of_settings_shows_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_colloquy"));
        command.current_dir(folder.path()).env_clear().args(arguments);
        for (variable, values) in HOLDING {
            command.env(variable, values[0]);
        }
        let output = command.output().unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    for arguments in
        [&["--help"][..], &["-h"], &["user", "--help"], &["user", "create", "--help"], &["serve", "--nonsense"]]
    {
        let printed = run(arguments);
        assert!(!printed.is_empty() && !printed.contains(MARKER), "{arguments:?}: {printed}");
    }
    for line in
        ["OPENAI_API_KEY=sk hunter2secret", "SMTP_URL='smtp://ada:hunter2secret", "hunter2secret", "hunter2secret=a b"]
    {
        fs::write(folder.path().join(".env"), line).unwrap();
        let printed = run(&["migrate"]);
        assert!(printed.contains("`.env` cannot be read") && !printed.contains(MARKER), "{line}: {printed}");
    }
}
