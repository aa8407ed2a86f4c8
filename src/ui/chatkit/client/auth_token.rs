//! Sources of the bearer token.

use std::{fmt, pin::Pin, sync::Arc};

use leptos::prelude::*;

use super::ChatKitError;

type TokenFuture = Pin<Box<dyn Future<Output = Result<String, ChatKitError>>>>;

/// The token for `Authorization: Bearer`: a value, a signal, or an asynchronous source.
///
/// A source is called when the first request needs a token, and once more when the server answers 401. Its result is
/// kept in the page's memory only.
///
/// ```
/// use colloquy::{model::ApiError, ui::chatkit::AuthToken};
///
/// let fixed = AuthToken::from("eyJhbGciOi…");
/// let asked = AuthToken::from(|| async { Ok::<_, ApiError>("eyJhbGciOi…".to_owned()) });
/// ```
#[derive(Clone, Default)]
pub struct AuthToken(Source);

#[derive(Clone, Default)]
enum Source {
    #[default]
    None,
    Value(String),
    Signal(Signal<Option<String>>),
    Asked(Arc<dyn Fn() -> TokenFuture + Send + Sync>),
}

impl AuthToken {
    /// True if another call may return a different token.
    pub(crate) fn can_change(&self) -> bool {
        matches!(self.0, Source::Signal(_) | Source::Asked(_))
    }

    /// True if the token should be cached.
    pub(crate) fn is_asked(&self) -> bool {
        matches!(self.0, Source::Asked(_))
    }

    /// Returns the token.
    pub(crate) async fn ask(&self) -> Result<Option<String>, ChatKitError> {
        match &self.0 {
            Source::None => Ok(None),
            Source::Value(token) => Ok(Some(token.clone())),
            Source::Signal(token) => Ok(token.try_get_untracked().flatten()),
            Source::Asked(ask) => ask().await.map(Some),
        }
    }
}

/// As for [`Handler`](crate::ui::chatkit::Handler), token sources are not compared.
impl PartialEq for AuthToken {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for AuthToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthToken")
    }
}

impl From<&str> for AuthToken {
    fn from(token: &str) -> Self {
        Self(Source::Value(token.to_owned()))
    }
}

impl From<String> for AuthToken {
    fn from(token: String) -> Self {
        Self(Source::Value(token))
    }
}

impl From<Signal<Option<String>>> for AuthToken {
    fn from(token: Signal<Option<String>>) -> Self {
        Self(Source::Signal(token))
    }
}

impl From<RwSignal<Option<String>>> for AuthToken {
    fn from(token: RwSignal<Option<String>>) -> Self {
        Self(Source::Signal(token.into()))
    }
}

impl From<ReadSignal<Option<String>>> for AuthToken {
    fn from(token: ReadSignal<Option<String>>) -> Self {
        Self(Source::Signal(token.into()))
    }
}

impl<F, Fut, E> From<F> for AuthToken
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<String, E>> + 'static,
    E: Into<ChatKitError>,
{
    fn from(ask: F) -> Self {
        Self(Source::Asked(Arc::new(move || {
            let token = ask();
            Box::pin(async move { token.await.map_err(Into::into) })
        })))
    }
}
