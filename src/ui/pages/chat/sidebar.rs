//! Sidebar of the chat page.

use leptos::{html, prelude::*};

use super::drawer::Drawer;
use crate::{
    api::account::SignOut,
    model::auth::Session,
    ui::{
        chatkit::{ChatHistory, ChatKitControl, delete_drafts},
        components::{FormAction, Icon, IconKind, Logo, ServerForm},
        paths,
        words::{chat_page as words, frame, history},
    },
};

/// Id of the account menu.
const ACCOUNT_MENU: &str = "account-menu";

/// The chats and the account. A drawer below 768 px.
#[component]
pub(super) fn Sidebar(control: ChatKitControl, session: RwSignal<Session>, drawer: Drawer) -> impl IntoView {
    let hide: NodeRef<html::Button> = NodeRef::new();
    Effect::new(move |_| {
        if let (true, Some(hide)) = (drawer.is_open(), hide.get_untracked()) {
            // A sliding drawer cannot take the focus before it is visible.
            request_animation_frame(move || _ = hide.focus());
        }
    });
    let search = control.on_search();
    Effect::new(move |is_later: Option<bool>| {
        search.track();
        if is_later.is_some() {
            drawer.open();
        }
        true
    });
    view! {
        <nav
            class="sidebar"
            id="chats"
            aria-label=history::CHATS
            on:click=move |ev| drawer.follow(&ev)
        >
            <div class="sidebar__head">
                <Logo />
                <button
                    node_ref=hide
                    class="sidebar__hide icon-button"
                    type="button"
                    aria-label=frame::HIDE_HISTORY
                    title=frame::HIDE_HISTORY
                    on:click=move |_| drawer.close()
                >
                    <Icon kind=IconKind::Close />
                </button>
            </div>
            <ChatHistory control href=paths::thread />
            <Account session />
        </nav>
        <div class="chat__backdrop" on:click=move |_| drawer.close()></div>
    }
}

/// Button that opens the drawer.
#[component]
pub(super) fn ShowChats(drawer: Drawer) -> impl IntoView {
    let show: NodeRef<html::Button> = NodeRef::new();
    Effect::new(move |was_open: Option<bool>| {
        let is_open = drawer.is_open();
        if let Some(show) = show.get_untracked() {
            // Content covered by the drawer must not be reachable by keyboard. An attribute in the view could be
            // removed too late for the focus below.
            if let Ok(Some(covered)) = show.closest("main") {
                _ = covered.toggle_attribute_with_force("inert", is_open);
            }
            if was_open == Some(true) && !is_open {
                _ = show.focus();
            }
        }
        is_open
    });
    view! {
        <button
            node_ref=show
            class="chat__show icon-button"
            type="button"
            aria-label=frame::SHOW_HISTORY
            title=frame::SHOW_HISTORY
            aria-controls="chats"
            aria-expanded=move || if drawer.is_open() { "true" } else { "false" }
            on:click=move |_| drawer.open()
        >
            <Icon kind=IconKind::Menu />
        </button>
    }
}

/// Link to a new chat beside the closed drawer.
#[component]
pub(super) fn NewChat(control: ChatKitControl) -> impl IntoView {
    let begin = move |_| {
        // During the first answer of a new chat, the path may already be the right one.
        if untrack(|| control.thread_id().with(Option::is_none)) {
            control.new_thread();
        }
        control.offer_composer();
    };
    view! {
        <a
            class="chat__new icon-button"
            href=paths::CHAT
            aria-label=history::NEW_CHAT
            title=history::NEW_CHAT
            on:click=begin
        >
            <Icon kind=IconKind::SquarePen />
        </a>
    }
}

/// The signed-in user, with links to the account pages and to sign out.
#[component]
fn Account(session: RwSignal<Session>) -> impl IntoView {
    let action = FormAction::new::<SignOut>();
    let name = Memo::new(move |_| {
        session.with(|it| if it.user.name.is_empty() { it.user.email.clone() } else { it.user.name.clone() })
    });
    let email = Memo::new(move |_| session.with(|it| it.user.email.clone()));
    // Long names and addresses are truncated, so the label contains both.
    let label = move || words::account_of(&name.get(), &email.get());
    view! {
        <div class="account-bar">
            <a
                class="account-bar__link"
                href=paths::ACCOUNT
                title=label
                aria-label=label
            >
                <span class="account-bar__initial" aria-hidden="true">
                    {move || name.with(|name| name.chars().next().map(|it| it.to_string()))}
                </span>
                <span class="account-bar__who">
                    <span class="account-bar__name">{move || name.get()}</span>
                    " "
                    <span class="account-bar__email">{move || email.get()}</span>
                </span>
            </a>
            // A popover of the browser, which works without scripts. It protects against signing out by accident.
            <button
                class="icon-button"
                type="button"
                popovertarget=ACCOUNT_MENU
                aria-label=words::ACCOUNT_MENU
                title=words::ACCOUNT_MENU
            >
                <Icon kind=IconKind::Ellipsis />
            </button>
            <div class="account-bar__menu" id=ACCOUNT_MENU popover="auto">
                <a class="menu__item" href=paths::ACCOUNT>
                    <Icon kind=IconKind::User />
                    {words::ACCOUNT}
                </a>
                <ServerForm
                    action=action
                    on_submit=Callback::new(move |()| session.with_untracked(|it| delete_drafts(Some(&it.user.id))))
                >
                    <button class="menu__item" type="submit">
                        <Icon kind=IconKind::LogOut />
                        {words::SIGN_OUT}
                    </button>
                </ServerForm>
            </div>
        </div>
    }
}
