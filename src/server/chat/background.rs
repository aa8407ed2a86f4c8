//! Background tasks of the chat server.

use super::{
    attachments,
    chat_state::Chat,
    runs::{held_runs, other_servers, run_sweep},
    store::search::backlog,
    turns::title_generation,
};

impl Chat {
    /// Starts the background tasks: closing runs left by a crash, looking after running ones, generating titles that other
    /// servers left, deleting unreferenced files, and indexing older threads for search. All but the last repeat at intervals.
    pub fn start(&self) {
        tokio::spawn(backlog::run(self.db().clone()));
        tokio::spawn(run_sweep::run(self.clone()));
        tokio::spawn(held_runs::run(self.clone()));
        tokio::spawn(title_generation::take_over(self.clone()));
        tokio::spawn(other_servers::run(self.clone()));
        tokio::spawn(attachments::file_sweep::run(self.clone()));
    }

    /// Deletes unreferenced files, as the sweep of [`Chat::start`] does at intervals.
    #[cfg(test)]
    pub(crate) async fn sweep_files(&self) {
        attachments::file_sweep::once(self, self.now()).await.unwrap();
    }
}
