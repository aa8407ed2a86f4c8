//! One file of the next message.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::{File, Url};

use crate::{
    model::chatkit::{Attachment, AttachmentKind},
    ui::chatkit::client::upload::Transfer,
};

/// A file of the next message.
#[derive(Clone)]
pub(crate) struct Upload {
    /// Stays the same as long as the file is shown.
    pub(super) key: u64,
    /// What it is called.
    pub(super) name: String,
    /// How many bytes it has, if that is known.
    pub(super) size: Option<u64>,
    /// Where a picture of it is.
    pub(super) picture: Option<String>,
    /// How far it is.
    pub(super) status: ArcRwSignal<UploadStatus>,
    /// The bytes, unless the server has had them before it was shown here.
    pub(super) source: Option<Source>,
}

/// Bytes to upload.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) file: SendWrapper<File>,
    pub(super) mime_type: String,
    /// Ends the upload.
    pub(super) transfer: SendWrapper<Transfer>,
}

/// How far a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UploadStatus {
    /// Others come first.
    Waiting,
    /// On its way; so many bytes have left.
    Uploading(u64),
    /// The server has it.
    Done(Box<Attachment>),
    /// It could not be uploaded; the sentence says why.
    Failed(String),
}

impl Upload {
    /// Takes a file of the user's, which waits.
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
                transfer: SendWrapper::new(Transfer::default()),
            }),
        }
    }

    /// Takes a file that the server has.
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

    /// What the server has of it.
    pub(super) fn attachment(&self) -> Option<Attachment> {
        match self.status.try_get_untracked()? {
            UploadStatus::Done(attachment) => Some(*attachment),
            _ => None,
        }
    }

    /// Ends its upload and lets its picture go.
    pub(super) fn end(&self) {
        if let Some(source) = &self.source {
            source.transfer.cancel();
            self.picture.iter().for_each(|it| _ = Url::revoke_object_url(it));
        }
    }
}
