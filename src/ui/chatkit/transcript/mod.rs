//! The conversation, oldest first.

use leptos::{html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, HtmlElement, ResizeObserver};

use crate::{
    model::chatkit::NoticeLevel,
    ui::{
        chatkit::{
            ChatKitControl, Loading,
            items::{Dots, Item},
            markdown::Markdown,
            state::Note,
        },
        components::{Button, ButtonKind, Icon, IconKind},
        words::transcript as words,
    },
};

/// A reader who scrolls down to this close to the end, in CSS pixels, wants to stay there.
const NEAR_PX: i32 = 96;

/// All entries, what is said beside them, and the way back to the end.
#[component]
pub(crate) fn Transcript(control: ChatKitControl) -> impl IntoView {
    let scroller: NodeRef<html::Div> = NodeRef::new();
    let is_at_end = RwSignal::new(true);
    follow(control, scroller, is_at_end);

    let last_top = StoredValue::new(0);
    // How far the reader is from the end, whatever comes before.
    let from_end = StoredValue::new(None::<i32>);
    let watch = move |_| {
        let Some(it) = scroller.get_untracked() else { return };
        let (top, from_end_px) = (it.scroll_top(), it.scroll_height() - it.scroll_top() - it.client_height());
        // Any step up is the reader's own, however small; a step down may be ours, and the text may have grown since.
        let is_step_up = top < last_top.get_value();
        last_top.set_value(top);
        from_end.set_value(Some(it.scroll_height() - top));
        let stays = if is_step_up { from_end_px <= 1 } else { is_at_end.get_untracked() || from_end_px <= NEAR_PX };
        if is_at_end.get_untracked() != stays {
            is_at_end.set(stays);
        }
    };
    let jump = move |_| {
        is_at_end.set(true);
        scroller.get_untracked().inspect(|it| scroll_to_end(it));
        control.focus_composer();
    };
    let is_empty = Memo::new(move |_| {
        control.rows.with(Vec::is_empty)
            && control.thread_id.with(Option::is_none)
            && control.turn.with(Option::is_none)
    });
    let greeting = control.option(|it| it.start_screen.greeting.clone().unwrap_or_else(|| words::GREETING.to_owned()));
    view! {
        <div class="transcript" data-empty=move || is_empty.get().then_some("")>
            <div
                node_ref=scroller
                class="transcript__scroller"
                role="log"
                aria-label="Conversation"
                aria-live="polite"
                tabindex="0"
                on:scroll=watch
            >
                <div class="transcript__column">
                    <Show when=move || is_empty.get()>
                        <h2 class="transcript__greeting">{move || greeting.get()}</h2>
                    </Show>
                    <Earlier control scroller from_end />
                    <For each=move || control.rows.get() key=|row| row.key let:row>
                        <Item control row />
                    </For>
                    <Waiting control />
                    <Arrival control />
                    <Notes control />
                    <TryAgain control />
                </div>
            </div>
            <Show when=move || !is_at_end.get()>
                <button class="transcript__jump" type="button" on:click=jump>
                    <Icon kind=IconKind::ArrowDown />
                    "Jump to latest"
                </button>
            </Show>
        </div>
    }
}

/// Keeps a reader at the end there, and leaves one alone who has scrolled up to read.
fn follow(control: ChatKitControl, scroller: NodeRef<html::Div>, is_at_end: RwSignal<bool>) {
    // Whoever opens another thread or sends a message wants to see its end.
    let is_answering = Memo::new(move |_| control.turn.with(Option::is_some));
    Effect::new(move |shown: Option<Option<String>>| {
        let thread_id = control.thread_id.get();
        if is_answering.get() || shown.is_some_and(|it| it != thread_id) {
            is_at_end.set(true);
        }
        thread_id
    });
    let stay = move || {
        if is_at_end.try_get_untracked() == Some(true) {
            scroller.try_get_untracked().flatten().inspect(|it| scroll_to_end(it));
        }
    };
    Effect::new(move |_| {
        control.activity.track();
        if is_at_end.get_untracked() {
            // The nodes are there when the next frame is drawn; by then the reader may have scrolled up.
            request_animation_frame(stay);
        }
    });
    // What comes into view may be higher than it was thought to be, and a picture gets its height when it is here.
    Effect::new(move |_| {
        if let Some(column) = scroller.get().and_then(|it| it.first_element_child()) {
            watch_size(&column, stay);
        }
    });
}

/// Calls when the element gets another size, as long as the component lives.
fn watch_size(element: &Element, call: impl Fn() + 'static) {
    let call = Closure::<dyn Fn()>::new(call);
    let Ok(observer) = ResizeObserver::new(call.as_ref().unchecked_ref()) else { return };
    observer.observe(element);
    let kept = SendWrapper::new((observer, call));
    on_cleanup(move || kept.0.disconnect());
}

fn scroll_to_end(scroller: &HtmlElement) {
    scroller.set_scroll_top(scroller.scroll_height());
}

