use leptos::prelude::*;

use super::{Account, SectionHeader};
use crate::{
    api::settings::UpdateProfile,
    model::page::Done,
    ui::{
        components::{Button, Field, FormAction, ServerForm},
        pages::form_errors::{FormAlert, FormErrors, FormStatus, done_by},
        words::account as words,
    },
};

/// Page to change the user's name. A picture URL can be set by API only, because the pages load no images from
/// elsewhere.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let account = expect_context::<Account>();
    let action = FormAction::new::<UpdateProfile>();
    account.follow(action);
    let errors = FormErrors::of_action(action);
    let done = done_by(action, account.previous_result(&[Done::ProfileSaved]));
    let name = account.overview.with_untracked(|it| it.user.name.clone());
    view! {
        <SectionHeader heading=words::PROFILE lede=Signal::stored(words::PROFILE_LEDE.to_owned()) />
        <ServerForm action class="form">
            <FormStatus done />
            <FormAlert error=Signal::derive(move || errors.get().form) />
            <Field label=words::NAME name="name" autocomplete="name" value=name error=Signal::stored(None) />
            <Button r#type="submit" is_busy=action.pending()>
                {words::SAVE}
            </Button>
        </ServerForm>
    }
}
