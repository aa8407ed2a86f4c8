//! Tasks that outlive their request.

use crate::server::{
    Error,
    chat::http::error::{ChatError, Result},
};

/// Runs `work` to its end even if the client disconnects, because a stored run must have its task.
pub(in crate::server::chat) async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    tokio::spawn(work)
        .await
        .map_err(|err| ChatError::Internal(Error::Config(format!("BUG: storing a message failed: {err}"))))?
}
