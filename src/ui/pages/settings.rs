//! Account pages: a shared layout with navigation, and one page per section.

mod appearance;
mod delete;
mod email;
mod linked;
mod password;
mod profile;
mod sessions;

pub use appearance::AppearancePage;
pub use delete::{ConfirmDeletionPage, DeletedPage, DeletionPage};
pub use email::EmailPage;
pub use linked::LinkedPage;
pub use password::PasswordPage;
pub use profile::ProfilePage;
pub use sessions::SessionsPage;

use leptos::{html, prelude::*, reactive::actions::ActionAbortHandle};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    components::{Outlet, Redirect},
    hooks::{use_location, use_navigate},
};

use super::{initial_data::with_initial_data, server_error::ServerErrorPage};
use crate::{
    api::settings::account_overview,
    model::{
        ApiError, ColorScheme,
        page::{AccountOverview, Done},
    },
    ui::{
        components::{FormAction, Icon, IconKind, Logo},
        paths,
        words::account as words,
    },
};

/// State shared by the account pages.
#[derive(Clone, Copy)]
struct Account {
    overview: RwSignal<AccountOverview>,
    /// Colour scheme that was chosen on this page. An overview that was requested before does not know it.
    chosen_scheme: RwSignal<Option<ColorScheme>>,
    /// Reloads the overview; an answer to an earlier request is ignored.
    reload: Callback<()>,
    /// Redirects to the sign-in page, which returns here.
    leave: Callback<()>,
}

impl Account {
    /// Returns the result of the previous page's form if it is among `wanted`.
    fn previous_result(self, wanted: &[Done]) -> Option<Done> {
        self.overview.with_untracked(|it| it.memory.done).filter(|done| wanted.contains(done))
    }

    /// Reloads the overview after a form has succeeded, and redirects if the session has ended.
    fn follow(self, action: FormAction) {
        let (version, answer) = (action.version(), action.answer());
        Effect::new(move |_| {
            if version.get() == 0 {
                return;
            }
            match answer.get_untracked() {
                Some(Ok(_)) => self.reload.run(()),
                Some(Err(ApiError::SignedOut)) => self.leave.run(()),
                _ => {}
            }
        });
    }
}

/// Layout of the account pages. Signed-out visitors are redirected to sign in.
#[component]
pub fn SettingsFrame() -> impl IntoView {
    let path = use_location().pathname;
    with_initial_data(
        Signal::stored(None),
        |_| account_overview(),
        move |start| match start {
            Ok(Some(overview)) => view! { <Frame overview /> }.into_any(),
            Ok(None) => view! { <Redirect path=paths::sign_in(Some(&path.get_untracked())) /> }.into_any(),
            Err(_) => view! { <ServerErrorPage again=paths::ACCOUNT /> }.into_any(),
        },
    )
}

#[component]
fn Frame(overview: AccountOverview) -> impl IntoView {
    let rules = overview.rules;
    provide_context(open_account(overview));
    view! {
        <div class="settings">
            <header class="settings__head">
                <a class="settings__back" href=paths::CHAT>
                    <Icon kind=IconKind::ArrowLeft />
                    {words::BACK_TO_CHATS}
                </a>
                <Logo />
            </header>
            <nav class="settings__nav" aria-label=words::ACCOUNT>
                <Section href=paths::ACCOUNT icon=IconKind::User label=words::PROFILE />
                <Section href=paths::ACCOUNT_EMAIL icon=IconKind::Mail label=words::EMAIL />
                <Section href=paths::ACCOUNT_PASSWORD icon=IconKind::Lock label=words::PASSWORD />
                <Section href=paths::ACCOUNT_SESSIONS icon=IconKind::Monitor label=words::SESSIONS />
                <Section href=paths::ACCOUNT_LINKED icon=IconKind::Link label=words::LINKED />
                <Section href=paths::ACCOUNT_APPEARANCE icon=IconKind::Sun label=words::APPEARANCE />
                {rules
                    .delete_user
                    .then(|| view! { <Section href=paths::ACCOUNT_DELETE icon=IconKind::Trash label=words::DELETE /> })}
            </nav>
            <main class="settings__main">
                <Outlet />
            </main>
        </div>
    }
}

#[component]
fn Section(href: &'static str, icon: IconKind, label: &'static str) -> impl IntoView {
    let path = use_location().pathname;
    // All other paths begin with the first one.
    let is_within =
        move |path: &str| href != paths::ACCOUNT && path.strip_prefix(href).is_some_and(|it| it.starts_with('/'));
    let is_here = Memo::new(move |_| path.with(|path| path == href || is_within(path)));
    view! {
        <a class="settings__link" href=href aria-current=move || is_here.get().then_some("page")>
            <Icon kind=icon />
            {label}
        </a>
    }
}

/// Stores the overview and reloads it on each navigation.
fn open_account(overview: AccountOverview) -> Account {
    let overview = RwSignal::new(overview);
    let path = use_location().pathname;
    let navigate = use_navigate();
    let leave = Callback::new(move |()| {
        let sign_in = paths::sign_in(path.try_get_untracked().as_deref());
        navigate(&sign_in, NavigateOptions { replace: true, ..NavigateOptions::default() });
    });
    let reload = Action::new(|&()| account_overview());
    let answer = reload.value();
    Effect::new(move |_| match answer.get() {
        Some(Ok(Some(now))) => overview.set(now),
        Some(Ok(None)) => leave.run(()),
        _ => {}
    });
    let earlier = StoredValue::new(None::<ActionAbortHandle>);
    let reload = Callback::new(move |()| {
        if let Some(earlier) = earlier.try_update_value(|it| it.replace(reload.dispatch(()))).flatten() {
            earlier.abort();
        }
    });
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            reload.run(());
        }
        now
    });
    Account { overview, chosen_scheme: RwSignal::new(None), reload, leave }
}

/// Header of an account page.
#[component]
fn SectionHeader(
    /// Heading and page title.
    heading: &'static str,
    /// Introductory sentence.
    #[prop(into)]
    lede: Signal<String>,
) -> impl IntoView {
    view! {
        <Title text=heading />
        <header class="settings__header">
            <h1 class="settings__heading">{heading}</h1>
            <p class="settings__lede">{move || lede.get()}</p>
        </header>
    }
}

/// Resets the fields of a form after success.
fn reset_on_success(form: NodeRef<html::Form>, action: FormAction) {
    let answer = action.answer();
    Effect::new(move |_| {
        if let (Some(Ok(_)), Some(form)) = (answer.get(), form.get_untracked()) {
            form.reset();
        }
    });
}
