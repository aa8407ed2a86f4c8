//! Uploads files of messages to the upstream in the protocol's two phases: announced, uploaded, then referenced by the
//! upstream's id.

use reqwest::Body;

use super::{Failure, Server, mapping::stored, upstream_request::notice};
use crate::{
    model::chatkit::{Attachment, NewAttachment, Operation},
    server::chat::relay::RelayEvent,
};

/// Uploads the files of a message and returns their ids at the upstream. RefusedPictures files are omitted, with a
/// notice for the user.
///
/// # Errors
/// [`Failure`] if a retry may help.
pub(super) async fn upload_all(
    server: &Server,
    user_id: &str,
    attachments: &[Attachment],
    notices: &mut Vec<RelayEvent>,
) -> Result<Vec<String>, Failure> {
    let mut ids = Vec::with_capacity(attachments.len());
    for attachment in attachments {
        match upload_one(server, user_id, attachment).await {
            Ok(Some(id)) => ids.push(id),
            Ok(None) => {}
            Err(failure @ (Failure::Unreachable | Failure::IdleTimeout | Failure::Busy { .. } | Failure::Internal)) => {
                return Err(failure);
            }
            Err(failure) => {
                tracing::warn!(attachment.id, ?failure, "the upstream ChatKit server refused a file");
                let name = attachment.name.replace('`', "'");
                notices.push(notice(&format!(
                    "The chat server behind did not take the file `{name}`; it answers without it."
                )));
            }
        }
    }
    Ok(ids)
}

async fn upload_one(server: &Server, user_id: &str, attachment: &Attachment) -> Result<Option<String>, Failure> {
    let read = || server.files.read(&server.db, user_id, &attachment.id);
    let Some(file) = stored(&server.db, read).await? else {
        tracing::warn!(attachment.id, "the file of an attachment no longer exists");
        return Ok(None);
    };
    let new = NewAttachment { name: attachment.name.clone(), size: file.size, mime_type: attachment.mime_type.clone() };
    let announced = server.upstream.ask_for_object(user_id, Operation::AttachmentsCreate(new)).await;
    let announced: Attachment = announced?;
    let descriptor = announced.upload_descriptor.ok_or(Failure::Malformed)?;
    server.upstream.upload(user_id, &descriptor, file.size, Body::wrap_stream(file.chunks)).await?;
    Ok(Some(announced.id))
}
