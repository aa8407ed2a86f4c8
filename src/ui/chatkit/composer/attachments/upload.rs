//! One attachment of the next message.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::{File, Url};

use crate::{
    model::chatkit::{Attachment, AttachmentKind},
    ui::chatkit::client::file_transfer::UploadHandle,
};

/// An attachment of the next message.
#[derive(Clone)]
pub(crate) struct Upload {
    /// Key of the file in lists.
    pub(super) key: u64,
    /// File name.
    pub(super) name: String,
    /// Size in bytes, if known.
    pub(super) size: Option<u64>,
    /// Address of a preview image.
    pub(super) picture: Option<String>,
    /// Status of the upload.
    pub(super) status: ArcRwSignal<UploadStatus>,
    /// The bytes. `None` if the server already had the file when it was added.
    pub(super) source: Option<Source>,
}

/// A file to upload.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) file: SendWrapper<File>,
    pub(super) mime_type: String,
    /// Handle to cancel the upload.
    pub(super) transfer: SendWrapper<UploadHandle>,
}

/// Status of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UploadStatus {
    /// Queued behind other uploads.
    Waiting,
    /// Uploading. Holds the number of bytes sent.
    Uploading(u64),
    /// Stored on the server.
    Done(Box<Attachment>),
    /// Failed. The sentence gives the reason.
    Failed(String),
}

impl Upload {
    /// Creates a waiting upload of a local file.
    pub(super) fn of_file(key: u64, file: File, mime_type: String, size: u64) -> Self {
        let is_picture = ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&mime_type.as_str());
        Self {
            key,
            name: file.name(),
            size: Some(size),
            picture: is_picture.then(|| Url::create_object_url_with_blob(&file).ok()).flatten(),
            status: ArcRwSignal::new(UploadStatus::Waiting),
            source: Some(Source {
                file: SendWrapper::new(file),
                mime_type,
                transfer: SendWrapper::new(UploadHandle::default()),
            }),
        }
    }

    /// Creates a completed upload of an attachment on the server.
    pub(super) fn of_attachment(key: u64, attachment: Attachment) -> Self {
        Self {
            key,
            name: attachment.name.clone(),
            size: attachment.colloquy.as_ref().and_then(|it| it.size),
            picture: attachment.preview_url.clone().filter(|_| attachment.kind == AttachmentKind::Image),
            status: ArcRwSignal::new(UploadStatus::Done(Box::new(attachment))),
            source: None,
        }
    }

    /// Returns the attachment once the upload is complete.
    pub(super) fn attachment(&self) -> Option<Attachment> {
        match self.status.try_get_untracked()? {
            UploadStatus::Done(attachment) => Some(*attachment),
            _ => None,
        }
    }

    /// Cancels the upload and releases the preview image.
    pub(super) fn end(&self) {
        if let Some(source) = &self.source {
            source.transfer.cancel();
            self.picture.iter().for_each(|it| _ = Url::revoke_object_url(it));
        }
    }
}
