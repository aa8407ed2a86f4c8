//! The transcript of a conversation, oldest entry first.

mod arrival;
mod earlier;
mod entries;
mod notes;
mod place;
mod scroll;
mod start;
mod still;
mod waiting;
mod window;

use leptos::{html, prelude::*};

use crate::{
    model::chatkit::NoticeLevel,
    ui::{
        chatkit::{
            ChatKitControl,
            state::{Note, Trouble},
        },
        components::{Icon, IconKind, Show},
        words::transcript as words,
    },
};
use arrival::{Arrival, TryAgain};
use earlier::Earlier;
use entries::Entries;
use notes::Notes;
use scroll::Scroll;
use start::Start;
use waiting::Waiting;

pub use still::Still;

/// All entries, the notes, and a button back to the end.
#[component]
pub(crate) fn Transcript(
    control: ChatKitControl,
    /// True if the chat is new and nothing has been sent.
    is_new: Memo<bool>,
) -> impl IntoView {
    let scroller: NodeRef<html::Div> = NodeRef::new();
    let column: NodeRef<html::Div> = NodeRef::new();
    let scroll = Scroll::new(control, scroller, column);
    // The notice gives more details than the answer itself.
    let is_failure_told = Memo::new(move |_| {
        let is_danger = |note: &Note| note.level == NoticeLevel::Danger;
        control.trouble.get() == Trouble::Answer && control.notes.with(|notes| notes.iter().any(is_danger))
    });
    let jump = move |_| {
        scroll.go_to_end();
        control.focus_composer();
    };
    view! {
        <div class="transcript" part="transcript" data-empty=move || is_new.get().then_some("")>
            <div
                node_ref=scroller
                class="transcript__scroller"
                role="log"
                aria-label=words::CONVERSATION
                // Older messages must not be announced.
                aria-live=move || if scroll.is_paging() { "off" } else { "polite" }
                data-at-end=move || scroll.is_at_end().then_some("")
                tabindex="0"
                on:scroll=move |_| scroll.watch()
            >
                <div
                    node_ref=column
                    class="transcript__column"
                    data-failed=move || is_failure_told.get().then_some("")
                >
                    <Show when=move || is_new.get()>
                        <Start control />
                    </Show>
                    <Earlier control scroller />
                    <Entries control />
                    <Waiting control />
                    <Arrival control />
                    <Notes control />
                    <TryAgain control />
                </div>
            </div>
            <Show when=move || !scroll.is_at_end()>
                <button class="transcript__jump" type="button" on:click=jump>
                    <Icon kind=IconKind::ArrowDown />
                    {words::JUMP}
                </button>
            </Show>
        </div>
    }
}
