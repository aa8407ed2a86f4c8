//! The chat page.

mod demo_note;
mod drawer;
mod page_file;
mod sidebar;

use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    components::Redirect,
    hooks::{use_location, use_navigate, use_params_map},
    location::RequestUrl,
};
use serde::{Deserialize, Serialize};

use demo_note::DemoNote;
use drawer::Drawer;
use sidebar::{NewChat, ShowChats, Sidebar};

use super::{
    initial_data::with_initial_data,
    not_found::{NotFound, NotFoundPage},
    server_error::ServerErrorPage,
};
use crate::{
    api::{
        account::{chat_token, session},
        status::set_not_found,
        threads::chat_start,
        typeset::typeset,
    },
    model::{
        ApiError,
        auth::Session,
        page::{AnswerSource, AttachmentLimits, ChatStart},
    },
    ui::{
        back_entry::after_entries_left,
        browser,
        chatkit::{
            Ask, AttachmentOptions, AuthToken, ChatKit, ChatKitControl, ChatKitError, ComposerOptions,
            DictationOptions, Handler, Header, History, Loading, MaxSize, ModelOption, StartPrompt, StartScreen,
            ThreadItemActions, UseChatKitOptions, use_chatkit,
        },
        components::{Icon, IconKind, LiveTitle, Show},
        paths,
        words::{chat_page as words, history},
    },
};

/// Path of the own chat server.
const API_URL: &str = "/chatkit";

/// Initial state of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Start {
    SignedOut,
    NotFound,
    Failed,
    Open(Box<Session>, Box<ChatStart>),
}

/// The chat page of a thread, or of a new chat.
#[component]
pub fn ChatPage() -> impl IntoView {
    let params = use_params_map();
    let thread_id = Memo::new(move |_| params.with(|it| it.get("thread_id")).filter(|id| !id.is_empty()));
    // An open chat loads threads itself.
    let is_open = StoredValue::new(false);
    let wanted = Memo::new(move |before: Option<&Option<String>>| {
        let id = thread_id.get();
        before.filter(|_| is_open.get_value()).cloned().unwrap_or(id)
    });
    let is_rendering = use_context::<RequestUrl>().is_some();
    with_initial_data(
        wanted.into(),
        move |id| ask(id, is_rendering),
        move |start| match start {
            Start::SignedOut => {
                let here = paths::thread(thread_id.get_untracked().as_deref());
                view! { <Redirect path=paths::sign_in(Some(&here)) /> }.into_any()
            }
            Start::NotFound => view! { <NotFoundPage /> }.into_any(),
            Start::Failed => view! { <ServerErrorPage again=paths::CHAT /> }.into_any(),
            Start::Open(session, start) => {
                is_open.set_value(true);
                view! { <ChatView thread_id session=*session start=*start /> }.into_any()
            }
        },
    )
}

/// Loads the session first. A missing session is not an error, unlike errors of server functions.
async fn ask(thread_id: Option<String>, is_rendering: bool) -> Start {
    let session = match session().await {
        Ok(Some(session)) => Box::new(session),
        Ok(None) => return Start::SignedOut,
        Err(_) => return Start::Failed,
    };
    match chat_start(thread_id).await {
        Ok(start) => Start::Open(session, Box::new(start)),
        Err(ApiError::SignedOut) => Start::SignedOut,
        Err(ApiError::NotFound) => {
            if is_rendering {
                _ = set_not_found().await;
            }
            Start::NotFound
        }
        Err(_) => Start::Failed,
    }
}

