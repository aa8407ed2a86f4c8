//! What the page gives the chat to call.

use std::{fmt, pin::Pin, sync::Arc};

/// Something to call, or nothing.
///
/// Two of them count as equal when both call something or both call nothing: options are compared without their
/// functions, and it is always the newest one that is called.
#[derive(Clone)]
pub struct Handler<T>(Option<Arc<dyn Fn(T) + Send + Sync>>);

impl<T> Handler<T> {
    /// Takes what is to be called.
    pub fn new(call: impl Fn(T) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(call)))
    }

    /// Calls it.
    pub fn run(&self, value: T) {
        if let Some(call) = &self.0 {
            call(value);
        }
    }

    /// Whether there is something to call.
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

/// Something to ask that takes its time, or nothing. Compared as a [`Handler`] is.
///
/// ```
/// use colloquy::ui::chatkit::Ask;
///
/// let length: Ask<String, usize> = Ask::new(|text: String| async move { text.len() });
/// assert!(length.is_set());
/// ```
pub struct Ask<I, O>(Option<Arc<dyn Fn(I) -> Answer<O> + Send + Sync>>);

impl<I, O> Ask<I, O> {
    /// Takes what is to be asked.
    pub fn new<Fut>(ask: impl Fn(I) -> Fut + Send + Sync + 'static) -> Self
    where
        Fut: Future<Output = O> + 'static,
    {
        Self(Some(Arc::new(move |input| Box::pin(ask(input)))))
    }

    /// Asks it; `None` when there is nothing to ask.
    pub async fn ask(&self, input: I) -> Option<O> {
        match &self.0 {
            Some(ask) => Some(ask(input).await),
            None => None,
        }
    }

    /// Whether there is something to ask.
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
