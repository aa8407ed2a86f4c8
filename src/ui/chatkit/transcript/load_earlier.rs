//! Loading of older messages.

use leptos::{html, prelude::*};

use crate::ui::{
    chatkit::{ChatKitControl, items::Dots},
    components::{Button, ButtonKind, Show},
    words::transcript as words,
};

/// Button that loads older messages, for users who do not scroll and after a failure.
#[component]
pub(super) fn LoadEarlier(control: ChatKitControl, scroller: NodeRef<html::Div>) -> impl IntoView {
    let paging = control.paging;
    let load = move |_| {
        // The button disappears and would lose the focus.
        scroller.get_untracked().inspect(|it| _ = it.focus());
        control.load_older();
    };
    view! {
        <Show when=move || paging.has_older.get()>
            <div class="transcript__earlier">
                {move || paging.error.get().map(|text| view! { <p role="alert">{text}</p> })}
                <Show
                    when=move || paging.is_loading.get()
                    fallback=move || {
                        view! {
                            <Button kind=ButtonKind::Quiet on_click=load>
                                {words::EARLIER}
                            </Button>
                        }
                    }
                >
                    <span role="img" aria-label=words::LOADING_EARLIER>
                        <Dots />
                    </span>
                </Show>
            </div>
        </Show>
    }
}
