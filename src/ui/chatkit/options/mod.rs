//! What the hook is told: options of the official client (npm `@openai/chatkit` 1.9.0), each as a type.

mod api;
mod composer;
mod events;
mod frame;
mod handler;
mod widgets;

pub use api::Headers;
pub use composer::ComposerOptions;
pub use events::{ClientEffect, EndReason, LogEntry, ResponseEnd, ToolCall};
pub use frame::{StartScreen, ThreadItemActions};
pub use handler::{Ask, Handler};
pub use widgets::{WidgetAction, WidgetsOptions};

use super::{AuthToken, ChatKitError};
use crate::model::chatkit::{Page, Thread};

/// The id of a thread.
pub type ThreadId = String;

/// What [`use_chatkit`](super::use_chatkit) is told. Everything but `api_url` has a default.
///
/// Compared without its functions, of which the newest are always called: other functions alone change nothing that is
/// shown and send nothing again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UseChatKitOptions {
    /// The ChatKit endpoint, on this origin (`/chatkit`) or another one, which then allows this origin by CORS.
    pub api_url: String,
    /// The bearer token.
    pub auth_token: AuthToken,
    /// Further headers of every request.
    pub headers: Headers,
    /// The language that servers are told to answer in (`Accept-Language`), for instance `de`; the browser's own.
    pub locale: Option<String>,
    /// The thread to begin with; `None` is a new chat.
    pub initial_thread_id: Option<ThreadId>,
    /// The thread to begin with and its newest items, oldest first, if the page knows them already.
    pub initial_thread: Option<Thread>,
    /// The newest threads, if the page knows them already; otherwise they are asked for.
    pub initial_threads: Option<Page<Thread>>,
    /// Whether the server is a Colloquy: then this page shows what other tabs do, and sends a message again that the
    /// network lost. Other servers are asked for nothing that is not ChatKit's.
    pub is_colloquy: bool,

    /// What a new chat shows.
    pub start_screen: StartScreen,
    /// What the composer offers.
    pub composer: ComposerOptions,
    /// What can be done with what the assistant said.
    pub thread_item_actions: ThreadItemActions,
    /// What the page does for widgets.
    pub widgets: WidgetsOptions,
    /// Does what the server asks the page for, and returns the result, which goes back to the server; an error goes
    /// back as `{"error": …}`.
    pub on_client_tool: Ask<ToolCall, Result<serde_json::Value, String>>,

    /// Called once, when methods may be called.
    pub on_ready: Handler<()>,
    /// Called for every failure, also for those that the component shows.
    pub on_error: Handler<ChatKitError>,
    /// Called when an answer begins that is shown.
    pub on_response_start: Handler<()>,
    /// Called when an answer ends that is shown, however it ends.
    pub on_response_end: Handler<ResponseEnd>,
    /// Called when another thread is shown; `None` is a new chat.
    pub on_thread_change: Handler<Option<ThreadId>>,
    /// Called when a thread is asked for.
    pub on_thread_load_start: Handler<ThreadId>,
    /// Called when it is here, or cannot be had.
    pub on_thread_load_end: Handler<ThreadId>,
    /// Called when the server asks the page to do something and waits for nothing (`client_effect`).
    pub on_effect: Handler<ClientEffect>,
    /// Called when a `chatkit-link://` address is clicked in a message.
    pub on_deeplink: Handler<ClientEffect>,
    /// Called with what a developer may want to know. May hold what users wrote.
    pub on_log: Handler<LogEntry>,
}
