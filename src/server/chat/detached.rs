//! Work that outlives its request.

use super::error::{ChatError, Result};
use crate::server::Error;

/// Runs to its end even if the client leaves meanwhile: a run that is stored must have its task.
pub(super) async fn detached<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(work)
        .await
        .map_err(|err| ChatError::Internal(Error::Config(format!("BUG: storing a message failed: {err}"))))?
}
