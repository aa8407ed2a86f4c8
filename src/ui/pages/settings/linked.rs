use leptos::prelude::*;

use super::{Account, SectionHeader};
use crate::{
    api::settings::UnlinkAccount,
    model::page::{Done, LinkedSummary},
    ui::{
        components::{Button, ButtonKind, FormAction, LocalTime, ServerForm, Show},
        pages::form_errors::{FormAlert, FormErrors, FormStatus, done_by},
        words::account as words,
    },
};

/// Page that lists the ways to sign in. The last one cannot be removed.
#[component]
pub fn LinkedPage() -> impl IntoView {
    let account = expect_context::<Account>();
    let unlink = FormAction::new::<UnlinkAccount>();
    account.follow(unlink);
    let errors = FormErrors::of_action(unlink);
    let done = done_by(unlink, account.previous_result(&[Done::AccountUnlinked]));
    let is_last = Memo::new(move |_| account.overview.with(|it| it.linked.len() < 2));
    let lede = move || match is_last.get() {
        true => words::ONLY_WAY,
        false => words::SOME_WAYS,
    };
    view! {
        <SectionHeader heading=words::LINKED lede=Signal::derive(move || lede().to_owned()) />
        <FormStatus done />
        <FormAlert error=Signal::derive(move || errors.get().form) />
        <ul class="rows" aria-label=words::LINKED>
            <For each=move || account.overview.with(|it| it.linked.clone()) key=|it| it.id.clone() let(linked)>
                <LinkedRow linked unlink is_last />
            </For>
        </ul>
    }
}

#[component]
fn LinkedRow(linked: LinkedSummary, unlink: FormAction, is_last: Memo<bool>) -> impl IntoView {
    let name = if linked.is_password() { words::BY_PASSWORD.to_owned() } else { linked.provider };
    let label = StoredValue::new(words::unlink(&name));
    let id = StoredValue::new(linked.id);
    view! {
        <li class="rows__row">
            <div class="rows__what">
                <p class="rows__name">{name}</p>
                <p class="rows__detail">{words::SINCE} <LocalTime at=linked.linked_at /></p>
            </div>
            <Show when=move || !is_last.get()>
                <ServerForm action=unlink>
                    <input type="hidden" name="account_id" value=id.get_value() />
                    <Button kind=ButtonKind::Quiet r#type="submit" aria_label=label.get_value()>
                        {words::UNLINK}
                    </Button>
                </ServerForm>
            </Show>
        </li>
    }
}
