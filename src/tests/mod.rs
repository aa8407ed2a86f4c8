//! Tests that enter through the HTTP router, with a real database, on both engines.

mod app;
mod auth;
mod chat;
mod configuration;
mod database;
mod mailed;
mod pages;
mod recording;
mod token;

pub use app::{Engine, TestApp, TestResponse, TestUser};

/// Makes each `async fn name(app)` into two tests, `name::sqlite` and `name::postgres`, with an application of its own.
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            async fn run($app: $crate::tests::TestApp) $body

            #[tokio::test]
            async fn sqlite() {
                run($crate::tests::TestApp::new($crate::tests::Engine::Sqlite).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                run($crate::tests::TestApp::new($crate::tests::Engine::Postgres).await).await;
            }
        }
    )*};
}
pub(crate) use on_both_engines;
