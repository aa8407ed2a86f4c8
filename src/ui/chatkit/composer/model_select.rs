use leptos::prelude::*;

use crate::ui::{
    chatkit::{ChatKitControl, ModelOption},
    components::Show,
    words::composer as words,
};

/// Selection of the model.
#[component]
pub(super) fn ModelSelect(control: ChatKitControl, is_locked: Memo<bool>) -> impl IntoView {
    let models = control.option(|it| it.composer.models.clone());
    let has_default = Memo::new(move |_| models.with(|it| it.iter().any(|it| it.default && !it.disabled)));
    let selected = control.selected_model();
    let description = Memo::new(move |_| selected.get().and_then(|it| it.description));
    let about_id = move || control.element_id("composer-model");
    let choose = move |ev| control.select_model(Some(event_target_value(&ev)).filter(|it| !it.is_empty()));
    view! {
        <Show when=move || models.with(|it| !it.is_empty())>
            <select
                class="models"
                aria-label=words::MODEL
                aria-describedby=about_id()
                title=move || description.get()
                disabled=move || is_locked.get()
                on:change=choose
            >
                <Show when=move || !has_default.get()>
                    <option value="" prop:selected=move || selected.with(Option::is_none)>
                        {words::ANY_MODEL}
                    </option>
                </Show>
                {move || models.get().into_iter().map(|model| view! { <Model control model /> }).collect_view()}
            </select>
            <span class="unseen" id=about_id()>
                {move || description.get()}
            </span>
        </Show>
    }
}

#[component]
fn Model(control: ChatKitControl, model: ModelOption) -> impl IntoView {
    let ModelOption { id, label, description, disabled, .. } = model;
    let selected = control.selected_model();
    let value = id.clone();
    let is_selected = move || selected.with(|it| it.as_ref().is_some_and(|it| it.id == id));
    // Some browsers initialise from the attribute. All follow the property.
    let is_first = untrack(is_selected.clone());
    view! {
        <option value=value title=description disabled=disabled selected=is_first prop:selected=is_selected>
            {label}
        </option>
    }
}
