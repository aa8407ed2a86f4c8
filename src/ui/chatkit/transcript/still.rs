use leptos::{context::Provider, prelude::*};

use super::{entries::Entries, notes::Notes};
use crate::{
    model::chatkit::ThreadStreamEvent,
    ui::chatkit::{ChatKitControl, UseChatKitOptions, markdown::host::MarkdownHost},
};

/// What a stream said so far, without a chat around it: nothing more comes, and nothing is asked of a server.
#[component]
pub fn Still(events: Vec<ThreadStreamEvent>) -> impl IntoView {
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