/// The chat of a signed-in user.
#[component]
fn ChatView(thread_id: Memo<Option<String>>, session: Session, start: ChatStart) -> impl IntoView {
    let shows_demo_note = start.answers_from == AnswerSource::Demo && !start.is_demo_known;
    let session = RwSignal::new(session);
    let control = open_chat(session, start, thread_id.get_untracked());
    let drawer = Drawer::new();
    Effect::new(move |_| {
        let id = thread_id.get();
        untrack(|| {
            let is_opened = control.thread_id().get() != id;
            control.set_thread_id(id);
            if is_opened {
                control.offer_composer();
            }
        });
        drawer.leave();
    });
    let title = Memo::new(move |_| match control.loading().get() {
        Loading::NotFound => words::NOT_FOUND.to_owned(),
        _ => control.thread().with(|thread| thread.as_ref().and_then(|it| it.title.clone())).unwrap_or_else(|| {
            if control.thread_id().with(Option::is_some) { history::UNTITLED } else { history::NEW_CHAT }.to_owned()
        }),
    });
    let is_missing = Memo::new(move |_| control.loading().get() == Loading::NotFound);
    Effect::new(move |_| control.capture_typing());
    let skip = move |ev: ev::MouseEvent| {
        ev.prevent_default();
        // Questions may replace the composer. A closed chat has no composer, only the transcript.
        _ = browser::focus_first(":is(.composer__input, .questions :is(textarea, input, button)):not(:disabled)")
            || browser::focus_first(".transcript__scroller");
    };
    view! {
        <LiveTitle text=title />
        <div class="chat" data-drawer=move || drawer.is_open().then_some("open")>
            <Show when=move || !(is_missing.get() || drawer.is_open())>
                <a class="skip-link" href=format!("#{}", control.composer_id()) on:click=skip>{words::SKIP}</a>
            </Show>
            <Sidebar control session drawer />
            <main class="chat__main">
                <header class="chat__header">
                    <ShowChats drawer />
                    <Show when=move || !is_missing.get()>
                        <h1 class="chat__title" dir="auto" title=move || title.get()>{move || title.get()}</h1>
                        <button
                            class="chat__keys icon-button"
                            type="button"
                            aria-label=words::SHORTCUTS
                            title=words::SHORTCUTS
                            on:click=move |_| control.show_shortcuts()
                        >
                            <Icon kind=IconKind::Keyboard />
                        </button>
                    </Show>
                    <NewChat control />
                </header>
                {shows_demo_note.then(|| view! { <DemoNote control /> })}
                <Show when=move || !is_missing.get() fallback=|| view! { <div class="chat__missing"><NotFound /></div> }>
                    <ChatKit control class="chat__kit" />
                </Show>
            </main>
        </div>
    }
}

/// Opens the chat with the server's data. The page's address follows the current thread.
fn open_chat(session: RwSignal<Session>, start: ChatStart, thread_id: Option<String>) -> ChatKitControl {
    let navigate = use_navigate();
    let path = use_location().pathname;
    let go = move |to: String| {
        if path.try_get_untracked().is_some_and(|path| path != to) {
            let navigate = navigate.clone();
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            after_entries_left(Box::new(move || navigate(&to, options)));
        }
    };
    let go_to_sign_in = {
        let go = go.clone();
        move || go(paths::sign_in(path.try_get_untracked().as_deref()))
    };
    // The token is kept with the session in memory and never in the HTML.
    let auth_token = AuthToken::from(move || async move {
        let jwt = chat_token().await?;
        session.try_update(|session| session.jwt = Some(jwt.clone()));
        Ok::<_, ApiError>(jwt)
    });
    // New users of the demo do not know its commands.
    let prompts = match start.answers_from {
        AnswerSource::Demo => words::DEMO_PROMPTS.map(|(label, prompt)| StartPrompt::new(label, prompt)).into(),
        _ => Vec::new(),
    };
    let is_own_server = start.api_url.is_none();
    let mut options = UseChatKitOptions {
        is_colloquy: is_own_server,
        api_url: start.api_url.unwrap_or_else(|| API_URL.to_owned()),
        auth_token,
        on_error: Handler::new(move |err| {
            if err == ChatKitError::Unauthorized {
                go_to_sign_in();
            }
        }),
        on_thread_change: Handler::new(move |id: Option<String>| go(paths::thread(id.as_deref()))),
        initial_threads: start.threads,
        initial_thread: start.thread,
        initial_thread_id: thread_id,
        // The page has a header and a list of its own.
        header: Header::none(),
        history: History::none(),
        start_screen: StartScreen { prompts, ..StartScreen::default() },
        composer: ComposerOptions {
            placeholder: Some(words::PLACEHOLDER.to_owned()),
            attachments: start.attachments.map(attachment_options).unwrap_or_default(),
            dictation: DictationOptions { enabled: start.can_transcribe },
            models: model_options(start.models),
            ..ComposerOptions::default()
        },
        thread_item_actions: ThreadItemActions { feedback: true, retry: true },
        user_id: Some(session.with_untracked(|it| it.user.id.clone())),
        // On any failure, code and formulas remain plain.
        typesetter: Ask::new(|passages| async { typeset(passages).await.unwrap_or_default() }),
        ..UseChatKitOptions::default()
    };
    if let Some(page) = &start.page {
        page_file::fit(&mut options, page, is_own_server);
    }
    use_chatkit(options)
}

/// Returns the limits of the own server.
fn attachment_options(limits: AttachmentLimits) -> AttachmentOptions {
    AttachmentOptions {
        enabled: true,
        max_size: MaxSize::Any(limits.max_bytes),
        max_count: limits.max_count as usize,
        ..AttachmentOptions::default()
    }
}

/// Returns the operator's models. The first one is the default.
fn model_options(models: Vec<String>) -> Vec<ModelOption> {
    let option =
        |(at, id): (usize, String)| ModelOption { label: id.clone(), id, default: at == 0, ..ModelOption::default() };
    models.into_iter().enumerate().map(option).collect()
}
