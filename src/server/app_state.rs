//! The state shared by all handlers.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use super::{
    Clock, Db, Result,
    auth::{auth_state::Auth, expired_row_sweep, sessions::session_watch::SessionWatch},
    chat::{Chat, relays},
    cluster::{Process, redis_link::RedisLink},
    config::Config,
    db,
    mail::{delivery, sender::Sender},
    metrics::Metrics,
    middleware::unknown_hosts::UnknownHosts,
    site::publication,
    typeset::Typesetter,
};

/// The application's components. Cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// Database.
    pub db: Db,
    /// Clock.
    pub clock: Clock,
    /// This server among those that share the database.
    pub process: Process,
    /// Configuration.
    pub config: Arc<Config>,
    /// State of accounts, sessions and tokens.
    pub auth: Auth,
    /// Sessions of open responses.
    pub session_watch: SessionWatch,
    /// Chat: runs and relays.
    pub chat: Chat,
    /// Mail sender.
    pub mail: Sender,
    /// Highlighter of code and renderer of formulas.
    pub typesetter: Typesetter,
    /// Metrics.
    pub metrics: Metrics,
    /// Host names other than the configured one under which pages were opened.
    pub unknown_hosts: UnknownHosts,
    /// Configuration of Leptos.
    pub leptos_options: LeptosOptions,
}

impl AppState {
    /// Creates the components. Background tasks start with [`AppState::start`].
    ///
    /// # Errors
    /// [`super::Error`] if a component cannot be created.
    pub fn new(config: Config, db: Db, clock: Clock, leptos_options: LeptosOptions) -> Result<Self> {
        let relays = relays(&config, &db, &clock)?;
        let config = Arc::new(config);
        let metrics = Metrics::new(config.model.openai.as_ref());
        let redis = config.cluster.redis.clone().filter(|_| matches!(db, Db::Postgres(_))).map(RedisLink::new);
        if redis.is_none() && config.cluster.redis.is_some() {
            tracing::warn!(
                "REDIS_URL is ignored: Redis is between several servers, and a SQLite database has only one"
            );
        }
        let process = Process::new(db.clone(), clock.clone(), config.cluster.instance.clone(), redis);
        let mail = Sender::new(db.clone(), clock.clone(), Arc::clone(&config), metrics.clone())?;
        Ok(Self {
            auth: Auth::new(db.clone(), clock.clone(), Arc::clone(&config), mail.clone(), metrics.clone()),
            chat: Chat::new(db.clone(), clock.clone(), process.clone(), &config, relays, metrics.clone())?,
            session_watch: SessionWatch::default(),
            mail,
            process,
            metrics,
            typesetter: Typesetter::default(),
            unknown_hosts: UnknownHosts::default(),
            config,
            db,
            clock,
            leptos_options,
        })
    }

    /// Registers this server, unless it is, and starts the background tasks. Tests run their steps directly instead.
    ///
    /// # Errors
    /// [`super::Error`] if the server cannot be registered.
    pub async fn start(&self) -> Result<()> {
        if self.process.id().is_none() {
            self.process.register().await?;
        }
        tokio::spawn(self.process.clone().run());
        if let Db::Postgres(pool) = &self.db {
            let listen = self.config.cluster.listen_url.as_deref().map(db::listen_options).transpose()?;
            let redis = self.process.redis().cloned();
            tokio::spawn(self.process.bus().clone().run_on_postgres(pool.clone(), listen, redis.clone()));
            if let Some(redis) = redis {
                tokio::spawn(redis.run());
            }
        }
        self.chat.start();
        self.auth.passwords.start(self.db.clone());
        tokio::spawn(self.auth.last_used.clone().run(self.db.clone()));
        tokio::spawn(self.session_watch.clone().run(self.db.clone(), self.clock.clone()));
        tokio::spawn(expired_row_sweep::run(self.db.clone(), self.clock.clone()));
        tokio::spawn(publication::run(self.db.clone(), self.clock.clone()));
        delivery::start(&self.mail, Arc::new(self.auth.clone()));
        Ok(())
    }
}
