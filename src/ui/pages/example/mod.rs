//! Example page for developers, at `/examples/chatkit` with `EXAMPLES=on`.
//!
//! It shows two chats with all options and callbacks set, buttons for the control's methods, and a log of callbacks.

mod event_log;
mod logging_handlers;
mod method_buttons;
mod sample_commands;
mod sample_composer;
mod sample_entities;
mod sample_frame;
mod sample_options;
mod theme_fields;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Redirect, location::RequestUrl};
use serde::{Deserialize, Serialize};

use super::{initial_data::with_initial_data, not_found::NotFoundPage, server_error::ServerErrorPage};
use crate::{
    api::{
        account::session,
        status::{has_examples, set_not_found},
    },
    ui::{
        chatkit::{ChatKit, Theme, use_chatkit},
        paths,
        words::example as words,
    },
};
use event_log::{EventLog, EventsView};
use method_buttons::Methods;
use sample_options::options;
use theme_fields::ThemeFields;

/// Initial state of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Start {
    NotFound,
    SignedOut,
    Failed,
    Open,
}

/// Two chats with their logs.
#[component]
pub fn ExamplePage() -> impl IntoView {
    let is_rendering = use_context::<RequestUrl>().is_some();
    with_initial_data(
        Signal::stored(None),
        move |_| ask(is_rendering),
        |start| match start {
            Start::NotFound => view! { <NotFoundPage /> }.into_any(),
            Start::SignedOut => view! { <Redirect path=paths::sign_in(Some(paths::EXAMPLE)) /> }.into_any(),
            Start::Failed => view! { <ServerErrorPage again=paths::EXAMPLE /> }.into_any(),
            Start::Open => view! { <Example /> }.into_any(),
        },
    )
}

async fn ask(is_rendering: bool) -> Start {
    match has_examples().await {
        Ok(true) => {}
        Ok(false) => {
            if is_rendering {
                _ = set_not_found().await;
            }
            return Start::NotFound;
        }
        Err(_) => return Start::Failed,
    }
    match session().await {
        Ok(Some(_)) => Start::Open,
        Ok(None) => Start::SignedOut,
        Err(_) => Start::Failed,
    }
}

#[component]
fn Example() -> impl IntoView {
    view! {
        <Title text=words::TITLE />
        <main class="example">
            <h1 class="example__title">{words::TITLE}</h1>
            <p>{words::LEDE}</p>
            <div class="example__chats">
                {words::CHATS.into_iter().map(|name| view! { <OneChat name /> }).collect_view()}
            </div>
        </main>
    }
}

/// A chat with its methods and its log.
#[component]
fn OneChat(name: &'static str) -> impl IntoView {
    let log = EventLog::new();
    let tool_fails = RwSignal::new(false);
    let theme = RwSignal::new(Theme::default());
    let options = move || options(name, log, tool_fails, theme);
    let control = use_chatkit(options());
    // The chat is not ready during rendering, so the method refuses.
    let too_early = control.send_message("too early").map(drop);
    Effect::new(move |_| log.refused("send_message", too_early));
    view! {
        <section class="example__chat" aria-label=name>
            <h2>{name}</h2>
            <ChatKit control class="example__kit" />
            <ThemeFields theme on_choose=Callback::new(move |()| control.set_options(options())) />
            <Methods control log tool_fails options />
            <EventsView log />
        </section>
    }
}
