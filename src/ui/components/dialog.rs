use leptos::{html, prelude::*};

use crate::ui::back_entry::BackEntry;

/// A modal dialog based on `<dialog>`, which traps the focus, closes on Escape and restores the focus. The browser's
/// back button closes it too.
#[component]
pub fn Dialog(
    /// Id of the heading, unique on the page.
    #[prop(into)]
    id: String,
    /// Heading.
    heading: &'static str,
    /// `dialog`, or `alertdialog` for actions that cannot be undone.
    #[prop(default = "dialog")]
    role: &'static str,
    /// True while the dialog is open.
    #[prop(into)]
    is_open: Signal<bool>,
    /// Called when the user closes the dialog.
    #[prop(into)]
    on_close: Callback<()>,
    /// Content.
    children: Children,
) -> impl IntoView {
    let element: NodeRef<html::Dialog> = NodeRef::new();
    let entry = BackEntry::new(on_close);
    Effect::new(move |_| {
        let is_open = is_open.get();
        let Some(element) = element.get() else { return };
        match (is_open, element.open()) {
            // Handlers of the focus run at once, and are not part of this effect.
            (true, false) => _ = untrack(|| element.show_modal()),
            (false, true) => element.close(),
            _ => {}
        }
        if is_open { entry.enter() } else { entry.leave() }
    });
    // The children cover the whole dialog, so a click on the dialog itself hit its backdrop.
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
            // Escape must not reach handlers outside the dialog.
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
