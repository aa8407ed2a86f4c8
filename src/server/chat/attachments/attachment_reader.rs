//! Files for an upstream ChatKit server.

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};

use super::{
    file_rows::{self, FileKind},
    file_store::Files,
};
use crate::server::{Db, Error, chat::http::error::Result, config::Config};

/// Read access to the files of users' attachments.
pub(in crate::server::chat) struct AttachmentReader(Files);

/// A file read from the store.
pub(in crate::server::chat) struct AttachmentFile {
    /// Size in bytes.
    pub(in crate::server::chat) size: u64,
    /// Content of the file.
    pub(in crate::server::chat) chunks: BoxStream<'static, Result<Bytes, std::io::Error>>,
}

impl AttachmentReader {
    /// Opens the store.
    ///
    /// # Errors
    /// [`Error::Config`] if the store is unusable.
    pub(in crate::server::chat) fn open(config: &Config) -> Result<Self, Error> {
        Ok(Self(Files::open(config)?))
    }

    /// Opens the file of a user's attachment. Returns `None` if it no longer exists.
    pub(in crate::server::chat) async fn read(
        &self,
        db: &Db,
        user_id: &str,
        id: &str,
    ) -> Result<Option<AttachmentFile>> {
        let Some(row) = file_rows::find(db, user_id, id, FileKind::Original).await? else { return Ok(None) };
        let file = self.0.read(&row.name, None).await?;
        let chunks = file.into_stream().map_err(std::io::Error::other).boxed();
        Ok(Some(AttachmentFile { size: row.size.unsigned_abs(), chunks }))
    }
}