/// The button for the page before the first entry; what is being read stays where it is.
#[component]
fn Earlier(control: ChatKitControl, scroller: NodeRef<html::Div>, from_end: StoredValue<Option<i32>>) -> impl IntoView {
    let load = move |_| {
        from_end.set_value(scroller.get_untracked().map(|it| it.scroll_height() - it.scroll_top()));
        control.load_older();
    };
    Effect::new(move |first: Option<Option<u64>>| {
        let old = first.flatten();
        let (new, is_kept) = control.rows.with(|rows| {
            let is_kept = old.is_some_and(|old| rows.iter().any(|row| row.key == old));
            (rows.first().map(|row| row.key), is_kept)
        });
        if is_kept && new != old {
            request_animation_frame(move || {
                let kept = from_end.try_get_value().flatten();
                if let (Some(from_end), Some(it)) = (kept, scroller.try_get_untracked().flatten()) {
                    it.set_scroll_top(it.scroll_height() - from_end);
                }
            });
        }
        new
    });
    view! {
        <Show when=move || control.has_older.get()>
            <p class="transcript__earlier">
                <Button kind=ButtonKind::Quiet on:click=load>
                    "Show earlier messages"
                </Button>
            </p>
        </Show>
    }
}

/// What shows that an answer is on its way before there is any of it.
#[component]
fn Waiting(control: ChatKitControl) -> impl IntoView {
    let is_waiting = Memo::new(move |_| control.turn.with(|turn| turn.as_ref().is_some_and(|it| it.is_waiting)));
    let progress = Memo::new(move |_| control.turn.with(|turn| turn.as_ref().and_then(|it| it.progress.clone())));
    let is_reconnecting =
        Memo::new(move |_| control.turn.with(|turn| turn.as_ref().is_some_and(|it| it.is_reconnecting)));
    let is_shown = Memo::new(move |_| is_waiting.get() || progress.with(Option::is_some));
    view! {
        <Show when=move || is_shown.get() && !is_reconnecting.get()>
            <p class="transcript__waiting">
                <Dots />
                // The dots say it; the word is for those who do not see them.
                <span class="transcript__progress" class:unseen=move || progress.with(Option::is_none)>
                    {move || progress.get().unwrap_or_else(|| "Thinking…".to_owned())}
                </span>
            </p>
        </Show>
        <Show when=move || is_reconnecting.get()>
            <p class="transcript__waiting" role="status">
                <Dots />
                <span class="transcript__progress">"Connection lost. Reconnecting…"</span>
            </p>
        </Show>
    }
}

/// The way on after an answer that did not come, or not to its end.
#[component]
fn TryAgain(control: ChatKitControl) -> impl IntoView {
    let question = Memo::new(move |_| {
        control.again.with(|again| again.as_ref().filter(|it| it.is_broken).map(|it| it.question_id.clone()))
    });
    let retry = move |_| {
        if let Some(id) = question.get_untracked() {
            _ = control.retry(id);
            // The button goes away and would take the focus along.
            control.focus_composer();
        }
    };
    view! {
        <Show when=move || question.with(Option::is_some) && control.loading.get() == Loading::Ready>
            <p>
                <Button kind=ButtonKind::Quiet on:click=retry>
                    <Icon kind=IconKind::RotateCw />
                    "Try again"
                </Button>
            </p>
        </Show>
    }
}

/// How far the opened thread is.
#[component]
fn Arrival(control: ChatKitControl) -> impl IntoView {
    move || match control.loading.get() {
        Loading::Ready => ().into_any(),
        Loading::Loading => {
            view! { <p class="transcript__waiting" aria-label="Loading the chat"><Dots /></p> }.into_any()
        }
        Loading::NotFound => view! { <p class="transcript__waiting">"This chat does not exist."</p> }.into_any(),
        Loading::Failed(text) => view! {
            <div class="notice" data-level="danger" role="alert">
                <Icon kind=IconKind::Alert />
                <span>{text}</span>
                <Button kind=ButtonKind::Quiet on:click=move |_| control.reload_thread()>
                    "Try again"
                </Button>
            </div>
        }
        .into_any(),
    }
}

/// What was said beside the conversation.
#[component]
fn Notes(control: ChatKitControl) -> impl IntoView {
    move || control.notes.get().into_iter().map(view_note).collect_view()
}

fn view_note(note: Note) -> impl IntoView {
    let (level, icon, role) = match note.level {
        NoticeLevel::Info => ("info", IconKind::Info, "status"),
        NoticeLevel::Warning => ("warning", IconKind::Alert, "status"),
        NoticeLevel::Danger => ("danger", IconKind::Alert, "alert"),
    };
    view! {
        <div class="notice" data-level=level role=role>
            <Icon kind=icon />
            <div>
                {note.title.map(|title| view! { <strong>{title}</strong> })}
                <Markdown source=Signal::stored(note.text) is_streaming=Signal::stored(false) />
            </div>
        </div>
    }
}
