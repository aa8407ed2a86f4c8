//! What stands beside the conversation.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    api::account::SignOut,
    model::auth::Session,
    ui::{
        chatkit::{ChatHistory, ChatKitControl, forget_drafts},
        components::{FormAction, Icon, IconKind, Logo, ServerForm},
        live::{effect, handler, live, live_view, memo},
        paths,
        view::view,
        words::{frame, history, pages as words},
    },
};

/// Where the chats are a drawer.
const NARROW: &str = "(max-width: 47.99rem)";

/// The chats, and who is signed in; below 768 px a drawer.
#[component]
pub(super) fn Sidebar(
    control: ChatKitControl,
    session: RwSignal<Session>,
    is_drawer_open: RwSignal<bool>,
) -> impl IntoView {
    let hide: NodeRef<html::Button> = NodeRef::new();
    effect(move || {
        if let (true, Some(hide)) = (is_drawer_open.get(), hide.get_untracked()) {
            // A drawer that slides in cannot take the focus before it is visible.
            request_animation_frame(move || _ = hide.focus());
        }
    });
    let search = control.on_search();
    Effect::new(move |is_later: Option<bool>| {
        search.track();
        let is_narrow = window().match_media(NARROW).ok().flatten().is_some_and(|it| it.matches());
        if is_later.is_some() && is_narrow {
            is_drawer_open.set(true);
        }
        true
    });
    let close_on_escape = move |ev: ev::KeyboardEvent| {
        if ev.key() == "Escape" && is_drawer_open.get_untracked() {
            // It does not stop an answer, too.
            ev.prevent_default();
            is_drawer_open.set(false);
        }
    };
    let close_on_link = move |ev: ev::MouseEvent| {
        let target = ev.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|it| it.closest("a").is_ok_and(|link| link.is_some())) {
            is_drawer_open.set(false);
        }
    };
    view! {
        <nav class="sidebar" id="chats" aria-label=history::CHATS on:keydown=close_on_escape on:click=close_on_link>
            <div class="sidebar__head">
                <Logo />
                <button
                    node_ref=hide
                    class="sidebar__hide icon-button"
                    type="button"
                    aria-label=frame::HIDE_HISTORY
                    on:click=handler(move |_| is_drawer_open.set(false))
                >
                    <Icon kind=IconKind::Close />
                </button>
            </div>
            <ChatHistory control href=paths::thread />
            <Account session />
        </nav>
        <div class="chat__backdrop" on:click=handler(move |_| is_drawer_open.set(false))></div>
    }
}

/// The button that opens the drawer.
#[component]
pub(super) fn ShowChats(is_drawer_open: RwSignal<bool>) -> impl IntoView {
    let show: NodeRef<html::Button> = NodeRef::new();
    Effect::new(move |was_open: Option<bool>| {
        let is_open = is_drawer_open.get();
        if was_open == Some(true) && !is_open {
            show.get_untracked().inspect(|it| _ = it.focus());
        }
        is_open
    });
    view! {
        <button
            node_ref=show
            class="chat__show icon-button"
            type="button"
            aria-label=frame::SHOW_HISTORY
            aria-controls="chats"
            aria-expanded=live(move || if is_drawer_open.get() { "true" } else { "false" })
            on:click=handler(move |_| is_drawer_open.set(true))
        >
            <Icon kind=IconKind::Menu />
        </button>
    }
}

/// Who is signed in, the way to the account pages, and the way out.
#[component]
fn Account(session: RwSignal<Session>) -> impl IntoView {
    let action = FormAction::new::<SignOut>();
    let name = memo(move || {
        session.with(|it| if it.user.name.is_empty() { it.user.email.clone() } else { it.user.name.clone() })
    });
    let email = memo(move || session.with(|it| it.user.email.clone()));
    view! {
        <div class="account-bar">
            <a
                class="account-bar__link"
                href=paths::ACCOUNT
                title=words::ACCOUNT
                aria-label=live(move || words::account_of(&name.get(), &email.get()))
            >
                <span class="account-bar__initial" aria-hidden="true">
                    {live_view(move || name.with(|name| name.chars().next().map(|it| it.to_string())))}
                </span>
                <span class="account-bar__who">
                    <span class="account-bar__name">{live_view(move || name.get())}</span>
                    " "
                    <span class="account-bar__email">{live_view(move || email.get())}</span>
                </span>
            </a>
            <ServerForm
                action=action
                class="account-bar__form"
                on_submit=Callback::new(move |()| session.with_untracked(|it| forget_drafts(Some(&it.user.id))))
            >
                <button class="icon-button" type="submit" aria-label=words::SIGN_OUT title=words::SIGN_OUT>
                    <Icon kind=IconKind::LogOut />
                </button>
            </ServerForm>
        </div>
    }
}
