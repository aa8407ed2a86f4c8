//! An answer whose log is not here: it ended too long ago, before a restart, or another server writes it.

use std::time::Duration;

use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;

use super::{
    Chat,
    error::Result,
    items,
    runs::{self, StoredRun},
    sse,
};
use crate::{
    model::chatkit::{ErrorEvent, ThreadItem, ThreadStreamEvent},
    server::auth::watch::Watcher,
};

/// How often a run that goes on elsewhere is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Answers with a run's items as they are stored, again whenever they changed, until the run has ended.
pub(super) fn response(chat: Chat, user_id: String, run: StoredRun, session: Watcher) -> Response {
    let reading = Reading { chat, user_id, run, session, sent: Vec::new(), is_first: true, is_over: false };
    sse::streamed(stream::unfold(reading, Reading::next))
}

struct Reading {
    chat: Chat,
    user_id: String,
    run: StoredRun,
    session: Watcher,
    sent: Vec<ThreadItem>,
    is_first: bool,
    is_over: bool,
}

impl Reading {
    /// Waits for something to tell.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        while !self.is_over {
            if !self.is_first {
                tokio::select! {
                    () = self.session.over() => {
                        self.is_over = true;
                        return Some((sse::frame(&[sse::signed_out()]), self));
                    }
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
            self.is_first = false;
            let news = match self.look().await {
                Ok(news) => news,
                Err(err) => {
                    tracing::warn!(self.run.id, error = %err, "reading a stored answer failed");
                    self.is_over = true;
                    vec![broken_off("The answer could not be read.")]
                }
            };
            if !news.is_empty() {
                return Some((sse::frame(&news), self));
            }
        }
        None
    }

    /// Reads the run and then its items, so that those of a run that has ended are complete.
    async fn look(&mut self) -> Result<Vec<ThreadStreamEvent>> {
        self.run = runs::find(self.chat.db(), &self.user_id, &self.run.id).await?;
        self.is_over = !self.run.is_running();
        let items = match &self.run.question_id {
            Some(question_id) => items::turn(self.chat.db(), &self.user_id, &self.run.thread_id, question_id).await?,
            None => Vec::new(),
        };
        let changed = items.iter().filter(|item| !self.sent.contains(item));
        let mut news: Vec<_> = changed.map(|item| ThreadStreamEvent::ItemReplaced { item: item.clone() }).collect();
        if self.run.is_broken_off() {
            news.push(broken_off("The answer was interrupted."));
        }
        self.sent = items;
        Ok(news)
    }
}

fn broken_off(sentence: &str) -> ThreadStreamEvent {
    ThreadStreamEvent::Error(ErrorEvent {
        code: "custom".to_owned(),
        message: Some(sentence.to_owned()),
        allow_retry: true,
    })
}
