//! An open ChatKit client: [`use_chatkit`] creates a [`ChatKitControl`], and [`ChatKit`] displays it.
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
//! The rules of the protocol are implemented in [`state`], and the framing of event streams in [`decode`]. Both are
//! plain Rust.

mod client;
mod composer;
mod control;
mod entity;
mod fonts;
mod frame;
mod history;
mod items;
pub mod markdown;
mod options;
mod shortcuts;
pub mod state;
mod theme;
mod transcript;
pub(crate) mod web_address;
mod widgets;

use leptos::{context::Provider, html, prelude::*, task::spawn_local};

use crate::{
    model::chatkit::Thread,
    ui::{components::ToastList, words::frame as words},
};

pub use client::{AuthToken, ChatKitError, decode};
pub use control::{
    ChatKitControl, ComposerValue, Ending, Loading, NotNow, Selection, UserMessageDraft, drafts::delete_drafts,
};
pub use history::{ChatHistory, Href, ThreadList};
pub use options::*;
pub use transcript::StaticTranscript;

use composer::{Composer, DropZone};
use control::{drafts, feed};
use frame::{DisclaimerText, FrameHeader, HistoryPanel};
use markdown::host::MarkdownHost;
use shortcuts::ShortcutList;
use transcript::Transcript;

/// Opens a chat with a ChatKit server.
///
/// Rendering on the server sends no requests: pass `initial_threads` and `initial_thread` to show content there. In
/// the browser, the history is loaded unless it was given. The token is requested early, so that the first message
/// does not wait for it. A running answer of the initial thread is resumed.
///
/// Unmounting the calling component closes the connection of a running answer. A Colloquy server continues the
/// answer, other servers stop it.
pub fn use_chatkit(options: UseChatKitOptions) -> ChatKitControl {
    let has_threads = options.initial_threads.is_some();
    let initial_id = options.initial_thread_id.clone().filter(|_| options.initial_thread.is_none());
    let control = ChatKitControl::new(options);
    Effect::new(move |_| {
        control.is_ready.set_value(true);
        if let Some(id) = initial_id.clone() {
            spawn_local(control.load_thread(id, control.showing()));
        }
        feed::watch_network(control);
        if control.is_colloquy.get_value() {
            feed::listen(control);
        }
        if let Some(run) = control.thread.with_untracked(|thread| thread.as_ref().and_then(Thread::run)) {
            control.resume(run);
        }
        drafts::delete_expired();
        control.begin_composing();
        control.handler(|it| it.on_ready.clone()).run(());
        spawn_local(async move {
            if !has_threads {
                return control.load_threads().await;
            }
            if control.is_colloquy.get_value() {
                return;
            }
            let Some(client) = control.client.try_get_value() else { return };
            // Other failures may be over when a token is needed.
            if let Err(err @ ChatKitError::Unauthorized) = client.prefetch_token().await {
                control.report(err);
            }
        });
    });
    on_cleanup(move || control.leave());
    control
}

/// The conversation of a [`ChatKitControl`]: header, transcript, composer and list of threads.
#[component]
pub fn ChatKit(
    /// The control returned by [`use_chatkit`].
    control: ChatKitControl,
    /// Additional classes of the root element.
    #[prop(into, optional)]
    class: String,
) -> impl IntoView {
    let root: NodeRef<html::Section> = NodeRef::new();
    shortcuts::listen(control, root);
    let name = control.option(|it| it.frame_title.clone().unwrap_or_else(|| words::CHAT.to_owned()));
    let theme = control.option(|it| it.theme.clone());
    theme::apply(root, theme);
    fonts::load(control, theme);
    let is_new = Memo::new(move |_| control.is_new());
    view! {
        // Components have no context of their own. Without these providers, a second chat on the page would overwrite
        // it.
        <Provider value=MarkdownHost::of(control)>
            <Provider value=control>
                <section
                    node_ref=root
                    class=format!("chatkit {class}")
                    part="chat"
                    aria-label=move || name.get()
                    data-scheme=move || theme.with(|it| it.color_scheme.attribute())
                    data-radius=move || theme.with(Theme::radius_name)
                    data-density=move || theme.with(Theme::density_name)
                    data-size=move || theme.with(Theme::size)
                    data-colors=move || theme.with(Theme::color_sets)
                >
                    // Content covered by the list of threads must not be reachable.
                    <div class="chatkit__frame" inert=move || control.frame.is_history_open.get()>
                        <FrameHeader control />
                        <div class="chatkit__body" data-empty=move || is_new.get().then_some("")>
                            <Transcript control is_new />
                            <Composer control />
                            <DisclaimerText control />
                        </div>
                    </div>
                    <HistoryPanel control />
                    <ShortcutList control />
                    <ToastList toasts=control.frame.toasts on_close=move |()| control.offer_composer() />
                    <DropZone control />
                </section>
            </Provider>
        </Provider>
    }
}
