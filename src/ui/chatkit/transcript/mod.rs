//! The transcript of a conversation, oldest entry first.

mod entries;
mod load_earlier;
mod notes;
mod progress_indicator;
mod scroll;
mod scroll_anchor;
mod scroll_window;
mod start_screen;
mod static_transcript;
mod thread_loading;

use leptos::{html, prelude::*};

use crate::{
    model::chatkit::NoticeLevel,
    ui::{
        chatkit::{
            ChatKitControl,
            state::{Note, TurnFailure},
        },
        components::{Icon, IconKind, Show},
        words::transcript as words,
    },
};
use entries::Entries;
use load_earlier::LoadEarlier;
use notes::Notes;
use progress_indicator::ProgressIndicator;
use scroll::Scroll;
use start_screen::StartView;
use thread_loading::{ThreadLoading, TryAgain};

pub use static_transcript::StaticTranscript;

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
        control.failure.get() == TurnFailure::Answer && control.notes.with(|notes| notes.iter().any(is_danger))
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
                        <StartView control />
                    </Show>
                    <LoadEarlier control scroller />
                    <Entries control />
                    <ProgressIndicator control />
                    <ThreadLoading control />
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
