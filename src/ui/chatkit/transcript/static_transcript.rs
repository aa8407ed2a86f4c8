use leptos::{context::Provider, prelude::*};

use super::{entries::Entries, notes::Notes};
use crate::{
    model::chatkit::ThreadStreamEvent,
    ui::chatkit::{ChatKitControl, UseChatKitOptions, markdown::host::MarkdownHost},
};

/// Renders the state after `events` without a chat around it. Sends no requests.
#[component]
pub fn StaticTranscript(events: Vec<ThreadStreamEvent>) -> impl IntoView {
    let control = ChatKitControl::new(UseChatKitOptions::default());
    for event in events {
        control.change(|state| state.apply(event));
    }
    view! {
        <Provider value=MarkdownHost::of(control)>
            <Provider value=control>
                <div class="transcript__still">
                    <Entries control />
                    <Notes control />
                </div>
            </Provider>
        </Provider>
    }
}
