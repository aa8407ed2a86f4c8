//! The composer, in which messages are written.

mod answers;
mod attachments;
mod dictation;
mod draft;
mod enter;
mod focus;
mod form;
mod input;
mod mentions;
mod menu;
mod models;
mod questions;
mod queue;
mod quote;
mod state;
mod suggest;
mod suggestions;
mod tools;

pub(crate) use attachments::DropZone;
pub(crate) use draft::{Draft, Queued};
pub(crate) use state::ComposerState;

use form::Form;
use questions::Questions;
use queue::Queue;

use leptos::{either::EitherOf3, prelude::*};

use crate::{
    model::chatkit::ThreadStatus,
    ui::{chatkit::ChatKitControl, words::composer as words},
};

/// Availability of a thread for messages.
#[derive(Clone, Debug, PartialEq)]
enum Taking {
    /// Accepts messages.
    Open,
    /// Temporarily accepts no messages. Holds the reason.
    Locked(String),
    /// Accepts no messages any more. Holds the reason.
    Closed(String),
}

/// The composer: a growing text area with attachments, options and a button to send or stop.
#[component]
pub(crate) fn Composer(control: ChatKitControl) -> impl IntoView {
    let taking = taking(control);
    let closed = Memo::new(move |_| match taking.get() {
        Taking::Closed(reason) => Some(reason),
        _ => None,
    });
    let pending = questions::pending(control);
    view! {
        <div class="composer">
            // No `<noscript>`: with scripting enabled, browsers parse its content as text and hydration would miss
            // elements.
            <p class="composer__no-script">
                {words::NO_SCRIPT}
            </p>
            <Queue control />
            {move || match (closed.get(), pending.get()) {
                (Some(reason), _) => EitherOf3::A(view! { <p class="composer__closed">{reason}</p> }),
                (None, Some(item)) => EitherOf3::B(view! { <Questions control item /> }),
                (None, None) => EitherOf3::C(view! { <Form control taking /> }),
            }}
        </div>
    }
}

fn taking(control: ChatKitControl) -> Memo<Taking> {
    Memo::new(move |_| {
        control.thread.with(|thread| match thread.as_ref().map(|it| &it.status) {
            Some(ThreadStatus::Locked { reason }) => {
                Taking::Locked(reason.clone().unwrap_or_else(|| words::LOCKED.to_owned()))
            }
            Some(ThreadStatus::Closed { reason }) => {
                Taking::Closed(reason.clone().unwrap_or_else(|| words::CLOSED.to_owned()))
            }
            _ => Taking::Open,
        })
    })
}
