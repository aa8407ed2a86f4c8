//! What the binary keeps to itself: files, from other users of the machine.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

/// A server that prints what it says; it ends with the test.
struct Server {
    process: Child,
    /// What it printed while it started.
    printed: String,
}

impl Server {
    /// Starts the binary with these settings and an umask, and waits until it serves or ends.
    fn start(folder: &Path, umask: &str, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("umask {umask}; exec \"$0\""), env!("CARGO_BIN_EXE_colloquy")]);
        command.current_dir(folder).env_clear().envs([("LISTEN", "127.0.0.1:0"), ("DATA_DIR", "data")]);
        command.envs(settings.iter().copied());
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut printed = String::new();
        for line in BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap) {
            printed.push_str(&line);
            printed.push('\n');
            if line.starts_with("  mails") {
                break;
            }
        }
        Self { process, printed }
    }

    fn url(&self) -> String {
        let (_, rest) = self.printed.split_once("listening  ").unwrap_or_else(|| panic!("{}", self.printed));
        rest.lines().next().unwrap().to_owned()
    }

    /// Ends the server, and returns all that it printed.
    fn end(mut self) -> String {
        // One that has ended already is no failure.
        _ = self.process.kill();
        let mut log = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        self.process.wait().unwrap();
        std::mem::take(&mut self.printed) + &log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Returns all files and folders below a folder, and itself, with their modes.
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

/// Does what makes a server write: an account, a mail, a message, a file.
async fn use_all(server: &str) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = async |path: &str, token: Option<&str>, body: Value| {
        let request = http.post(format!("{server}{path}")).header("origin", server).json(&body);
        let request = token.into_iter().fold(request, |it, token| it.bearer_auth(token));
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response
    };
    let account = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse 1" });
    let signed_up = post("/api/auth/sign-up/email", None, account).await;
    let session = signed_up.headers()["set-auth-token"].to_str().unwrap().to_owned();
    post("/api/auth/request-password-reset", None, json!({ "email": "ada@example.com" })).await;
    let minted = http.get(format!("{server}/api/auth/token")).bearer_auth(session).send().await.unwrap();
    let token = minted.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
    let params = json!({ "name": "a.txt", "size": 5, "mime_type": "text/plain" });
    let announced = post("/chatkit", Some(&token), json!({ "type": "attachments.create", "params": params })).await;
    let announced: Value = announced.json().await.unwrap();
    let link = announced["upload_descriptor"]["url"].as_str().unwrap();
    let path = &link[link.find("/chatkit").unwrap()..];
    assert!(http.put(format!("{server}{path}")).body("hello").send().await.unwrap().status().is_success());
    let text = json!([{ "type": "input_text", "text": "/long 1" }]);
    let input = json!({ "content": text, "attachments": [announced["id"]], "inference_options": {} });
    let said = post("/chatkit", Some(&token), json!({ "type": "threads.create", "params": { "input": input } })).await;
    said.text().await.unwrap();
}

/// Waits until the mail that was asked for is written.
async fn wait_for_mail(data: &Path) {
    for _ in 0..600 {
        if fs::read_dir(data.join("mail")).is_ok_and(|mut it| it.next().is_some()) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no mail was written");
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
    assert!(printed.contains("now only this user has"), "{printed}");
}
