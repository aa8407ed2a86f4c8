//! What the chat server does without being asked.

use super::{attachments, chat_state::Chat, search, sweep};

impl Chat {
    /// Begins to look after runs that a crash left behind, and after files that nobody has: at once, and then regularly;
    /// and puts what is older than the search into it.
    pub fn start(&self) {
        tokio::spawn(search::catch_up(self.clone()));
        tokio::spawn(sweep::run(self.clone()));
        tokio::spawn(attachments::sweep::run(self.clone()));
    }

    /// Deletes the files that nobody has any more, as [`Chat::start`] does now and then.
    #[cfg(test)]
    pub(crate) async fn sweep_files(&self) {
        attachments::sweep::once(self, self.now()).await.unwrap();
    }
}
