//! Tasks that outlive their request.

use super::error::{ChatError, Result};
use crate::server::Error;

/// Runs `work` to its end even if the client disconnects, because a stored run must have its task.
pub(super) async fn detached<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(work)
        .await
        .map_err(|err| ChatError::Internal(Error::Config(format!("BUG: storing a message failed: {err}"))))?
}
