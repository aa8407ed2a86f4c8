//! Events of a stream for the page instead of the conversation.

use super::ChatKitControl;
use crate::{
    model::chatkit::ThreadStreamEvent,
    ui::chatkit::{ChatKitError, ClientEffect, LogEntry},
};

/// An event for the page instead of the conversation.
pub(super) enum PageEvent {
    Failure(ChatKitError),
    Effect(ClientEffect),
    Log(LogEntry),
}

impl PageEvent {
    /// Returns the event for the page, or `None` for an event of the conversation.
    pub(super) fn of(event: &ThreadStreamEvent) -> Option<Self> {
        match event {
            ThreadStreamEvent::Error(err) if err.code == "unauthorized" => {
                Some(Self::Failure(ChatKitError::Unauthorized))
            }
            ThreadStreamEvent::Error(err) => Some(Self::Failure(ChatKitError::Stream(err.clone()))),
            ThreadStreamEvent::ClientEffect { name, data } => {
                Some(Self::Effect(ClientEffect { name: name.clone(), data: data.clone() }))
            }
            ThreadStreamEvent::Unknown => {
                Some(Self::Log(LogEntry { name: "event.unknown".to_owned(), ..LogEntry::default() }))
            }
            _ => None,
        }
    }
}

impl ChatKitControl {
    /// Calls the page's handler of an event.
    pub(super) fn notify(&self, event: PageEvent) {
        match event {
            PageEvent::Failure(err) => self.report(err),
            PageEvent::Effect(effect) => self.handler(|it| it.on_effect.clone()).run(effect),
            PageEvent::Log(entry) => self.handler(|it| it.on_log.clone()).run(entry),
        }
    }
}
