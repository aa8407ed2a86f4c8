//! Dialogs to rename and delete a thread.

use leptos::{ev, html, prelude::*};

use super::thread_search::ThreadSearch;
use crate::ui::{
    chatkit::{ChatKitControl, ThreadId},
    components::{Button, ButtonKind, Dialog},
    words::history as words,
};

/// Dialog that asks for a thread's new title.
#[component]
pub(super) fn RenameDialog(
    control: ChatKitControl,
    search: ThreadSearch,
    renaming: RwSignal<Option<ThreadId>>,
) -> impl IntoView {
    let input: NodeRef<html::Input> = NodeRef::new();
    Effect::new(move |_| {
        if let (Some(id), Some(input)) = (renaming.get(), input.get()) {
            input.set_value(&untrack(|| search.title(&id)));
            input.select();
        }
    });
    let save = move |ev: ev::SubmitEvent| {
        ev.prevent_default();
        if let (Some(id), Some(input)) = (renaming.get_untracked(), input.get_untracked()) {
            let title = input.value().trim().to_owned();
            if !title.is_empty() {
                search.rename(&id, &title);
                control.rename_thread(id, title);
            }
        }
        renaming.set(None);
    };
    let close = move |()| renaming.set(None);
    let field = control.element_id("rename-chat-title");
    view! {
        <Dialog
            id=control.element_id("rename-chat")
            heading=words::RENAME_HEADING
            is_open=Signal::derive(move || renaming.with(Option::is_some))
            on_close=close
        >
            <form class="form" on:submit=save>
                <div class="field">
                    <label class="field__label" for=field.clone()>
                        {words::TITLE}
                    </label>
                    <input
                        node_ref=input
                        class="field__input"
                        id=field
                        required
                        maxlength="200"
                        autocomplete="off"
                        dir="auto"
                    />
                </div>
                <div class="dialog__actions">
                    <Button kind=ButtonKind::Quiet on_click=move |_| close(())>
                        {words::CANCEL}
                    </Button>
                    <Button r#type="submit">{words::SAVE}</Button>
                </div>
            </form>
        </Dialog>
    }
}

/// Dialog that confirms the deletion of a thread.
#[component]
pub(super) fn DeleteDialog(
    control: ChatKitControl,
    search: ThreadSearch,
    deleting: RwSignal<Option<ThreadId>>,
) -> impl IntoView {
    let close = move |()| deleting.set(None);
    let delete = move |_| {
        if let Some(id) = deleting.get_untracked() {
            search.remove(&id);
            control.delete_thread(id);
        }
        deleting.set(None);
        // The button that opened the dialog was removed with its thread.
        control.focus_composer();
    };
    let title = move || deleting.get().map(|id| search.title(&id));
    view! {
        <Dialog
            id=control.element_id("delete-chat")
            role="alertdialog"
            heading=words::DELETE_HEADING
            is_open=Signal::derive(move || deleting.with(Option::is_some))
            on_close=close
        >
            <p class="dialog__text">
                <strong dir="auto">{title}</strong>
                {words::DELETE_TEXT}
            </p>
            <div class="dialog__actions">
                <Button kind=ButtonKind::Quiet on_click=move |_| close(())>
                    {words::CANCEL}
                </Button>
                <Button kind=ButtonKind::Danger on_click=delete>
                    {words::DELETE}
                </Button>
            </div>
        </Dialog>
    }
}
