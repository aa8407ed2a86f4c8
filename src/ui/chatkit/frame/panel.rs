use leptos::{ev, html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::ui::{
    chatkit::{ChatHistory, ChatKitControl},
    components::{Icon, IconKind, Show},
    words::{frame as words, history},
};

/// The component's own list of threads. It covers the conversation until a thread is chosen or the panel is closed.
#[component]
pub(crate) fn HistoryPanel(control: ChatKitControl) -> impl IntoView {
    let is_open = control.frame.is_history_open;
    let has_chosen = StoredValue::new(false);
    let panel: NodeRef<html::Div> = NodeRef::new();
    move_focus(control, panel, has_chosen);
    let choose = move |()| {
        has_chosen.set_value(true);
        control.hide_history();
    };
    let on_keydown = move |ev: ev::KeyboardEvent| {
        if ev.key() == "Escape" {
            ev.prevent_default();
            ev.stop_propagation();
            control.hide_history();
        }
    };
    view! {
        <Show when=move || is_open.get()>
            <div
                node_ref=panel
                class="panel"
                part="history"
                role="dialog"
                tabindex="-1"
                aria-label=history::CHATS
                on:keydown=on_keydown
            >
                <div class="panel__head">
                    <h2 class="panel__title">{history::CHATS}</h2>
                    <button
                        class="icon-button"
                        type="button"
                        aria-label=words::HIDE_HISTORY
                        title=words::HIDE_HISTORY
                        on:click=move |_| control.hide_history()
                    >
                        <Icon kind=IconKind::Close />
                    </button>
                </div>
                <ChatHistory control on_choose=choose />
            </div>
        </Show>
    }
}

/// Moves the focus into the panel and back, or to the composer after a choice.
fn move_focus(control: ChatKitControl, panel: NodeRef<html::Div>, has_chosen: StoredValue<bool>) {
    let before = StoredValue::new(None::<SendWrapper<HtmlElement>>);
    Effect::new(move |was_open: Option<bool>| {
        let is_open = control.frame.is_history_open.get();
        if is_open && was_open != Some(true) {
            let focused = document().active_element().and_then(|it| it.dyn_into().ok());
            before.set_value(focused.map(SendWrapper::new));
            has_chosen.set_value(false);
            // From the next frame on the panel exists and the content behind it is inert.
            request_animation_frame(move || {
                let Some(panel) = panel.try_get_untracked().flatten() else { return };
                let field = panel.query_selector("input").ok().flatten().and_then(|it| it.dyn_into().ok());
                _ = field.map_or_else(|| panel.focus(), |it: HtmlElement| it.focus());
            });
        }
        if !is_open && was_open == Some(true) {
            let before = before.try_update_value(Option::take).flatten();
            request_animation_frame(move || match before.filter(|it| it.is_connected()) {
                Some(element) if !has_chosen.get_value() && element.tag_name() != "BODY" => _ = element.focus(),
                _ => control.focus_composer(),
            });
        }
        is_open
    });
}
