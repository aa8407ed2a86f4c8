use leptos::{ev, prelude::*};

/// Visual priority of a button.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The main action.
    #[default]
    Primary,
    /// A secondary action.
    Quiet,
    /// An action that cannot be undone.
    Danger,
}

/// A button with a label.
#[component]
pub fn Button(
    /// Visual priority.
    #[prop(optional)]
    kind: ButtonKind,
    /// `button` or `submit`.
    #[prop(default = "button")]
    r#type: &'static str,
    /// True while the action is running. Further clicks are ignored.
    #[prop(into, optional)]
    is_busy: Signal<bool>,
    /// Accessible name, if the label alone is not sufficient.
    #[prop(into, optional)]
    aria_label: Option<String>,
    /// Called on a click.
    #[prop(into, optional)]
    on_click: Option<Callback<ev::MouseEvent>>,
    /// Label.
    children: Children,
) -> impl IntoView {
    let kind = match kind {
        ButtonKind::Primary => "primary",
        ButtonKind::Quiet => "quiet",
        ButtonKind::Danger => "danger",
    };
    let click = move |event| {
        if let Some(on_click) = on_click {
            on_click.run(event);
        }
    };
    view! {
        <button
            class="button"
            type=r#type
            data-kind=kind
            disabled=is_busy
            aria-label=aria_label
            aria-busy=move || is_busy.get().then_some("true")
            on:click=click
        >
            {children()}
        </button>
    }
}
