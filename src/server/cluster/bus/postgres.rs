//! The bus on PostgreSQL: LISTEN and NOTIFY on one channel.
//!
//! A notifying transaction takes one global lock at its commit, so messages are sent by statements of their own, many at
//! once, and never within a transaction that stores something. A pooler between may swallow what LISTEN delivers; so
//! each server pings itself, and the bus is up only while it hears that.

use std::{sync::atomic::Ordering, time::Duration};

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{Bus, BusMessage, Content, Envelope, Heard};
use crate::{
    model::chatkit::FeedEvent,
    server::{Result, backoff::Backoff},
};

/// Name of the channel.
const CHANNEL: &str = "colloquy";
/// Time for which messages are collected.
const COLLECT: Duration = Duration::from_millis(5);
/// Maximum number of messages in one statement.
const BATCH: usize = 200;
/// Maximum size of a message in bytes; PostgreSQL takes less than 8000.
const MAX_BYTES: usize = 7900;
/// Interval of pings.
const PING_EVERY: Duration = Duration::from_secs(10);
/// Time after which a ping is lost.
const PING_TIMEOUT: Duration = Duration::from_secs(5);
/// Backoff between attempts to connect, and to send.
const RETRY: Backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));

impl Bus {
    /// Sends and hears messages until the pool is closed. `listen` is a direct way to the server for LISTEN.
    pub async fn run_on_postgres(self, pool: PgPool, listen: Option<PgConnectOptions>) {
        let options = listen.unwrap_or_else(|| PgConnectOptions::clone(&pool.connect_options()));
        let closed = pool.close_event();
        tokio::select! {
            () = closed => {}
            () = self.send(&pool) => {}
            () = self.hear(&pool, options) => {}
        }
    }

    async fn send(&self, pool: &PgPool) {
        loop {
            self.0.wake.notified().await;
            sleep(COLLECT).await;
            loop {
                let messages = self.take_waiting();
                if messages.is_empty() {
                    break;
                }
                let mut retry = RETRY;
                while let Err(err) = notify(pool, messages.clone()).await {
                    tracing::debug!(error = %err, "other servers could not be told, which is tried again");
                    sleep(retry.next_delay()).await;
                }
            }
        }
    }

    /// Takes the oldest messages that wait, as texts.
    fn take_waiting(&self) -> Vec<String> {
        let mut waiting = self.waiting();
        let n_taken = waiting.len().min(BATCH);
        waiting.drain(..n_taken).map(|content| self.sendable(content)).collect()
    }

    /// Returns the text of what is told. A longer one than PostgreSQL takes asks its receivers to read anew.
    fn sendable(&self, content: Content) -> String {
        let text = self.envelope(&content);
        if text.len() <= MAX_BYTES {
            return text;
        }
        self.envelope(&match content {
            Content::Message(BusMessage::Feed { user_id, .. }) => {
                Content::Message(BusMessage::Feed { user_id, event: FeedEvent::Reset })
            }
            _ => Content::Lost,
        })
    }

    async fn hear(&self, pool: &PgPool, options: PgConnectOptions) {
        let mut retry = RETRY;
        let mut is_first = true;
        loop {
            let reason = self.hear_once(pool, options.clone()).await;
            let was_up = self.0.is_up.swap(false, Ordering::Relaxed);
            if was_up {
                self.deliver(Heard::Lost);
                retry.reset();
            }
            if was_up || is_first {
                tracing::warn!(reason, "news of other servers do not arrive; changes are looked for instead");
                is_first = false;
            }
            sleep(retry.next_delay()).await;
        }
    }

    /// Listens over one connection until it is lost. Returns the reason.
    async fn hear_once(&self, pool: &PgPool, options: PgConnectOptions) -> String {
        let single = PgPoolOptions::new().max_connections(1).acquire_timeout(PING_TIMEOUT).connect_lazy_with(options);
        let listener = async {
            let mut listener = PgListener::connect_with(&single).await?;
            listener.eager_reconnect(false);
            listener.listen(CHANNEL).await?;
            Ok::<_, sqlx::Error>(listener)
        };
        let mut listener = match listener.await {
            Ok(listener) => listener,
            Err(err) => return err.to_string(),
        };
        for number in 0.. {
            let sent_at = Instant::now();
            let ping = self.envelope(&Content::Ping(number));
            match timeout(PING_TIMEOUT, notify(pool, vec![ping])).await {
                Ok(Ok(())) => {}
                Ok(Err(err)) => return err.to_string(),
                Err(_) => return "the database does not answer".to_owned(),
            }
            let mut is_echoed = false;
            loop {
                let until = if is_echoed { sent_at + PING_EVERY } else { sent_at + PING_TIMEOUT };
                match timeout_at(until, listener.try_recv()).await {
                    Err(_) if is_echoed => break,
                    Err(_) => {
                        return "LISTEN is swallowed between here and PostgreSQL; set DATABASE_LISTEN_URL to a direct way"
                            .to_owned();
                    }
                    // An error of any kind may have lost messages (transact-rs/sqlx#4014).
                    Ok(Err(err)) => return err.to_string(),
                    Ok(Ok(None)) => return "the connection was lost".to_owned(),
                    Ok(Ok(Some(notification))) => is_echoed |= self.receive(notification.payload(), number),
                }
            }
        }
        unreachable!("BUG: there are more numbers than pings")
    }

    /// Delivers a message of another server. Returns `true` for the own ping of this number.
    fn receive(&self, payload: &str, ping: u64) -> bool {
        match serde_json::from_str::<Envelope>(payload) {
            Ok(Envelope { from, content }) if from == self.0.sender => {
                let is_echo = content == Content::Ping(ping);
                if is_echo && !self.0.is_up.swap(true, Ordering::Relaxed) {
                    // Whatever was told before is unknown.
                    self.deliver(Heard::Lost);
                }
                is_echo
            }
            Ok(Envelope { content: Content::Ping(_), .. }) => {
                self.note_others(true);
                false
            }
            Ok(Envelope { content: Content::Lost, .. }) => {
                self.deliver(Heard::Lost);
                false
            }
            Ok(Envelope { content: Content::Message(message), .. }) => {
                self.deliver(Heard::Message(message.into()));
                false
            }
            // A later release may tell more.
            Err(_) => false,
        }
    }
}

async fn notify(pool: &PgPool, messages: Vec<String>) -> Result<()> {
    sqlx::query(r#"select pg_notify($1, "message") from unnest($2::text[]) as "message""#)
        .bind(CHANNEL)
        .bind(messages)
        .execute(pool)
        .await?;
    Ok(())
}
