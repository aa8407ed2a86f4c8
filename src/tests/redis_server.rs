//! A Redis server of a test's own.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::server::{cluster::redis_link::RedisLink, config::Config};

/// A server on a socket. It ends when dropped.
pub struct RedisServer {
    child: Child,
    folder: TempDir,
}

impl RedisServer {
    /// Starts an empty server.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Self { child: spawn(folder.path().join("redis.sock")), folder };
        server.answers().await;
        server
    }

    /// Kills the server and starts an empty one in its place, after a pause.
    pub async fn restart(&mut self, pause: Duration) {
        self.stop();
        tokio::time::sleep(pause).await;
        self.child = spawn(self.socket());
        self.answers().await;
    }

    /// Kills the server.
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets an application use the server.
    pub fn configure(&self, config: &mut Config) {
        let flags = ["colloquy", "--redis-url", &self.url()];
        let settings = <super::Flags as clap::Parser>::parse_from(flags).settings;
        config.cluster.redis = settings.validate().unwrap().cluster.redis;
    }

    /// Runs a command.
    pub async fn run<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let client = redis::Client::open(self.url()).unwrap();
        let config = redis::AsyncConnectionConfig::new().set_response_timeout(None);
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await.unwrap();
        let mut command = redis::Cmd::new();
        words.iter().for_each(|word| _ = command.arg(*word));
        command.query_async(&mut connection).await.unwrap()
    }

    fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("redis.sock")
    }

    async fn answers(&self) {
        for _ in 0..1000 {
            if let Ok(client) = redis::Client::open(self.url())
                && client.get_multiplexed_async_connection().await.is_ok()
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("Redis does not answer after ten seconds");
    }
}

/// Waits until a connection is up.
pub async fn until_up(link: &RedisLink) {
    for _ in 0..1000 {
        if link.is_up() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the connection to Redis is not up after ten seconds");
}

fn spawn(socket: PathBuf) -> Child {
    // A socket of a server that was killed stays.
    _ = std::fs::remove_file(&socket);
    Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--appendonly", "no", "--enable-debug-command", "yes", "--unixsocket"])
        .arg(&socket)
        .stdout(Stdio::null())
        .spawn()
        .expect("`redis-server` is installed; `.ci/setup test` does it")
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It may have been killed.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
