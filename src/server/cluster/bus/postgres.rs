//! The bus on PostgreSQL: LISTEN and NOTIFY on one channel.
//!
//! A notifying transaction takes one global lock at its commit, so messages are sent by statements of their own, many at
//! once, and never within a transaction that stores something. A pooler between may swallow what LISTEN delivers; so
//! each server pings itself, and the bus is up only while it hears that.

use std::time::Duration;

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};

use super::{
    Bus,
    channel::{Channel, Messages},
    redis::RedisChannel,
};
use crate::server::cluster::redis_link::RedisLink;

/// Name of the channel.
const CHANNEL: &str = "colloquy";

impl Bus {
    /// Sends and hears messages until the pool is closed. `listen` is a direct way to the server for LISTEN.
    pub async fn run_on_postgres(self, pool: PgPool, listen: Option<PgConnectOptions>, redis: Option<RedisLink>) {
        let closed = pool.close_event();
        let listen = listen.unwrap_or_else(|| PgConnectOptions::clone(&pool.connect_options()));
        let (postgres, redis) = (PostgresChannel { pool, listen }, redis.map(RedisChannel::new));
        tokio::select! {
            () = closed => {}
            () = self.run(&postgres, redis.as_ref()) => {}
        }
    }
}

/// The channel of the database.
pub(super) struct PostgresChannel {
    pool: PgPool,
    listen: PgConnectOptions,
}

/// Notifications over a connection of its own.
pub(super) struct Notifications(PgListener);

impl Channel for PostgresChannel {
    const PING_EVERY: Duration = Duration::from_secs(10);
    const PING_TIMEOUT: Duration = Duration::from_secs(5);
    const SWALLOWED: &str = "LISTEN is swallowed between here and PostgreSQL; set DATABASE_LISTEN_URL to a direct way";
    type Messages = Notifications;

    async fn publish(&self, messages: Vec<String>) -> Result<Option<usize>, String> {
        sqlx::query(r#"select pg_notify($1, "message") from unnest($2::text[]) as "message""#)
            .bind(CHANNEL)
            .bind(messages)
            .execute(&self.pool)
            .await
            .map(|_| None)
            .map_err(|err| err.to_string())
    }

    async fn subscribe(&self) -> Result<Notifications, String> {
        let single = PgPoolOptions::new().max_connections(1).acquire_timeout(Self::PING_TIMEOUT);
        let single = single.connect_lazy_with(self.listen.clone());
        let listener = async {
            let mut listener = PgListener::connect_with(&single).await?;
            listener.eager_reconnect(false);
            listener.listen(CHANNEL).await?;
            Ok(Notifications(listener))
        };
        listener.await.map_err(|err: sqlx::Error| err.to_string())
    }
}

impl Messages for Notifications {
    async fn next(&mut self) -> Result<String, String> {
        match self.0.try_recv().await {
            Ok(Some(notification)) => Ok(notification.payload().to_owned()),
            Ok(None) => Err("the connection was lost".to_owned()),
            // An error of any kind may have lost messages (transact-rs/sqlx#4014).
            Err(err) => Err(err.to_string()),
        }
    }
}
