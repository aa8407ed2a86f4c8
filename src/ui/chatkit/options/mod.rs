//! Options of [`use_chatkit`](super::use_chatkit), modelled after the official client (npm `@openai/chatkit` 1.9.0).

mod attachment_options;
mod callback_events;
mod command_options;
mod composer_options;
mod entity_options;
mod frame_options;
mod handler;
mod headers;
mod theme_options;
mod widget_options;

pub use attachment_options::{AttachmentOptions, DictationOptions, MaxSize, UploadStrategy};
pub use callback_events::{ClientEffect, EndReason, LogEntry, ResponseEnd, ToolCall};
pub use command_options::{Command, CommandResult, Commands};
pub use composer_options::{ComposerOptions, ModelOption, ToolOption};
pub use entity_options::{Entities, Entity};
pub use frame_options::{
    Disclaimer, Header, HeaderAction, History, StartPrompt, StartScreen, ThreadItemActions, ThreadOptions,
};
pub use handler::{Ask, Handler};
pub use headers::Headers;
pub use theme_options::{
    Accent, ColorScheme, Density, FontSource, Grayscale, Radius, Surface, Theme, ThemeColors, Typography,
};
pub use widget_options::{WidgetAction, WidgetsOptions};

use super::{AuthToken, ChatKitError, markdown::typesetter::AskTypeset};
use crate::model::chatkit::{Page, Thread};

/// Id of a thread.
pub type ThreadId = String;

/// Options of [`use_chatkit`](super::use_chatkit). All fields except `api_url` have defaults.
///
/// Functions are not compared, and the newest ones are always called. Changing only functions therefore renders
/// nothing and sends nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UseChatKitOptions {
    /// Prefix of the element ids. Default: `chat`. Two chats on one page need different prefixes.
    pub id: String,
    /// URL of the ChatKit endpoint: a path on this origin (`/chatkit`), or another origin that allows this one by
    /// CORS.
    pub api_url: String,
    /// Source of the bearer token.
    pub auth_token: AuthToken,
    /// Additional headers of every request.
    pub headers: Headers,
    /// Method of file uploads. Default: two phases.
    pub upload_strategy: UploadStrategy,
    /// Language requested from servers by `Accept-Language`, for instance `de`. Default: the browser's languages.
    pub locale: Option<String>,
    /// Accessible name of the chat. Default: `Chat`.
    pub frame_title: Option<String>,
    /// Id of the thread to open first. `None` opens a new chat.
    pub initial_thread_id: Option<ThreadId>,
    /// The thread to open first, if the page has it already, with its newest items, oldest first.
    pub initial_thread: Option<Thread>,
    /// The newest threads, if the page has them already. Otherwise they are requested.
    pub initial_threads: Option<Page<Thread>>,
    /// True if the server is a Colloquy. The chat then shows changes by other tabs and retries messages lost by the
    /// network. Other servers receive only requests of the ChatKit protocol.
    pub is_colloquy: bool,
    /// Owner of the drafts, in any form that identifies the user. Drafts are stored in this browser under it and
    /// hidden from other users. `None` keeps drafts in this tab only.
    pub user_id: Option<String>,

    /// Visual theme.
    pub theme: Theme,
    /// The header bar above the conversation.
    pub header: Header,
    /// The list of threads.
    pub history: History,
    /// Content of a new chat.
    pub start_screen: StartScreen,
    /// Options of the composer.
    pub composer: ComposerOptions,
    /// Actions offered below an answer.
    pub thread_item_actions: ThreadItemActions,
    /// Entities that can be mentioned with `@`.
    pub entities: Entities,
    /// The menu that `/` opens.
    pub commands: Commands,
    /// Behaviour of the conversation.
    pub thread: ThreadOptions,
    /// The disclaimer below the composer.
    pub disclaimer: Option<Disclaimer>,
    /// Options of widgets.
    pub widgets: WidgetsOptions,
    /// Executes a client tool and returns its result, which is sent to the server. An error is sent as `{"error":
    /// …}`.
    pub on_client_tool: Ask<ToolCall, Result<serde_json::Value, String>>,
    /// Highlights code and typesets formulas of answers, which would be too heavy for the wasm. Pages of a Colloquy
    /// use the server function `headers::typeset`. Without it code is plain and formulas are LaTeX.
    pub typesetter: AskTypeset,

    /// Called once, when methods of the control may be called.
    pub on_ready: Handler<()>,
    /// Called on every failure, including those that the component displays.
    pub on_error: Handler<ChatKitError>,
    /// Called when a displayed answer begins.
    pub on_response_start: Handler<()>,
    /// Called when a displayed answer ends, for any reason.
    pub on_response_end: Handler<ResponseEnd>,
    /// Called when another thread is opened. `None` is a new chat.
    pub on_thread_change: Handler<Option<ThreadId>>,
    /// Called when a thread begins to load.
    pub on_thread_load_start: Handler<ThreadId>,
    /// Called when a thread has loaded or failed to load.
    pub on_thread_load_end: Handler<ThreadId>,
    /// Called when the tool selected in the composer changes.
    pub on_tool_change: Handler<Option<String>>,
    /// Called on a `client_effect` event: a request to the page without a result.
    pub on_effect: Handler<ClientEffect>,
    /// Called when a `chatkit-link://` address in a message is clicked.
    pub on_deeplink: Handler<ClientEffect>,
    /// Called when the list of threads opens.
    pub on_history_open: Handler<()>,
    /// Called when the list of threads closes.
    pub on_history_close: Handler<()>,
    /// Called with log entries for developers. They may contain text written by users.
    pub on_log: Handler<LogEntry>,
}
