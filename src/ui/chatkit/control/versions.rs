//! Answers to the same message.

use leptos::task::spawn_local;

use super::{ChatKitControl, NotNow};
use crate::model::chatkit::Operation;

impl ChatKitControl {
    /// Puts another version of an answer into the thread, with what follows it. Colloquy servers alone can do that.
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
                Err(err) => control.say_failed(err),
            }
        });
        Ok(())
    }
}
