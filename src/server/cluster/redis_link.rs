//! The connection to Redis or Valkey: one per server, for commands and for the channels that it hears.
//!
//! Redis holds copies only. While it is away, callers are told so at once, and do without.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use redis::{
    AsyncConnectionConfig, Client, ErrorKind, PushInfo, PushKind, RedisResult, ServerErrorKind, Value,
    aio::MultiplexedConnection,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep, timeout},
};

use crate::server::{backoff::Backoff, config::RedisConfig};

/// Version of the keys and of what they hold.
const FORMAT: &str = "1";
/// Oldest major version of Redis that is supported.
const OLDEST: u32 = 7;
/// Maximum time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Time after which a command has failed.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(2);
/// Interval of pings.
const PING_EVERY: Duration = Duration::from_secs(1);
/// Time after which a ping is lost, and the connection with it.
const PING_TIMEOUT: Duration = Duration::from_secs(1);
/// Backoff between attempts to connect.
const RETRY: Backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
/// Time after which a connection counts as good: after its loss the first attempt is made at once again.
const GOOD_AFTER: Duration = Duration::from_secs(10);
/// Maximum number of messages that a subscription may be behind. Beyond it, it ends.
const MAX_BEHIND: usize = 128;
/// Maximum number of orders that are sent at once.
const MAX_ORDERS: usize = 256;

#[cfg(test)]
mod tests;

/// The connection. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RedisLink(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: RedisConfig,
    state: Mutex<State>,
    n_subscriptions: AtomicU64,
    /// True from a write that Redis refused until one that it took.
    refuses_writes: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    connected: Option<Connected>,
    /// Subscriptions of this connection by channel.
    channels: HashMap<String, Subscriber>,
}

#[derive(Clone, Debug)]
struct Connected {
    commands: MultiplexedConnection,
    orders: mpsc::UnboundedSender<Order>,
}

#[derive(Debug)]
struct Subscriber {
    subscription: u64,
    messages: mpsc::Sender<Bytes>,
}

/// Orders to the task that has the connection.
#[derive(Debug)]
enum Order {
    Subscribe { channel: String, confirmed: oneshot::Sender<()> },
    Unsubscribe { channel: String },
    Reconnect,
}

impl RedisLink {
    /// Creates the handle. [`RedisLink::run`] connects.
    pub fn new(config: RedisConfig) -> Self {
        Self(Arc::new(Inner {
            config,
            state: Mutex::default(),
            n_subscriptions: AtomicU64::new(0),
            refuses_writes: AtomicBool::new(false),
        }))
    }

    /// True while Redis answers, and takes what is written.
    pub fn is_up(&self) -> bool {
        !self.0.refuses_writes.load(Ordering::Relaxed) && self.state().connected.is_some()
    }

