//! Adding files to the composer and removing them.

use std::rc::Rc;

use leptos::{prelude::*, task::spawn_local};
use web_sys::File;

use super::{
    upload::{Source, Upload, UploadStatus},
    validate_file::check,
};
use crate::ui::{
    chatkit::{
        ChatKitControl, NotNow,
        client::file_transfer::{UploadRequest, size_of},
    },
    words::attachments as words,
};

/// Maximum number of parallel uploads. Browsers open six connections per server, and answers need some of them.
const MAX_PARALLEL_UPLOADS: usize = 2;

impl ChatKitControl {
    /// Uploads files and attaches them to the next message. Files that cannot be attached are skipped, and the
    /// composer displays the reason.
    ///
    /// # Errors
    /// [`NotNow`], with nothing done: before `on_ready`, while a thread loads, and in a thread that takes no messages.
    /// Also if the options allow no attachments.
    pub fn attach_files(&self, files: Vec<File>) -> Result<(), NotNow> {
        self.check_ready()?;
        self.check_open()?;
        let options = self.handler(|it| it.composer.attachments.clone());
        if !options.enabled {
            return Err(NotNow::NoAttachments);
        }
        let uploads = self.composer.uploads;
        let mut room = options.max_count.saturating_sub(uploads.list.with_untracked(Vec::len));
        let (mut taken, mut refusals) = (Vec::new(), Vec::new());
        for file in files {
            let size = size_of(&file);
            match check(&options, &file.name(), &file.type_(), size) {
                Err(sentence) => refusals.push(sentence),
                Ok(_) if room == 0 => {
                    refusals.push(words::too_many(options.max_count));
                    break;
                }
                Ok(mime_type) => {
                    room -= 1;
                    taken.push(Upload::of_file(uploads.new_key(), file, mime_type, size));
                }
            }
        }
        uploads.refusals.set(refusals);
        uploads.list.update(|list| list.append(&mut taken));
        self.upload_next();
        Ok(())
    }

    /// Removes a file: cancels its upload and deletes it on the server.
    pub(super) fn detach(&self, key: u64) {
        let uploads = self.composer.uploads;
        let at = uploads.list.with_untracked(|list| list.iter().position(|it| it.key == key));
        let Some(upload) = at.and_then(|at| uploads.list.try_update(|list| list.remove(at))) else { return };
        upload.end();
        if let (Some(attachment), Some(client)) = (upload.attachment(), self.client.try_get_value()) {
            // If this fails, the server sweeps the unsent file later.
            spawn_local(async move { _ = client.delete_attachment(attachment.id).await });
        }
        self.upload_next();
        self.focus_composer();
    }

    /// Retries the upload of a file.
    pub(super) fn upload_again(&self, upload: &Upload) {
        upload.status.set(UploadStatus::Waiting);
        self.upload_next();
        self.focus_composer();
    }

    /// Starts waiting uploads, up to the limit.
    fn upload_next(&self) {
        let uploading = |it: &&Upload| it.status.with_untracked(|it| matches!(it, UploadStatus::Uploading(_)));
        let waiting = |it: &&Upload| it.status.with_untracked(|it| *it == UploadStatus::Waiting);
        let next: Option<Vec<Upload>> = self.composer.uploads.list.try_with_untracked(|list| {
            let free = MAX_PARALLEL_UPLOADS.saturating_sub(list.iter().filter(uploading).count());
            list.iter().filter(waiting).take(free).cloned().collect()
        });
        for upload in next.unwrap_or_default() {
            upload.status.set(UploadStatus::Uploading(0));
            spawn_local((*self).run_upload(upload));
        }
    }

    async fn run_upload(self, upload: Upload) {
        let (Some(client), Some(Source { file, mime_type, transfer })) = (self.client.try_get_value(), upload.source)
        else {
            return;
        };
        let strategy = self.handler(|it| it.upload_strategy.clone());
        let status = upload.status.clone();
        let on_progress = Rc::new(move |sent| {
            if status.with_untracked(|it| matches!(it, UploadStatus::Uploading(_))) {
                status.set(UploadStatus::Uploading(sent));
            }
        });
        let outgoing = UploadRequest { file: &file, mime_type: &mime_type, transfer: &transfer, on_progress };
        match client.upload(&outgoing, &strategy).await {
            Ok(Some(attachment)) => upload.status.set(UploadStatus::Done(Box::new(attachment))),
            // The file has been removed.
            Ok(None) => {}
            Err(err) => {
                upload.status.set(UploadStatus::Failed(err.to_string()));
                self.report(err);
            }
        }
        self.upload_next();
    }
}
