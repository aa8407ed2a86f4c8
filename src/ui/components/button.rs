use leptos::{ev, prelude::*};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one thing to do here.
    #[default]
    Primary,
    /// Something else to do.
    Quiet,
    /// Something that cannot be undone.
    Danger,
}

/// A button with a label.
#[component]
pub fn Button(
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// `button` or `submit`.
    #[prop(default = "button")]
    r#type: &'static str,
    /// Whether what it started is under way; it is not pressed twice.
    #[prop(into, optional)]
    is_busy: Signal<bool>,
    /// What it is called where the label does not say it all.
    #[prop(into, optional)]
    aria_label: Option<String>,
    /// What is told when it is pressed.
    #[prop(into, optional)]
    on_click: Option<Callback<ev::MouseEvent>>,
    /// The label.
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
