//! An open ChatKit client: [`use_chatkit`] makes a [`ChatKitControl`], and [`ChatKit`] shows it.
//!
//! ```no_run
//! use colloquy::ui::chatkit::{AuthToken, ChatKit, Handler, UseChatKitOptions, use_chatkit};
//! use leptos::{logging, prelude::*};
//!
//! #[component]
//! fn Support() -> impl IntoView {
//!     let control = use_chatkit(UseChatKitOptions {
//!         api_url: "https://support.example.com/chatkit".to_owned(),
//!         auth_token: AuthToken::from("eyJhbGciOi…"),
//!         on_error: Handler::new(|err| logging::error!("{err}")),
//!         on_thread_change: Handler::new(|id: Option<String>| logging::log!("shows {id:?}")),
//!         ..UseChatKitOptions::default()
//!     });
//!     view! {
//!         <button on:click=move |_| control.new_thread()>"New chat"</button>
//!         <ChatKit control class="support" />
//!     }
//! }
//! ```
//!
//! Rules that the protocol hides live in [`state`], the framing in [`decode`]; both are plain Rust.

mod auth_token;
mod client;
mod composer;
mod control;
mod copy;
pub mod decode;
mod drafts;
mod error;
mod feed;
mod history;
mod line;
pub mod markdown;
mod message;
mod options;
pub mod state;
mod thread_list;
mod threads;
mod transcript;
mod turn;
mod wait;

use leptos::{prelude::*, task::spawn_local};

use crate::model::chatkit::Thread;

pub use auth_token::AuthToken;
pub use control::{ChatKitControl, Loading};
pub use drafts::forget_drafts;
pub use error::ChatKitError;
pub use history::ChatHistory;
pub use options::{EndReason, Handler, ResponseEnd, ThreadId, UseChatKitOptions};
pub use thread_list::ThreadList;

use composer::Composer;
use transcript::Transcript;

/// Opens a chat with a ChatKit server.
///
/// Nothing is asked of the server while the page is rendered: what it should show then is given as `initial_threads`
/// and `initial_thread`. In the browser the history is asked for unless it was given, and the token's source is asked
/// early, so that the first message need not wait for it. An answer that is being written in the initial thread is
/// followed. When the component that called this is gone, so is the connection of an answer that was under way: a
/// Colloquy server goes on with it, others stop.
pub fn use_chatkit(options: UseChatKitOptions) -> ChatKitControl {
    let has_threads = options.initial_threads.is_some();
    let control = ChatKitControl::new(options);
    Effect::new(move |_| {
        feed::watch_network(control);
        if control.is_colloquy.get_value() {
            feed::listen(control);
        }
        if let Some(run) = control.thread.with_untracked(|thread| thread.as_ref().and_then(Thread::run)) {
            control.resume(run);
        }
        let kept = drafts::load(control.thread_id().get_untracked().as_deref());
        if !kept.is_empty() {
            control.set_draft(kept);
        }
        spawn_local(async move {
            if !has_threads {
                return control.load_threads().await;
            }
            if control.is_colloquy.get_value() {
                return;
            }
            let Some(client) = control.client.try_get_value() else { return };
            // Other failures may be over when a token is needed.
            if let Err(err @ ChatKitError::Unauthorized) = client.warm_up().await {
                control.report(err);
            }
        });
    });
    on_cleanup(move || control.leave());
    control
}

/// The conversation of a [`ChatKitControl`]: transcript and composer.
#[component]
pub fn ChatKit(
    /// From [`use_chatkit`].
    control: ChatKitControl,
    /// Further classes of its element.
    #[prop(into, optional)]
    class: String,
) -> impl IntoView {
    view! {
        <div class=format!("chatkit {class}")>
            <Transcript control />
            <Composer control />
        </div>
    }
}