    /// Notes the result of a write. A server that is a replica by now is connected anew, since its address may lead
    /// elsewhere.
    pub fn note_write<T>(&self, result: &RedisResult<T>) {
        match result {
            Ok(_) => self.0.refuses_writes.store(false, Ordering::Relaxed),
            Err(err) if err.is_io_error() || err.is_unrecoverable_error() => {}
            Err(err) => {
                if !self.0.refuses_writes.swap(true, Ordering::Relaxed) {
                    tracing::warn!(error = %err, "Redis refuses writes; answers are read from the database elsewhere");
                }
                if err.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly)
                    && let Some(connected) = &self.state().connected
                {
                    // The connection may be ending.
                    _ = connected.orders.send(Order::Reconnect);
                }
            }
        }
    }

    /// Returns the connection for commands, unless Redis is away.
    pub fn connection(&self) -> Option<MultiplexedConnection> {
        self.state().connected.as_ref().map(|it| it.commands.clone())
    }

    /// Returns the name of a key or channel of this installation.
    pub fn key(&self, name: &str) -> String {
        format!("{}:{FORMAT}:{name}", self.0.config.prefix)
    }

    /// Listens to a channel, in place of an earlier subscription of this server. Returns `None` if Redis is away. Nothing
    /// sent after the return is missed before the subscription ends.
    pub async fn subscribe(&self, channel: &str) -> Option<Subscription> {
        let number = self.0.n_subscriptions.fetch_add(1, Ordering::Relaxed);
        let (sender, messages) = mpsc::channel(MAX_BEHIND);
        let (confirmed, confirmation) = oneshot::channel();
        {
            let mut state = self.state();
            let orders = state.connected.as_ref()?.orders.clone();
            orders.send(Order::Subscribe { channel: channel.to_owned(), confirmed }).ok()?;
            state.channels.insert(channel.to_owned(), Subscriber { subscription: number, messages: sender });
        }
        let subscription = Subscription { link: self.clone(), channel: channel.to_owned(), number, messages };
        timeout(COMMAND_TIMEOUT, confirmation).await.ok()?.ok()?;
        Some(subscription)
    }

    /// Connects, and again after each loss, until dropped.
    pub async fn run(self) {
        let mut retry = RETRY;
        let mut is_first = true;
        loop {
            let begun_at = Instant::now();
            let reason = self.connect_once().await;
            let was_up = self.disconnect();
            if was_up && begun_at.elapsed() >= GOOD_AFTER {
                retry.reset();
            }
            if was_up || is_first {
                tracing::warn!(reason, "Redis does not answer; answers of other servers are read from the database");
                is_first = false;
            }
            sleep(retry.next_delay()).await;
        }
    }

    /// Connects and serves until the connection is lost. Returns the reason.
    async fn connect_once(&self) -> String {
        let (pushes, mut pushed) = mpsc::unbounded_channel::<PushInfo>();
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(COMMAND_TIMEOUT))
            .set_push_sender(pushes);
        let connected = async {
            let client = Client::open(self.0.config.connection.clone())?;
            client.get_multiplexed_async_connection_with_config(&config).await
        };
        let mut commands = match timeout(2 * CONNECT_TIMEOUT, connected).await {
            Ok(Ok(commands)) => commands,
            Ok(Err(err)) => return err.to_string(),
            Err(_) => return "there is no answer".to_owned(),
        };
        // While it loads its data it answers all else.
        if let Err(reason) = ping(&mut commands).await {
            return reason;
        }
        if let Some(version) = too_old(&mut commands).await {
            return format!("Redis {version} is too old: {OLDEST} or later is needed");
        }
        let (orders, ordered) = mpsc::unbounded_channel();
        self.state().connected = Some(Connected { commands: commands.clone(), orders });
        self.0.refuses_writes.store(false, Ordering::Relaxed);
        tracing::info!("Redis answers");
        let deliver = async {
            while let Some(push) = pushed.recv().await {
                match push.kind {
                    PushKind::Message => self.deliver(&push.data),
                    PushKind::Disconnection => break,
                    _ => {}
                }
            }
            "the connection was closed".to_owned()
        };
        tokio::select! {
            reason = deliver => reason,
            reason = keep_pinging(commands.clone()) => reason,
            reason = self.follow_orders(commands, ordered) => reason,
        }
    }

    /// Subscribes and unsubscribes in order, many at once. Returns the reason why it cannot.
    async fn follow_orders(
        &self,
        mut commands: MultiplexedConnection,
        mut ordered: mpsc::UnboundedReceiver<Order>,
    ) -> String {
        let (mut orders, mut is_refused) = (Vec::new(), false);
        while ordered.recv_many(&mut orders, MAX_ORDERS).await > 0 {
            let (mut wanted, mut left, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
            for order in orders.drain(..) {
                match order {
                    Order::Subscribe { channel, confirmed } if !confirmed.is_closed() => {
                        wanted.push(channel);
                        waiting.push(confirmed);
                    }
                    Order::Subscribe { .. } => {}
                    Order::Unsubscribe { channel } => left.push(channel),
                    Order::Reconnect => return "the server is a replica".to_owned(),
                }
            }
            // Somebody may have subscribed again.
            left.retain(|channel| !self.state().channels.contains_key(channel));
            let subscribed = if wanted.is_empty() { Ok(()) } else { commands.subscribe(&wanted).await };
            let unsubscribed = if left.is_empty() { Ok(()) } else { commands.unsubscribe(&left).await };
            for err in [&subscribed, &unsubscribed].into_iter().filter_map(|done| done.as_ref().err()) {
                if err.is_io_error() || err.is_unrecoverable_error() {
                    return err.to_string();
                }
                if !is_refused {
                    tracing::warn!(error = %err, "Redis refuses subscriptions; its user needs the channels of REDIS_PREFIX");
                }
                is_refused = true;
            }
            if subscribed.is_ok() {
                // Whoever subscribed may have left.
                waiting.into_iter().for_each(|confirmed| _ = confirmed.send(()));
            }
        }
        "the connection was closed".to_owned()
    }

    fn deliver(&self, data: &[Value]) {
        let [Value::BulkString(channel), Value::BulkString(message)] = data else { return };
        let Ok(name) = std::str::from_utf8(channel) else { return };
        let mut state = self.state();
        let is_full = |it: &Subscriber| it.messages.try_send(Bytes::copy_from_slice(message)).is_err();
        if state.channels.get(name).is_some_and(is_full) {
            state.channels.remove(name);
        }
    }

    /// Ends all subscriptions. Returns `true` if there was a connection.
    fn disconnect(&self) -> bool {
        let mut state = self.state();
        state.channels.clear();
        state.connected.take().is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Pings until an answer is missing. Returns the reason.
async fn keep_pinging(mut commands: MultiplexedConnection) -> String {
    loop {
        sleep(PING_EVERY).await;
        if let Err(reason) = ping(&mut commands).await {
            return reason;
        }
    }
}

/// Pings once. The error is a sentence for the log.
async fn ping(commands: &mut MultiplexedConnection) -> Result<(), String> {
    match timeout(PING_TIMEOUT, redis::cmd("PING").query_async::<()>(commands)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(err)) => Err(err.to_string()),
        Err(_) => Err("there is no answer".to_owned()),
    }
}

/// Returns the version of a server that is too old. One whose version is unknown is tried.
async fn too_old(commands: &mut MultiplexedConnection) -> Option<String> {
    let info: String = redis::cmd("INFO").arg("server").query_async(commands).await.ok()?;
    let version = info.lines().find_map(|line| line.strip_prefix("redis_version:"))?.trim();
    let major: u32 = version.split('.').next()?.parse().ok()?;
    (major < OLDEST).then(|| version.to_owned())
}

/// Messages of a channel, until the connection is lost or too many wait.
#[derive(Debug)]
pub struct Subscription {
    link: RedisLink,
    channel: String,
    number: u64,
    messages: mpsc::Receiver<Bytes>,
}

impl Subscription {
    /// Waits for the next message. Returns `None` at the end: messages may have been lost.
    pub async fn message(&mut self) -> Option<Bytes> {
        self.messages.recv().await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut state = self.link.state();
        if state.channels.get(&self.channel).is_some_and(|it| it.subscription == self.number) {
            state.channels.remove(&self.channel);
        }
        if let Some(connected) = &state.connected {
            // The connection may be ending.
            _ = connected.orders.send(Order::Unsubscribe { channel: self.channel.clone() });
        }
    }
}
