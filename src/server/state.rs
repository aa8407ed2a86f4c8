//! What every handler has at hand.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use super::{Clock, Db, auth::passwords::Passwords, chat::Chat, config::Config};

/// The application's parts; cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The configuration.
    pub config: Arc<Config>,
    /// The hasher.
    pub passwords: Passwords,
    /// Running answers and where they come from.
    pub chat: Chat,
    /// What Leptos knows of its files.
    pub leptos_options: LeptosOptions,
}
