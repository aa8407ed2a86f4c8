//! The list of threads.

use leptos::{ev, html, prelude::*};

mod thread_list;

pub use thread_list::ThreadList;

use crate::ui::{
    chatkit::{ChatKitControl, ThreadId},
    components::{Button, ButtonKind, Dialog, Icon, IconKind, Menu, MenuItem},
};

const UNTITLED: &str = "Untitled chat";

/// The threads of a [`ChatKitControl`]: open, rename, delete.
#[component]
pub fn ChatHistory(
    /// From [`use_chatkit`](crate::ui::chatkit::use_chatkit).
    control: ChatKitControl,
    /// Where a thread is shown; `None` is a new chat.
    href: fn(Option<&str>) -> String,
) -> impl IntoView {
    let renaming = RwSignal::new(None::<ThreadId>);
    let deleting = RwSignal::new(None::<ThreadId>);
    let threads = control.threads();
    // The address may be the right one already, while the first answer of a new chat is on its way.
    let begin = move |_| {
        if control.thread_id.with_untracked(Option::is_none) {
            control.new_thread();
        }
        control.focus_composer();
    };
    let ids = Memo::new(move |_| {
        threads.with(|list| list.threads().iter().map(|thread| thread.id.clone()).collect::<Vec<_>>())
    });
    view! {
        <div class="history">
            <a class="history__new" href=href(None) on:click=begin>
                <Icon kind=IconKind::SquarePen />
                "New chat"
            </a>
            <ul class="history__list">
                <For each=move || ids.get() key=Clone::clone let:id>
                    <Thread control id href renaming deleting />
                </For>
            </ul>
            <Show when=move || threads.with(|list| list.after().is_some())>
                <Button kind=ButtonKind::Quiet on:click=move |_| control.load_more_threads()>
                    "Show more chats"
                </Button>
            </Show>
            {move || {
                control.threads_error.get().map(|text| {
                    view! {
                        <p class="notice" data-level="danger" role="alert">
                            <Icon kind=IconKind::Alert />
                            <span>{text}</span>
                        </p>
                    }
                })
            }}
        </div>
        <RenameDialog control renaming />
        <DeleteDialog control deleting />
    }
}

#[component]
fn Thread(
    control: ChatKitControl,
    id: ThreadId,
    href: fn(Option<&str>) -> String,
    renaming: RwSignal<Option<ThreadId>>,
    deleting: RwSignal<Option<ThreadId>>,
) -> impl IntoView {
    let path = href(Some(&id));
    let id = StoredValue::new(id);
    let title = Memo::new(move |_| id.with_value(|id| title_of(control, id)));
    let is_shown = Memo::new(move |_| control.thread_id.with(|it| it.as_ref() == Some(&id.get_value())));
    view! {
        <li class="history__thread">
            <a class="history__link" href=path aria-current=move || is_shown.get().then_some("page")>
                {move || title.get()}
            </a>
            <Menu label=Signal::derive(move || format!("Actions for {}", title.get()))>
                <MenuItem
                    icon=IconKind::Pencil
                    label="Rename"
                    on_choose=move |()| renaming.set(Some(id.get_value()))
                />
                <MenuItem
                    icon=IconKind::Trash
                    label="Delete"
                    is_danger=true
                    on_choose=move |()| deleting.set(Some(id.get_value()))
                />
            </Menu>
        </li>
    }
}

#[component]
fn RenameDialog(control: ChatKitControl, renaming: RwSignal<Option<ThreadId>>) -> impl IntoView {
    let input: NodeRef<html::Input> = NodeRef::new();
    Effect::new(move |_| {
        if let (Some(id), Some(input)) = (renaming.get(), input.get()) {
            input.set_value(&untrack(|| title_of(control, &id)));
            input.select();
        }
    });
    let save = move |ev: ev::SubmitEvent| {
        ev.prevent_default();
        if let (Some(id), Some(input)) = (renaming.get_untracked(), input.get_untracked()) {
            control.rename_thread(id, input.value());
        }
        renaming.set(None);
    };
    let close = move |()| renaming.set(None);
    view! {
        <Dialog
            id="rename-chat"
            heading="Rename chat"
            is_open=Signal::derive(move || renaming.with(Option::is_some))
            on_close=close
        >
            <form class="form" on:submit=save>
                <div class="field">
                    <label class="field__label" for="rename-chat-title">
                        "Title"
                    </label>
                    <input
                        node_ref=input
                        class="field__input"
                        id="rename-chat-title"
                        required
                        maxlength="200"
                        autocomplete="off"
                    />
                </div>
                <div class="dialog__actions">
                    <Button kind=ButtonKind::Quiet on:click=move |_| close(())>
                        "Cancel"
                    </Button>
                    <Button r#type="submit">"Save"</Button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn DeleteDialog(control: ChatKitControl, deleting: RwSignal<Option<ThreadId>>) -> impl IntoView {
    let close = move |()| deleting.set(None);
    let delete = move |_| {
        if let Some(id) = deleting.get_untracked() {
            control.delete_thread(id);
        }
        deleting.set(None);
        // The button that opened the dialog went with its thread.
        control.focus_composer();
    };
    let title = move || deleting.get().map(|id| title_of(control, &id));
    view! {
        <Dialog
            id="delete-chat"
            role="alertdialog"
            heading="Delete this chat?"
            is_open=Signal::derive(move || deleting.with(Option::is_some))
            on_close=close
        >
            <p class="dialog__text">
                <strong>{title}</strong>
                " and all of its messages will be gone for good."
            </p>
            <div class="dialog__actions">
                <Button kind=ButtonKind::Quiet on:click=move |_| close(())>
                    "Cancel"
                </Button>
                <Button kind=ButtonKind::Danger on:click=delete>
                    "Delete"
                </Button>
            </div>
        </Dialog>
    }
}

fn title_of(control: ChatKitControl, id: &str) -> String {
    let title = control.threads.with(|list| list.get(id).and_then(|thread| thread.title.clone()));
    title.filter(|it| !it.is_empty()).unwrap_or_else(|| UNTITLED.to_owned())
}
