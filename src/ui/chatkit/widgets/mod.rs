//! Widgets: component trees sent by servers (chatkit-protocol §3), rendered as data elements.
//!
//! Rendering is pure ([`draw`]). Events are delegated: attributes lead from an element to its component ([`events`]),
//! so a widget has one listener per event type.

mod action;
mod background;
mod combobox;
mod component_path;
mod date;
mod draw;
mod events;
mod field_values;
mod form_payload;
mod props;
mod running_actions;
mod style;

use leptos::{html, prelude::*};
use serde_json::Value;

use self::{draw::DrawState, running_actions::RunningActions};
use super::ChatKitControl;
use crate::ui::words::widgets as words;

/// Renders a widget and runs its actions. `fallback` is rendered for an unknown root.
#[component]
pub(super) fn WidgetView(
    control: ChatKitControl,
    /// Id of the widget's item.
    #[prop(into)]
    item_id: Signal<String>,
    widget: Memo<Value>,
    fallback: impl Fn() -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    let running = RunningActions::new(control, item_id, widget);
    let around = Memo::new(move |_| DrawState {
        id: control.element_id(item_id.get()),
        busy: running.busy(),
        is_inert: running.is_inert(),
        is_expanded: running.is_expanded(),
    });
    let is_root = Memo::new(move |_| widget.with(draw::is_root));
    let root: NodeRef<html::Section> = NodeRef::new();
    Effect::new(move |_| {
        widget.track();
        around.track();
        // After rendering and before painting.
        request_animation_frame(move || {
            if let Some(root) = root.try_get_untracked().flatten() {
                events::sync_fields(&root);
            }
        });
    });
    let fallback = StoredValue::new(fallback);
    view! {
        <section
            node_ref=root
            class="widget"
            aria-label=words::WIDGET
            on:click=move |ev| events::click(running, &ev)
            on:keydown=move |ev| events::keydown(running, &ev)
            on:input=move |ev| events::input(&ev)
            on:change=move |ev| events::change(running, &ev)
            on:submit=move |ev| events::submit(running, &ev)
            on:focusin=move |ev| events::focus_in(&ev)
            on:focusout=move |ev| untrack(|| events::focus_out(running, &ev))
            on:mousedown=move |ev| combobox::mouse_down(&ev)
        >
            {move || {
                if is_root.get() {
                    (move || widget.with(|widget| draw::draw(widget, &around.get()))).into_any()
                } else {
                    fallback.with_value(|it| it())
                }
            }}
            <p class="widget__said" role="status">
                {move || running.message()}
            </p>
        </section>
    }
}
