//! The composer, in which messages are written.

mod answers;
mod attachments;
mod composer_state;
mod dictation;
mod draft;
mod enter_key;
mod focus;
mod input;
mod mentions;
mod message_form;
mod model_select;
mod question_form;
mod queued_messages;
mod quote;
mod suggestion_list;
mod suggestion_menu;
mod suggestions;
mod tools;

pub(crate) use attachments::DropZone;
pub(crate) use composer_state::ComposerState;
pub(crate) use draft::{Draft, Queued};

use message_form::Form;
use question_form::QuestionForm;
use queued_messages::QueuedMessages;

use leptos::{either::EitherOf3, prelude::*};

use crate::{
    model::chatkit::ThreadStatus,
    ui::{chatkit::ChatKitControl, words::composer as words},
};

/// Availability of a thread for messages.
#[derive(Clone, Debug, PartialEq)]
enum Availability {
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
    let availability = availability(control);
    let closed = Memo::new(move |_| match availability.get() {
        Availability::Closed(reason) => Some(reason),
        _ => None,
    });
    let pending = question_form::pending(control);
    view! {
        <div class="composer">
            // No `<noscript>`: with scripting enabled, browsers parse its content as text and hydration would miss
            // elements.
            <p class="composer__no-script">
                {words::NO_SCRIPT}
            </p>
            <QueuedMessages control />
            {move || match (closed.get(), pending.get()) {
                (Some(reason), _) => EitherOf3::A(view! { <p class="composer__closed">{reason}</p> }),
                (None, Some(item)) => EitherOf3::B(view! { <QuestionForm control item /> }),
                (None, None) => EitherOf3::C(view! { <Form control availability /> }),
            }}
        </div>
    }
}

fn availability(control: ChatKitControl) -> Memo<Availability> {
    Memo::new(move |_| {
        control.thread.with(|thread| match thread.as_ref().map(|it| &it.status) {
            Some(ThreadStatus::Locked { reason }) => {
                Availability::Locked(reason.clone().unwrap_or_else(|| words::LOCKED.to_owned()))
            }
            Some(ThreadStatus::Closed { reason }) => {
                Availability::Closed(reason.clone().unwrap_or_else(|| words::CLOSED.to_owned()))
            }
            _ => Availability::Open,
        })
    })
}
