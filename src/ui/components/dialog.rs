use leptos::{html, prelude::*};

use crate::ui::back_entry::BackEntry;

/// A modal dialog: the browser's own, which traps the focus, closes on Escape and gives the focus back. The browser's way
/// back closes it, too.
#[component]
pub fn Dialog(
    /// Names the heading's element; unique in the page.
    #[prop(into)]
    id: String,
    /// What it is about.
    heading: &'static str,
    /// `dialog`, or `alertdialog` for what cannot be undone.
    #[prop(default = "dialog")]
    role: &'static str,
    /// Whether it is shown.
    #[prop(into)]
    is_open: Signal<bool>,
    /// Called when the user closes it.
    #[prop(into)]
    on_close: Callback<()>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let element: NodeRef<html::Dialog> = NodeRef::new();
    let entry = BackEntry::new(on_close);
    Effect::new(move |_| {
        let is_open = is_open.get();
        let Some(element) = element.get() else { return };
        match (is_open, element.open()) {
            (true, false) => _ = element.show_modal(),
            (false, true) => element.close(),
            _ => {}
        }
        if is_open { entry.enter() } else { entry.leave() }
    });
    // The children cover the dialog whole: a click on the dialog itself is one on its backdrop.
    let close_on_backdrop = move |ev: leptos::ev::MouseEvent| {
        if ev.target() == ev.current_target() {
            on_close.run(());
        }
    };
    view! {
        <dialog
            node_ref=element
            class="dialog"
            role=role
            aria-labelledby=id.clone()
            on:close=move |_| on_close.run(())
            on:click=close_on_backdrop
            // Escape is for the dialog alone, not for what it stands in.
            on:keydown=|ev: leptos::ev::KeyboardEvent| ev.stop_propagation()
        >
            <div class="dialog__body">
                <h2 class="dialog__heading" id=id.clone()>
                    {heading}
                </h2>
                {children()}
            </div>
        </dialog>
    }
}
