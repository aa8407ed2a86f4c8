use leptos::{html, prelude::*};

use crate::ui::{
    live::{effect, handler, live, live_view},
    view::{part, view},
};

/// A labelled input with its error.
///
/// The input is rendered once and keeps what was typed; only its error changes.
#[component]
pub fn Field(
    /// What it asks for.
    label: &'static str,
    /// The name of the argument that it fills.
    name: &'static str,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    /// What browsers may fill in.
    autocomplete: &'static str,
    /// What it starts with.
    #[prop(into, optional)]
    value: String,
    /// Follows what is typed, for what stands outside of the form.
    #[prop(optional)]
    typed: Option<RwSignal<String>>,
    /// What to know before typing.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// Why it was refused.
    #[prop(into)]
    error: Signal<Option<&'static str>>,
) -> impl IntoView {
    let input: NodeRef<html::Input> = NodeRef::new();
    effect(move || {
        if let (Some(_), Some(input)) = (error.get(), input.get_untracked()) {
            if kind == "password" {
                // Nobody sees where a password is wrong: it is typed again.
                input.set_value("");
            }
            _ = input.focus();
        }
    });
    let follow = move || {
        if let (Some(typed), Some(input)) = (typed, input.get_untracked()) {
            typed.set(input.value());
        }
    };
    // What was typed, or filled in by the browser, before the page came to life.
    effect(follow);
    let id = format!("field-{name}");
    let error_id = format!("{id}-error");
    let hint_id = format!("{id}-hint");
    let described_by = {
        let (error_id, hint_id) = (error_id.clone(), hint_id.clone());
        move || match (error.get(), hint) {
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
            <input
                node_ref=input
                class="field__input"
                id=id
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                autofocus=error.get_untracked().is_some()
                on:input=handler(move |_| follow())
                aria-invalid=live(move || error.get().map(|_| "true"))
                aria-describedby=live(described_by)
            />
            {live_view(move || match (error.get(), hint) {
                (Some(text), _) => {
                    view! { <p class="field__error" id=error_id.clone() role="alert">{text}</p> }
                }
                (None, Some(text)) => view! { <p class="field__hint" id=hint_id.clone()>{text}</p> },
                (None, None) => part(()),
            })}
        </div>
    }
}
