//! Builds the prompt from a thread.

use super::{Prompt, ThreadRef, context_window::ContextWindow};
use crate::server::{
    Db,
    chat::{attachments, chat_state::Chat, http::error::Result, store::items},
};

/// Number of items read at once, backwards from the newest.
const ITEMS_AT_ONCE: i64 = 40;

/// Builds the prompt from a thread, with its pictures. Items are read backwards from the position `before` until the
/// estimated context is full.
pub(in crate::server::chat) async fn read(chat: &Chat, user_id: &str, thread_id: &str, before: i64) -> Result<Prompt> {
    let thread_ref = ThreadRef { user_id: user_id.to_owned(), thread_id: thread_id.to_owned() };
    if !chat.relay().reads_history() {
        return Ok(Prompt { thread_ref, ..Prompt::default() });
    }
    let fitting = ContextWindow::new(chat.system_prompt(), chat.context_tokens());
    let mut prompt = fit(fitting, chat.db(), user_id, thread_id, before).await?;
    let newest_first = prompt.messages.iter_mut().rev().flat_map(|message| &mut message.pictures);
    attachments::pictures::read(chat, user_id, newest_first).await?;
    prompt.thread_ref = thread_ref;
    Ok(prompt)
}

async fn fit(mut fitting: ContextWindow, db: &Db, user_id: &str, thread_id: &str, mut before: i64) -> Result<Prompt> {
    loop {
        let rows = items::newest(db, user_id, thread_id, before, ITEMS_AT_ONCE).await?;
        let Some((oldest, _)) = rows.last() else { break };
        before = *oldest;
        // An incomplete page is the last one.
        let is_last = i64::try_from(rows.len()).is_ok_and(|n_rows| n_rows < ITEMS_AT_ONCE);
        if rows.iter().any(|(_, item)| !fitting.add(item)) || is_last {
            break;
        }
    }
    Ok(fitting.finish())
}
