//! Timed waits and waits for browser events.

use leptos::prelude::{document, window};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::EventTarget;

const FIRST_MS: f64 = 300.0;
const LONGEST_MS: f64 = 10_000.0;

/// Exponential backoff: each wait is about twice as long as the previous one, up to ten seconds.
#[derive(Debug, Default)]
pub(crate) struct BackOff {
    n_failures: i32,
}

impl BackOff {
    /// Waits for the next delay, or until the browser is online or the page visible again.
    pub(crate) async fn wait(&mut self) {
        let ms = (FIRST_MS * f64::powi(2.0, self.n_failures)).min(LONGEST_MS);
        self.n_failures = (self.n_failures + 1).min(10);
        // Jitter, so that not all pages reconnect to a restarted server at once.
        let ms = ms * (0.75 + js_sys::Math::random() / 2.0);
        #[allow(clippy::cast_possible_truncation, reason = "some seconds at most")]
        pause(Some(ms as i32), &[(window().into(), "online"), (document().into(), "visibilitychange")]).await;
    }

    /// Resets the delay to the shortest one.
    pub(crate) fn reset(&mut self) {
        self.n_failures = 0;
    }
}

/// Waits until the page is visible.
pub(crate) async fn until_visible() {
    while document().hidden() {
        pause(None, &[(document().into(), "visibilitychange")]).await;
    }
}

/// Waits for `ms` milliseconds, or until one of the events fires.
pub(crate) async fn pause(ms: Option<i32>, events: &[(EventTarget, &str)]) {
    let mut kept = None;
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(ms) = ms {
            _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
        }
        for (target, name) in events {
            _ = target.add_event_listener_with_callback(name, &resolve);
        }
        kept = Some(resolve);
    });
    let _: Result<JsValue, JsValue> = JsFuture::from(promise).await;
    if let Some(resolve) = kept {
        for (target, name) in events {
            _ = target.remove_event_listener_with_callback(name, &resolve);
        }
    }
}
