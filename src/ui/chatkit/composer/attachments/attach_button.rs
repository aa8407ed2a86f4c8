use leptos::{ev, html, prelude::*};

use super::{files_of, validate_file::accept_attribute};
use crate::ui::{
    chatkit::ChatKitControl,
    components::{Icon, IconKind, Show},
    words::attachments as words,
};

/// Button that opens the file chooser, if the options allow attachments.
#[component]
pub(in crate::ui::chatkit::composer) fn AttachButton(control: ChatKitControl) -> impl IntoView {
    let options = control.option(|it| it.composer.attachments.clone());
    let is_enabled = Memo::new(move |_| options.with(|it| it.enabled));
    let chooser: NodeRef<html::Input> = NodeRef::new();
    let open = move |_| {
        chooser.get_untracked().inspect(|it| it.click());
    };
    Effect::new(move |is_later: Option<bool>| {
        control.composer.choose_files.track();
        if is_later.unwrap_or(false) {
            chooser.get_untracked().inspect(|it| it.click());
        }
        true
    });
    let take = move |_: ev::Event| {
        let Some(chooser) = chooser.get_untracked() else { return };
        let files = files_of(chooser.files());
        // Otherwise choosing the same file again would fire no `change` event.
        chooser.set_value("");
        if !files.is_empty() {
            // A thread that was closed meanwhile has no composer.
            _ = control.attach_files(files);
            control.focus_composer();
        }
    };
    view! {
        <Show when=move || is_enabled.get()>
            <input
                node_ref=chooser
                type="file"
                hidden
                multiple=move || options.with(|it| it.max_count != 1)
                accept=move || options.with(accept_attribute)
                on:change=take
            />
            <button class="icon-button" type="button" aria-label=words::ATTACH title=words::ATTACH on:click=open>
                <Icon kind=IconKind::Paperclip />
            </button>
        </Show>
    }
}
