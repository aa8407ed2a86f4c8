use leptos::prelude::*;

use super::{Account, SectionHeader};
use crate::{
    api::settings::{RevokeOtherSessions, RevokeSession},
    model::page::{Done, SessionSummary},
    ui::{
        components::{Button, ButtonKind, FormAction, LocalTime, ServerForm, Show},
        pages::form_errors::{FormAlert, FormErrors, FormStatus, done_by},
        words::account as words,
    },
};

/// Page that lists the user's sessions and ends them.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let account = expect_context::<Account>();
    let revoke = FormAction::new::<RevokeSession>();
    account.follow(revoke);
    let errors = FormErrors::of_action(revoke);
    let done = done_by(revoke, account.previous_result(&[Done::SessionRevoked]));
    let has_others = Memo::new(move |_| account.overview.with(|it| it.sessions.len() > 1));
    view! {
        <SectionHeader
            heading=words::SESSIONS
            lede=Signal::stored(
                words::SESSIONS_LEDE
                    .to_owned(),
            )
        />
        <FormStatus done />
        <FormAlert error=Signal::derive(move || errors.get().form) />
        <ul class="rows" aria-label=words::SESSIONS>
            <For
                each=move || account.overview.with(|it| it.sessions.clone())
                key=|it| (it.id.clone(), it.seen_at)
                let(session)
            >
                <SessionRow session revoke />
            </For>
        </ul>
        <RevokeOthers has_others />
    }
}

#[component]
fn SessionRow(session: SessionSummary, revoke: FormAction) -> impl IntoView {
    let SessionSummary { id, device, address, opened_at, seen_at, is_current } = session;
    let place = if address.is_empty() { words::UNKNOWN_ADDRESS.to_owned() } else { address };
    let label = words::sign_out(&device, &place);
    view! {
        <li class="rows__row">
            <div class="rows__what">
                <p class="rows__name">
                    {device} {is_current.then(|| view! { <span class="badge" data-level="good">{words::THIS_DEVICE}</span> })}
                </p>
                <p class="rows__detail">{place} {words::LAST_SEEN} <LocalTime at=seen_at /></p>
                <p class="rows__detail">{words::SIGNED_IN} <LocalTime at=opened_at /></p>
            </div>
            {(!is_current)
                .then(|| {
                    view! {
                        <ServerForm action=revoke>
                            <input type="hidden" name="session_id" value=id />
                            <Button kind=ButtonKind::Quiet r#type="submit" aria_label=label>
                                {words::SIGN_OUT}
                            </Button>
                        </ServerForm>
                    }
                })}
        </li>
    }
}

#[component]
fn RevokeOthers(has_others: Memo<bool>) -> impl IntoView {
    let account = expect_context::<Account>();
    let action = FormAction::new::<RevokeOtherSessions>();
    account.follow(action);
    let errors = FormErrors::of_action(action);
    let done = done_by(action, account.previous_result(&[Done::OthersRevoked]));
    view! {
        <ServerForm action class="form">
            <FormStatus done />
            <FormAlert error=Signal::derive(move || errors.get().form) />
            <Show when=move || has_others.get()>
                <Button kind=ButtonKind::Quiet r#type="submit" is_busy=action.pending()>
                    {words::OTHERS}
                </Button>
            </Show>
        </ServerForm>
    }
}
