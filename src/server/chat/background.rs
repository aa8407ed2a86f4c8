//! Background tasks of the chat server.

use super::{attachments, chat_state::Chat, search, sweep};

impl Chat {
    /// Starts the background tasks: closing runs left by a crash, deleting unreferenced files, and indexing older
    /// threads for search. The first two also repeat at intervals.
    pub fn start(&self) {
        tokio::spawn(search::catch_up(self.clone()));
        tokio::spawn(sweep::run(self.clone()));
        tokio::spawn(attachments::sweep::run(self.clone()));
    }

    /// Deletes unreferenced files, as the sweep of [`Chat::start`] does at intervals.
    #[cfg(test)]
    pub(crate) async fn sweep_files(&self) {
        attachments::sweep::once(self, self.now()).await.unwrap();
    }
}
