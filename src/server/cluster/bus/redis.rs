//! The bus on Redis: PUBLISH and SUBSCRIBE on one channel.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::channel::{Channel, Messages};
use crate::server::cluster::redis_link::{RedisLink, Subscription};

/// Time for which the connection is awaited.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Interval of looking for it.
const CONNECT_POLL: Duration = Duration::from_millis(50);

/// The channel of the installation on Redis.
pub(super) struct RedisChannel {
    link: RedisLink,
    name: String,
}

impl RedisChannel {
    pub(super) fn new(link: RedisLink) -> Self {
        Self { name: link.key("all"), link }
    }
}

impl Channel for RedisChannel {
    const PING_EVERY: Duration = Duration::from_secs(2);
    const PING_TIMEOUT: Duration = Duration::from_secs(1);
    const SWALLOWED: &str = "Redis delivers no messages";
    type Messages = Subscription;

    async fn publish(&self, messages: Vec<String>) -> Result<Option<usize>, String> {
        let mut connection = self.link.connection().ok_or("Redis is away")?;
        let mut pipeline = ::redis::pipe();
        for message in &messages {
            pipeline.cmd("PUBLISH").arg(&self.name).arg(message);
        }
        let delivered: Vec<usize> = pipeline.query_async(&mut connection).await.map_err(|err| err.to_string())?;
        Ok(delivered.into_iter().min())
    }

    async fn subscribe(&self) -> Result<Subscription, String> {
        let begun_at = Instant::now();
        loop {
            if let Some(messages) = self.link.subscribe(&self.name).await {
                return Ok(messages);
            }
            if begun_at.elapsed() > CONNECT_TIMEOUT {
                return Err("Redis is away".to_owned());
            }
            sleep(CONNECT_POLL).await;
        }
    }
}

impl Messages for Subscription {
    async fn next(&mut self) -> Result<String, String> {
        let message = self.message().await.ok_or("the connection to Redis was lost")?;
        String::from_utf8(message.into()).map_err(|err| err.to_string())
    }
}
