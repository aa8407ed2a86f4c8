//! Callbacks from the chat to the page.

use std::{fmt, pin::Pin, sync::Arc};

/// An optional callback.
///
/// Two handlers are equal if both are set or both are unset. Options are thus compared without their functions, and
/// the newest function is always called.
#[derive(Clone)]
pub struct Handler<T>(Option<Arc<dyn Fn(T) + Send + Sync>>);

impl<T> Handler<T> {
    /// Creates a handler from a function.
    pub fn new(call: impl Fn(T) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(call)))
    }

    /// Calls the function, if set.
    pub fn run(&self, value: T) {
        if let Some(call) = &self.0 {
            call(value);
        }
    }

    /// True if a function is set.
    pub fn is_set(&self) -> bool {
        self.0.is_some()
    }
}

impl<T> Default for Handler<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T, F: Fn(T) + Send + Sync + 'static> From<F> for Handler<T> {
    fn from(call: F) -> Self {
        Self::new(call)
    }
}

impl<T> PartialEq for Handler<T> {
    fn eq(&self, other: &Self) -> bool {
        self.is_set() == other.is_set()
    }
}

impl<T> fmt::Debug for Handler<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_set() { "Handler" } else { "no Handler" })
    }
}

type Answer<O> = Pin<Box<dyn Future<Output = O>>>;

/// An optional asynchronous callback with a result. Compared as a [`Handler`] is.
///
/// ```
/// use colloquy::ui::chatkit::Ask;
///
/// let length: Ask<String, usize> = Ask::new(|text: String| async move { text.len() });
/// assert!(length.is_set());
/// ```
pub struct Ask<I, O>(Option<Arc<dyn Fn(I) -> Answer<O> + Send + Sync>>);

impl<I, O> Ask<I, O> {
    /// Creates a callback from an asynchronous function.
    pub fn new<Fut>(ask: impl Fn(I) -> Fut + Send + Sync + 'static) -> Self
    where
        Fut: Future<Output = O> + 'static,
    {
        Self(Some(Arc::new(move |input| Box::pin(ask(input)))))
    }

    /// Calls the function. Returns `None` if it is not set.
    pub async fn ask(&self, input: I) -> Option<O> {
        match &self.0 {
            Some(ask) => Some(ask(input).await),
            None => None,
        }
    }

    /// True if a function is set.
    pub fn is_set(&self) -> bool {
        self.0.is_some()
    }
}

impl<I, O> Clone for Ask<I, O> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<I, O> Default for Ask<I, O> {
    fn default() -> Self {
        Self(None)
    }
}

impl<I, O> PartialEq for Ask<I, O> {
    fn eq(&self, other: &Self) -> bool {
        self.is_set() == other.is_set()
    }
}

impl<I, O> fmt::Debug for Ask<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_set() { "Ask" } else { "no Ask" })
    }
}
