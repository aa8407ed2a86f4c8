//! What every handler has at hand.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use super::{
    Clock, Db, Result,
    auth::{auth_state::Auth, sweep, watch::SessionWatch},
    chat::{Chat, relays},
    config::Config,
    mail::{delivery, sender::Sender},
    middleware::unknown_hosts::UnknownHosts,
    typeset::Typesetter,
};

/// The application's parts; cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The configuration.
    pub config: Arc<Config>,
    /// What accounts, sessions and tokens need.
    pub auth: Auth,
    /// The sessions that open answers depend on.
    pub watch: SessionWatch,
    /// Running answers and where they come from.
    pub chat: Chat,
    /// What sends mails.
    pub mail: Sender,
    /// Colours code and shapes formulas.
    pub typesetter: Typesetter,
    /// Hosts beside the configured one that pages were opened at.
    pub unknown_hosts: UnknownHosts,
    /// What Leptos knows of its files.
    pub leptos_options: LeptosOptions,
}

impl AppState {
    /// Puts the parts together; nothing runs by itself before [`AppState::start`].
    ///
    /// # Errors
    /// [`super::Error`] when a part cannot be made.
    pub fn new(config: Config, db: Db, clock: Clock, leptos_options: LeptosOptions) -> Result<Self> {
        let relays = relays(&config, &db, &clock)?;
        let config = Arc::new(config);
        let mail = Sender::new(db.clone(), clock.clone(), Arc::clone(&config))?;
        Ok(Self {
            auth: Auth::new(db.clone(), clock.clone(), Arc::clone(&config), mail.clone()),
            chat: Chat::new(db.clone(), clock.clone(), &config, relays)?,
            watch: SessionWatch::default(),
            mail,
            typesetter: Typesetter::default(),
            unknown_hosts: UnknownHosts::default(),
            config,
            db,
            clock,
            leptos_options,
        })
    }

    /// Starts what runs in the background: tests call the parts themselves.
    pub fn start(&self) {
        self.chat.start();
        self.auth.passwords.start(self.db.clone());
        tokio::spawn(self.auth.seen.clone().run(self.db.clone()));
        tokio::spawn(self.watch.clone().run(self.db.clone(), self.clock.clone()));
        tokio::spawn(sweep::run(self.db.clone(), self.clock.clone()));
        delivery::start(&self.mail, Arc::new(self.auth.clone()));
    }
}
