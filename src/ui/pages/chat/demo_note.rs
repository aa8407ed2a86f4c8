use leptos::prelude::*;

use crate::{
    api::appearance::CloseDemoNote,
    ui::{
        chatkit::ChatKitControl,
        components::{FormAction, Icon, IconKind, ServerForm, Show},
        words::chat_page as words,
    },
};

/// Note that the built-in demo answers, shown until it is closed in this browser.
#[component]
pub(super) fn DemoNote(control: ChatKitControl) -> impl IntoView {
    let action = FormAction::new::<CloseDemoNote>();
    let is_read = RwSignal::new(false);
    let close = move |()| {
        is_read.set(true);
        // The button is removed while it has the focus.
        control.offer_composer();
    };
    view! {
        <Show when=move || !is_read.get()>
            <aside class="notice" data-level="info" role="note">
                <Icon kind=IconKind::Info />
                <span>
                    <strong>{words::DEMO}</strong>
                    {words::DEMO_SET}
                    <code>{words::BASE_URL}</code>
                    {words::DEMO_OR}
                    <code>{words::API_KEY}</code>
                    {words::DEMO_CONNECT}
                </span>
                <ServerForm action class="notice__close" on_submit=Callback::new(close)>
                    <button class="icon-button" type="submit" aria-label=words::CLOSE_NOTE title=words::CLOSE_NOTE>
                        <Icon kind=IconKind::Close />
                    </button>
                </ServerForm>
            </aside>
        </Show>
    }
}
