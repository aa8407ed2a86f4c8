//! Alternative answers to the same message.

use leptos::task::spawn_local;

use super::{ChatKitControl, NotNow};
use crate::model::chatkit::Operation;

impl ChatKitControl {
    /// Selects another version of an answer, with the items that follow it. Supported by Colloquy servers only.
    ///
    /// # Errors
    /// [`NotNow`], with nothing sent.
    pub fn select_version(&self, item_id: impl Into<String>, version: u32) -> Result<(), NotNow> {
        let (item_id, thread_id) = (item_id.into(), self.free_thread()?);
        let (control, number) = (*self, self.showing());
        spawn_local(async move {
            let operation = Operation::SelectVersion { thread_id, item_id, version };
            match control.call::<serde_json::Value>(operation).await {
                Ok(_) if control.is_showing(number) => control.refresh_thread().await,
                Ok(_) => {}
                Err(err) => control.show_failure(err),
            }
        });
        Ok(())
    }
}
