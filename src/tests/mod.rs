//! Tests that enter through the HTTP router, with a real database, on both engines.

mod account_pages;
mod app;
mod auth;
mod chat;
mod configuration;
mod console;
mod database;
mod limits;
mod log_lines;
mod mail;
mod mail_limits;
mod mail_links;
mod mailed;
mod markup;
mod moving;
mod origins;
mod pages;
mod recording;
mod secrets;
mod sign_in;
mod slow_bodies;
mod social;
mod sweep;
mod takeover;
mod timestamp;
mod token;
mod void_links;
mod web_address;
mod well_known;

pub use app::{Engine, TestApp, TestResponse, TestUser, database_url};

/// Makes each `async fn name(app)` into two tests, `name::sqlite` and `name::postgres`, with an application of its own;
/// `async fn name(app, flags)` gives it further command-line flags.
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident $(, $flags:expr)?) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            async fn run($app: $crate::tests::TestApp) $body

            async fn run_on(engine: $crate::tests::Engine) {
                let flags: &[&str] = &[];
                $(let flags = [flags, $flags].concat();)?
                run($crate::tests::TestApp::with_flags(engine, &flags).await).await;
            }

            #[tokio::test]
            async fn sqlite() {
                run_on($crate::tests::Engine::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                run_on($crate::tests::Engine::Postgres).await;
            }
        }
    )*};
}
pub(crate) use on_both_engines;
