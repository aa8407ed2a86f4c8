//! What the hook is told: options of the official client (npm `@openai/chatkit` 1.9.0), each as a type.

mod api;
mod attachments;
mod commands;
mod composer;
mod entities;
mod events;
mod frame;
mod handler;
mod theme;
mod widgets;

pub use api::Headers;
pub use attachments::{AttachmentOptions, DictationOptions, MaxSize, UploadStrategy};
pub use commands::{Command, CommandResult, Commands};
pub use composer::{ComposerOptions, ModelOption, ToolOption};
pub use entities::{Entities, Entity};
pub use events::{ClientEffect, EndReason, LogEntry, ResponseEnd, ToolCall};
pub use frame::{
    Disclaimer, Header, HeaderAction, History, StartPrompt, StartScreen, ThreadItemActions, ThreadOptions,
};
pub use handler::{Ask, Handler};
pub use theme::{Accent, ColorScheme, Density, FontSource, Grayscale, Radius, Surface, Theme, ThemeColors, Typography};
pub use widgets::{WidgetAction, WidgetsOptions};

use super::{AuthToken, ChatKitError, markdown::typesetter::AskTypeset};
use crate::model::chatkit::{Page, Thread};

/// The id of a thread.
pub type ThreadId = String;

/// What [`use_chatkit`](super::use_chatkit) is told. Everything but `api_url` has a default.
///
/// Compared without its functions, of which the newest are always called: other functions alone change nothing that is
/// shown and send nothing again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UseChatKitOptions {
    /// What the ids of the chat's elements begin with; `chat` if it is empty. Two chats on one page need two.
    pub id: String,
    /// The ChatKit endpoint, on this origin (`/chatkit`) or another one, which then allows this origin by CORS.
    pub api_url: String,
    /// The bearer token.
    pub auth_token: AuthToken,
    /// Further headers of every request.
    pub headers: Headers,
    /// How files get to the server; in two phases.
    pub upload_strategy: UploadStrategy,
    /// The language that servers are told to answer in (`Accept-Language`), for instance `de`; the browser's own.
    pub locale: Option<String>,
    /// The name of the whole for those who do not see it; `Chat`.
    pub frame_title: Option<String>,
    /// The thread to begin with; `None` is a new chat.
    pub initial_thread_id: Option<ThreadId>,
    /// The thread to begin with and its newest items, oldest first, if the page knows them already.
    pub initial_thread: Option<Thread>,
    /// The newest threads, if the page knows them already; otherwise they are asked for.
    pub initial_threads: Option<Page<Thread>>,
    /// Whether the server is a Colloquy: then this page shows what other tabs do, and sends a message again that the
    /// network lost. Other servers are asked for nothing that is not ChatKit's.
    pub is_colloquy: bool,
    /// Whom drafts belong to, whatever the page calls the user: they are kept in this browser under it, and nobody else
    /// finds them. `None` keeps them for this tab only.
    pub user_id: Option<String>,

    /// What it looks like.
    pub theme: Theme,
    /// The bar above the conversation.
    pub header: Header,
    /// The list of threads.
    pub history: History,
    /// What a new chat shows.
    pub start_screen: StartScreen,
    /// What the composer offers.
    pub composer: ComposerOptions,
    /// What can be done with what the assistant said.
    pub thread_item_actions: ThreadItemActions,
    /// What can be mentioned with `@`.
    pub entities: Entities,
    /// The menu that `/` opens.
    pub commands: Commands,
    /// How the conversation behaves.
    pub thread: ThreadOptions,
    /// A sentence below the composer.
    pub disclaimer: Option<Disclaimer>,
    /// What the page does for widgets.
    pub widgets: WidgetsOptions,
    /// Does what the server asks the page for, and returns the result, which goes back to the server; an error goes
    /// back as `{"error": …}`.
    pub on_client_tool: Ask<ToolCall, Result<serde_json::Value, String>>,
    /// Colours the code of answers and gives formulas their shape, which takes more than a page should carry: a server
    /// function (`api::typeset`) on pages of a Colloquy. Without it code is plain and formulas are LaTeX.
    pub typesetter: AskTypeset,

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
    /// Called when another tool is chosen in the composer, or none any more.
    pub on_tool_change: Handler<Option<String>>,
    /// Called when the server asks the page to do something and waits for nothing (`client_effect`).
    pub on_effect: Handler<ClientEffect>,
    /// Called when a `chatkit-link://` address is clicked in a message.
    pub on_deeplink: Handler<ClientEffect>,
    /// Called when the list of threads opens.
    pub on_history_open: Handler<()>,
    /// Called when it closes.
    pub on_history_close: Handler<()>,
    /// Called with what a developer may want to know. May hold what users wrote.
    pub on_log: Handler<LogEntry>,
}
