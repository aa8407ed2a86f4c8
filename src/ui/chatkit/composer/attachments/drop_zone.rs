use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{EventTarget, Node};

use super::files_of;
use crate::{
    model::chatkit::ThreadStatus,
    ui::{
        chatkit::{ChatKitControl, composer::question_form},
        components::{Icon, IconKind},
        words::attachments as words,
    },
};

/// Drop target that covers its parent element while files are dragged over it.
#[component]
pub(crate) fn DropZone(control: ChatKitControl) -> impl IntoView {
    let zone: NodeRef<html::Div> = NodeRef::new();
    let is_over = RwSignal::new(false);
    let is_open = is_open(control);
    let is_within = move |target: Option<EventTarget>| {
        let target = target.and_then(|it| it.dyn_into::<Node>().ok());
        let around = zone.get_untracked().and_then(|it| it.parent_element());
        target.zip(around).is_some_and(|(target, around)| around.contains(Some(&target)))
    };
    let is_taken = move |ev: &ev::DragEvent| is_open.get_untracked() && has_files(ev) && is_within(ev.target());
    let over = window_event_listener(ev::dragover, move |ev| {
        let is_taken = is_taken(&ev);
        if is_taken {
            // Without this, the browser never fires `drop`.
            ev.prevent_default();
            ev.data_transfer().inspect(|it| it.set_drop_effect("copy"));
        }
        if is_over.get_untracked() != is_taken {
            is_over.set(is_taken);
        }
    });
    let leave = window_event_listener(ev::dragleave, move |ev| {
        if is_over.get_untracked() && !is_within(ev.related_target()) {
            is_over.set(false);
        }
    });
    let drop = window_event_listener(ev::drop, move |ev| {
        is_over.set(false);
        if !is_taken(&ev) {
            return;
        }
        ev.prevent_default();
        let files = files_of(ev.data_transfer().and_then(|it| it.files()));
        if !files.is_empty() && control.attach_files(files).is_ok() {
            control.focus_composer();
        }
    });
    on_cleanup(move || {
        over.remove();
        leave.remove();
        drop.remove();
    });
    view! {
        <div node_ref=zone class="drop" hidden=move || !is_over.get()>
            <p class="drop__text">
                <Icon kind=IconKind::Paperclip />
                {words::DROP}
            </p>
        </div>
    }
}

/// True if a message with attachments can be written.
fn is_open(control: ChatKitControl) -> Memo<bool> {
    let is_enabled = control.option(|it| it.composer.attachments.enabled);
    let pending = question_form::pending(control);
    let is_active = Memo::new(move |_| {
        control.thread.with(|thread| thread.as_ref().is_none_or(|it| it.status == ThreadStatus::Active))
    });
    Memo::new(move |_| is_enabled.get() && is_active.get() && pending.with(Option::is_none))
}

fn has_files(ev: &ev::DragEvent) -> bool {
    ev.data_transfer().is_some_and(|it| it.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
}
