//! Sends messages over a channel and hears those of others.

use std::{
    sync::{
        PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{Bus, BusMessage, Content, Envelope, Heard, postgres::PostgresChannel, redis::RedisChannel};
use crate::{model::chatkit::FeedEvent, server::backoff::Backoff};

/// Time for which messages are collected.
const COLLECT: Duration = Duration::from_millis(5);
/// Time after which a connection counts as good: after its loss the first attempt is made at once again.
const GOOD_AFTER: Duration = Duration::from_secs(10);
/// Time after its last ping for which another server without Redis is told over PostgreSQL.
const PLAIN_FOR: Duration = Duration::from_secs(30);
/// Maximum number of messages sent at once.
const BATCH: usize = 200;
/// Maximum size of a message in bytes; PostgreSQL takes less than 8000.
const MAX_BYTES: usize = 7900;
/// Backoff between attempts to connect, and to send.
const RETRY: Backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));

/// A way for messages to all servers, this one included. Errors are sentences for the log.
pub(super) trait Channel: Sync {
    /// Interval of pings to itself.
    const PING_EVERY: Duration;
    /// Time after which a ping is lost.
    const PING_TIMEOUT: Duration;
    /// The cause if a ping is lost though it was sent.
    const SWALLOWED: &str;
    /// Messages that arrive from now on.
    type Messages: Messages;

    /// Sends messages in order. Returns the number of servers that they were delivered to, if it is known.
    fn publish(&self, messages: Vec<String>) -> impl Future<Output = Result<Option<usize>, String>> + Send;

    /// Listens from now on.
    fn subscribe(&self) -> impl Future<Output = Result<Self::Messages, String>> + Send;
}

/// Messages that arrive over a channel.
pub(super) trait Messages: Send {
    /// Waits for the next message. An error ends them; messages may have been lost.
    fn next(&mut self) -> impl Future<Output = Result<String, String>> + Send;
}

impl Bus {
    /// Sends and hears messages until dropped.
    pub(super) async fn run(&self, postgres: &PostgresChannel, redis: Option<&RedisChannel>) {
        self.0.uses_redis.store(redis.is_some(), Ordering::Relaxed);
        let hear_redis = async {
            match redis {
                Some(redis) => self.hear(redis, &self.0.is_redis_up).await,
                None => std::future::pending().await,
            }
        };
        tokio::join!(self.send(postgres, redis), self.hear(postgres, &self.0.is_postgres_up), hear_redis);
    }

    async fn send(&self, postgres: &PostgresChannel, redis: Option<&RedisChannel>) {
        loop {
            self.0.wake.notified().await;
            sleep(COLLECT).await;
            loop {
                let messages = self.take_waiting();
                if messages.is_empty() {
                    break;
                }
                if let Some(redis) = redis
                    && !self.has_plain_servers()
                    && self.reaches_all(redis.publish(messages.clone()).await)
                {
                    continue;
                }
                let mut retry = RETRY;
                while let Err(err) = postgres.publish(messages.clone()).await {
                    tracing::debug!(error = err, "other servers could not be told, which is tried again");
                    sleep(retry.next_delay()).await;
                }
            }
        }
    }

    /// True if there are servers without Redis.
    fn has_plain_servers(&self) -> bool {
        let seen_at = *self.0.plain_seen_at.lock().unwrap_or_else(PoisonError::into_inner);
        seen_at.is_some_and(|moment| moment.elapsed() < PLAIN_FOR)
    }

    /// True if what was sent was delivered to all servers. Those cut off from Redis hear PostgreSQL.
    fn reaches_all(&self, delivered: Result<Option<usize>, String>) -> bool {
        matches!(delivered, Ok(Some(n_servers)) if n_servers > self.n_others())
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

    async fn hear<C: Channel>(&self, channel: &C, is_up: &AtomicBool) {
        let mut retry = RETRY;
        let mut is_first = true;
        loop {
            let begun_at = Instant::now();
            let reason = self.hear_once(channel, is_up).await;
            let was_up = is_up.swap(false, Ordering::Relaxed);
            if was_up {
                self.deliver(Heard::Lost);
            }
            if was_up && begun_at.elapsed() >= GOOD_AFTER {
                retry.reset();
            }
            if was_up || is_first {
                tracing::warn!(reason, "news of other servers do not arrive; changes are looked for instead");
                is_first = false;
            }
            sleep(retry.next_delay()).await;
        }
    }

    /// Listens until messages may have been lost. Returns the reason.
    async fn hear_once<C: Channel>(&self, channel: &C, is_up: &AtomicBool) -> String {
        let mut messages = match channel.subscribe().await {
            Ok(messages) => messages,
            Err(err) => return err,
        };
        for number in 0.. {
            let sent_at = Instant::now();
            let ping = self.envelope(&Content::Ping(number));
            match timeout(C::PING_TIMEOUT, channel.publish(vec![ping])).await {
                Ok(Ok(_)) => {}
                Ok(Err(err)) => return err,
                Err(_) => return "there is no answer".to_owned(),
            }
            let mut is_echoed = false;
            loop {
                let until = if is_echoed { sent_at + C::PING_EVERY } else { sent_at + C::PING_TIMEOUT };
                match timeout_at(until, messages.next()).await {
                    Err(_) if is_echoed => break,
                    Err(_) => return C::SWALLOWED.to_owned(),
                    Ok(Err(err)) => return err,
                    Ok(Ok(message)) if self.receive(&message) == Some(number) => {
                        is_echoed = true;
                        if !is_up.swap(true, Ordering::Relaxed) {
                            // Whatever was told before is unknown.
                            self.deliver(Heard::Lost);
                        }
                    }
                    Ok(Ok(_)) => {}
                }
            }
        }
        unreachable!("BUG: there are more numbers than pings")
    }

    /// Delivers a message of another server. Returns the number of an own ping.
    fn receive(&self, message: &str) -> Option<u64> {
        match serde_json::from_str::<Envelope>(message) {
            Ok(Envelope { from, content, .. }) if from == self.0.sender => match content {
                Content::Ping(number) => return Some(number),
                Content::Message(_) | Content::Lost => {}
            },
            Ok(Envelope { content: Content::Ping(_), has_redis, .. }) => {
                self.0.n_others.fetch_max(1, Ordering::Relaxed);
                if !has_redis {
                    *self.0.plain_seen_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                }
            }
            Ok(Envelope { content: Content::Lost, .. }) => self.deliver(Heard::Lost),
            Ok(Envelope { content: Content::Message(message), .. }) => self.deliver(Heard::Message(message.into())),
            // A later release may tell more.
            Err(_) => {}
        }
        None
    }
}
