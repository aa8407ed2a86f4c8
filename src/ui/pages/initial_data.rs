//! Initial data of a page: requested once, serialised into the HTML, rendered when available.
//!
//! A resource creates one type per value and per request, with all its reactive parts. Pages share a single resource
//! type and convert its content where it is requested and rendered.

use std::{any::Any, pin::Pin, sync::Arc};

use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
};
use serde::{Serialize, de::DeserializeOwned};

/// Initial data on either side.
#[derive(Clone)]
enum InitialData {
    /// Requested by this side, with a function that serialises it into the page.
    Asked(Arc<dyn Any + Send + Sync>, fn(&dyn Any) -> Option<String>),
    /// Serialised as JSON by the server.
    Sent(String),
}

type InitialDataFuture = Pin<Box<dyn Future<Output = InitialData> + Send>>;

/// Requests the initial data of a page, again for each value of `wanted`, and renders it. The server waits for the
/// data before it sends anything.
pub(super) fn with_initial_data<T, Fut>(
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
            Box::pin(async move { InitialData::Asked(Arc::new(asking.await), write::<T>) })
        }),
        Arc::new(move |data| data.read().map(&show)),
    )
}

/// The part of [`with_initial_data`] that is independent of the data's type.
fn of(
    wanted: Signal<Option<String>>,
    ask: Box<dyn Fn(Option<String>) -> InitialDataFuture + Send + Sync>,
    show: Arc<dyn Fn(InitialData) -> Option<AnyView> + Send + Sync>,
) -> AnyView {
    let data = Resource::<InitialData, PrewrittenJson>::new_with_options(move || wanted.get(), ask, true);
    view! {
        <Suspense>
            {move || {
                let show = Arc::clone(&show);
                Suspend::new(async move {
                    let shown = show(data.await);
                    if shown.is_none() {
                        // The serialised data could not be parsed, so it is requested again.
                        data.refetch();
                    }
                    shown
                })
            }}
        </Suspense>
    }
    .into_any()
}

impl InitialData {
    fn read<T: Clone + DeserializeOwned + 'static>(self) -> Option<T> {
        match self {
            Self::Asked(it, _) => it.downcast_ref().cloned(),
            Self::Sent(json) => serde_json::from_str(&json).ok(),
        }
    }
}

fn write<T: Serialize + 'static>(it: &dyn Any) -> Option<String> {
    // Only the server serialises.
    if !crate::IS_SERVER {
        return None;
    }
    serde_json::to_string(it.downcast_ref::<T>()?).ok()
}

/// JSON encoding. Values serialise themselves, and are parsed where their type is known.
struct PrewrittenJson;

impl Encoder<InitialData> for PrewrittenJson {
    type Error = ();
    type Encoded = String;

    fn encode(data: &InitialData) -> Result<String, ()> {
        match data {
            InitialData::Asked(it, write) => write(&**it).ok_or(()),
            InitialData::Sent(json) => Ok(json.clone()),
        }
    }
}

impl Decoder<InitialData> for PrewrittenJson {
    type Error = ();
    type Encoded = str;

    fn decode(json: &str) -> Result<InitialData, ()> {
        Ok(InitialData::Sent(json.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::page::EntryStart;

    #[test]
    fn what_the_server_writes_is_read() {
        let it = EntryStart { may_sign_up: true, ..EntryStart::default() };
        let asked = InitialData::Asked(Arc::new(it.clone()), write::<EntryStart>);
        let sent = PrewrittenJson::decode(&PrewrittenJson::encode(&asked).unwrap()).unwrap();
        assert_eq!((asked.read(), sent.read()), (Some(it.clone()), Some(it)));
    }

    #[test]
    fn what_is_something_else_is_nothing() {
        let asked = InitialData::Asked(Arc::new(7), write::<String>);
        assert!(PrewrittenJson::encode(&asked).is_err());
        assert_eq!((asked.read::<EntryStart>(), InitialData::Sent("7".to_owned()).read::<EntryStart>()), (None, None));
    }
}
