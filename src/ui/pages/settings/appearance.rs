use leptos::prelude::*;

use super::{Account, SectionHeader};
use crate::{
    api::appearance::ChooseColorScheme,
    model::ColorScheme,
    ui::{
        components::{FormAction, Icon, IconKind, ServerForm},
        words::account as words,
    },
};

/// Page to choose the colour scheme. Each scheme has its own submit button, so that the form works without scripts.
#[component]
pub fn AppearancePage() -> impl IntoView {
    let account = expect_context::<Account>();
    let scheme =
        Memo::new(move |_| account.chosen_scheme.get().unwrap_or_else(|| account.overview.with(|it| it.color_scheme)));
    let action = FormAction::new::<ChooseColorScheme>();
    let (version, answer) = (action.version(), action.answer());
    Effect::new(move |_| {
        version.track();
        if answer.with_untracked(|it| matches!(it, Some(Err(_)))) {
            account.chosen_scheme.set(None);
            apply(scheme.get_untracked());
        }
    });
    let choices = ColorScheme::ALL.map(|it| {
        let icon = match it {
            ColorScheme::System => IconKind::Monitor,
            ColorScheme::Light => IconKind::Sun,
            ColorScheme::Dark => IconKind::Moon,
        };
        view! {
            <button
                class="choice__option"
                type="submit"
                name="scheme"
                value=it.as_str()
                aria-pressed=move || if scheme.get() == it { "true" } else { "false" }
                on:click=move |_| {
                    account.chosen_scheme.set(Some(it));
                    apply(it);
                }
            >
                <Icon kind=icon />
                {words::scheme(it)}
            </button>
        }
    });
    view! {
        <SectionHeader heading=words::APPEARANCE lede=Signal::stored(words::APPEARANCE_LEDE.to_owned()) />
        <ServerForm action>
            <div class="choice" role="group" aria-label=words::COLOR_SCHEME>
                {choices.into_iter().collect_view()}
            </div>
        </ServerForm>
    }
}

/// Applies the scheme to the current page, as the server will render the next one.
fn apply(scheme: ColorScheme) {
    let Some(root) = document().document_element() else { return };
    _ = match scheme.attribute() {
        Some(name) => root.set_attribute("data-scheme", name),
        None => root.remove_attribute("data-scheme"),
    };
    let (light, dark) = scheme.theme_colors();
    for (system, color) in [("light", light), ("dark", dark)] {
        let bar = document().query_selector(&format!("meta[name=theme-color][media*={system}]"));
        if let Some(bar) = bar.ok().flatten() {
            _ = bar.set_attribute("content", color);
        }
    }
}
