use leptos::{either::EitherOf3, ev, html, prelude::*};

use super::{Icon, IconKind};
use crate::ui::words::form_messages as words;

/// A labelled input with its error.
///
/// The input is rendered once and keeps the typed text. Only its error changes.
#[component]
pub fn Field(
    /// Label of the field.
    label: &'static str,
    /// Name of the function's argument.
    name: &'static str,
    /// Type of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// Value of `autocomplete`.
    autocomplete: &'static str,
    /// Initial value.
    #[prop(into, optional)]
    value: String,
    /// Receives the typed text, for use outside the form.
    #[prop(optional)]
    typed: Option<RwSignal<String>>,
    /// Hint below the field.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// Link or button after the error that resolves it.
    #[prop(optional)]
    error_action: Option<ViewFn>,
    /// Reason for the refusal.
    #[prop(into)]
    error: Signal<Option<&'static str>>,
) -> impl IntoView {
    let input: NodeRef<html::Input> = NodeRef::new();
    let is_password = kind == "password";
    let is_shown = RwSignal::new(false);
    // The error until the field changes. An equal error is displayed again.
    let shown_error = RwSignal::new(error.get_untracked());
    Effect::new(move |_| {
        let error = error.get();
        shown_error.set(error);
        if let (Some(_), Some(input), true) = (error, input.get_untracked(), is_password) {
            // A masked password cannot be corrected, so it is typed again.
            input.set_value("");
        }
    });
    let follow = move || {
        if let (Some(typed), Some(input)) = (typed, input.get_untracked()) {
            typed.set(input.value());
        }
    };
    // Text typed, or filled in by the browser, before hydration.
    Effect::new(move |_| follow());
    let id = format!("field-{name}");
    let error_id = format!("{id}-error");
    let hint_id = format!("{id}-hint");
    let described_by = {
        let (error_id, hint_id) = (error_id.clone(), hint_id.clone());
        move || match (shown_error.get(), hint) {
            (Some(_), _) => Some(error_id.clone()),
            (None, Some(_)) => Some(hint_id.clone()),
            (None, None) => None,
        }
    };
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>
                {label}
            </label>
            <div class="field__box">
                <input
                    node_ref=input
                    class="field__input"
                    id=id
                    name=name
                    type=move || if is_shown.get() { "text" } else { kind }
                    value=value
                    autocomplete=autocomplete
                    autofocus=error.get_untracked().is_some()
                    on:input=move |_| {
                        if shown_error.get_untracked().is_some() {
                            shown_error.set(None);
                        }
                        follow();
                    }
                    aria-invalid=move || shown_error.get().map(|_| "true")
                    aria-describedby=described_by
                />
                {is_password.then(|| view! { <ShowPassword is_shown /> })}
            </div>
            // An alert is announced when it is inserted, not when a hint becomes one.
            {move || match (shown_error.get(), hint) {
                (Some(text), _) => EitherOf3::A(view! {
                    <p class="field__error" id=error_id.clone() role="alert">
                        {text}
                        {error_action.as_ref().map(ViewFn::run)}
                    </p>
                }),
                (None, Some(text)) => EitherOf3::B(view! { <p class="field__hint" id=hint_id.clone()>{text}</p> }),
                (None, None) => EitherOf3::C(()),
            }}
        </div>
    }
}

/// Button that shows the typed password.
#[component]
fn ShowPassword(is_shown: RwSignal<bool>) -> impl IntoView {
    // A sent password must not remain visible, whatever the result.
    Effect::new(move |_| {
        let on_submit = window_event_listener(ev::submit, move |_| is_shown.set(false));
        on_cleanup(move || on_submit.remove());
    });
    view! {
        <button
            class="field__show icon-button"
            type="button"
            aria-label=words::SHOW_PASSWORD
            title=words::SHOW_PASSWORD
            aria-pressed=move || if is_shown.get() { "true" } else { "false" }
            on:click=move |_| is_shown.update(|it| *it = !*it)
        >
            {move || view! { <Icon kind=if is_shown.get() { IconKind::EyeOff } else { IconKind::Eye } /> }}
        </button>
    }
}
