//! What a page opens with: asked for once, sent along with the HTML, and shown when it is there.
//!
//! A resource is a type for each value and each way to ask, and all of its reactive parts with it. Pages have one for
//! all: what it holds is made their own where it is asked for and where it is shown.

use std::{any::Any, pin::Pin, sync::Arc};

use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
};
use serde::{Serialize, de::DeserializeOwned};

/// What is asked for, on either side.
#[derive(Clone)]
enum Opening {
    /// By this side. The server writes it into the page, too, for which the way to write it goes along.
    Asked(Arc<dyn Any + Send + Sync>, fn(&dyn Any) -> Option<String>),
    /// By the server, which wrote it as JSON.
    Sent(String),
}

type Asking = Pin<Box<dyn Future<Output = Opening> + Send>>;

/// Asks for what a page opens with, anew for each other thing that is `wanted`, and shows it. The server waits for it
/// before it sends anything.
pub(super) fn open_with<T, Fut>(
    wanted: Signal<Option<String>>,
    ask: impl Fn(Option<String>) -> Fut + Send + Sync + 'static,
    show: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    of(
        wanted,
        Box::new(move |wanted| {
            let asking = ask(wanted);
            Box::pin(async move { Opening::Asked(Arc::new(asking.await), write::<T>) })
        }),
        Arc::new(move |opening| opening.read().map(&show)),
    )
}

/// The same for every page, whatever it opens with.
fn of(
    wanted: Signal<Option<String>>,
    ask: Box<dyn Fn(Option<String>) -> Asking + Send + Sync>,
    show: Arc<dyn Fn(Opening) -> Option<AnyView> + Send + Sync>,
) -> AnyView {
    let opening = Resource::<Opening, AsWritten>::new_with_options(move || wanted.get(), ask, true);
    view! {
        <Suspense>
            {move || {
                let show = Arc::clone(&show);
                Suspend::new(async move {
                    let shown = show(opening.await);
                    if shown.is_none() {
                        // What came with the page cannot be read: it is asked for again.
                        opening.refetch();
                    }
                    shown
                })
            }}
        </Suspense>
    }
    .into_any()
}

impl Opening {
    fn read<T: Clone + DeserializeOwned + 'static>(self) -> Option<T> {
        match self {
            Self::Asked(it, _) => it.downcast_ref().cloned(),
            Self::Sent(json) => serde_json::from_str(&json).ok(),
        }
    }
}

fn write<T: Serialize + 'static>(it: &dyn Any) -> Option<String> {
    // The browser has nobody to write for.
    if !crate::IS_SERVER {
        return None;
    }
    serde_json::to_string(it.downcast_ref::<T>()?).ok()
}

/// JSON, which each opening writes by itself, and which is read when it is known what it is.
struct AsWritten;

impl Encoder<Opening> for AsWritten {
    type Error = ();
    type Encoded = String;

    fn encode(opening: &Opening) -> Result<String, ()> {
        match opening {
            Opening::Asked(it, write) => write(&**it).ok_or(()),
            Opening::Sent(json) => Ok(json.clone()),
        }
    }
}

impl Decoder<Opening> for AsWritten {
    type Error = ();
    type Encoded = str;

    fn decode(json: &str) -> Result<Opening, ()> {
        Ok(Opening::Sent(json.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::page::EntryStart;

    #[test]
    fn what_the_server_writes_is_read() {
        let it = EntryStart { may_sign_up: true, ..EntryStart::default() };
        let asked = Opening::Asked(Arc::new(it.clone()), write::<EntryStart>);
        let sent = AsWritten::decode(&AsWritten::encode(&asked).unwrap()).unwrap();
        assert_eq!((asked.read(), sent.read()), (Some(it.clone()), Some(it)));
    }

    #[test]
    fn what_is_something_else_is_nothing() {
        let asked = Opening::Asked(Arc::new(7), write::<String>);
        assert!(AsWritten::encode(&asked).is_err());
        assert_eq!((asked.read::<EntryStart>(), Opening::Sent("7".to_owned()).read::<EntryStart>()), (None, None));
    }
}
