//! Attachments of the next message.

use leptos::prelude::*;

use super::upload::{Upload, UploadStatus};
use crate::{
    model::chatkit::Attachment,
    ui::{chatkit::ThreadId, words::attachments as words},
};

/// Attachments of the next message and the reasons for refused files.
#[derive(Clone, Copy)]
pub(crate) struct Uploads {
    pub(super) list: RwSignal<Vec<Upload>>,
    /// Reasons for the files refused last.
    pub(super) refusals: RwSignal<Vec<String>>,
    /// Attachments of other threads.
    elsewhere: StoredValue<Vec<(Option<ThreadId>, Vec<Upload>)>>,
    next_key: StoredValue<u64>,
}

impl Uploads {
    /// Creates an empty list.
    pub(crate) fn new() -> Self {
        Self {
            list: RwSignal::default(),
            refusals: RwSignal::default(),
            elsewhere: StoredValue::default(),
            next_key: StoredValue::new(0),
        }
    }

    /// True if no file is attached.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.with(Vec::is_empty)
    }

    /// Returns the reason that prevents sending, as a sentence for the user.
    pub(crate) fn obstacle(&self) -> Option<String> {
        let Count { n_pending, n_failed, .. } = self.count();
        match (n_failed, n_pending) {
            (0, 0) => None,
            (0, n_pending) => Some(words::uploading(n_pending)),
            _ => Some(words::FAILED.to_owned()),
        }
    }

    /// Returns the uploaded attachments.
    pub(crate) fn attachments(&self) -> Vec<Attachment> {
        self.list.with_untracked(|list| list.iter().filter_map(Upload::attachment).collect())
    }

    /// Removes all files after sending, and the reasons for refused ones.
    pub(crate) fn clear(&self) {
        self.list.with_untracked(|list| list.iter().for_each(Upload::end));
        self.list.set(Vec::new());
        self.refusals.set(Vec::new());
    }

    /// Adds files that are on the server: from a message that was not accepted, or uploaded by the page.
    pub(crate) fn add(&self, attachments: Vec<Attachment>) {
        let added: Vec<Upload> =
            attachments.into_iter().map(|attachment| Upload::of_attachment(self.new_key(), attachment)).collect();
        if !added.is_empty() {
            self.list.update(|list| drop(list.splice(0..0, added)));
        }
    }

    /// Stores the attachments of a thread until it is opened again, and restores those of another one.
    pub(crate) fn switch(&self, from: Option<ThreadId>, to: Option<&ThreadId>) {
        let list = self.list.try_update(std::mem::take).unwrap_or_default();
        let back = self.elsewhere.try_update_value(|elsewhere| {
            if !list.is_empty() {
                match elsewhere.iter_mut().find(|(id, _)| *id == from) {
                    Some((_, kept)) => kept.extend(list),
                    None => elsewhere.push((from, list)),
                }
            }
            let at = elsewhere.iter().position(|(id, _)| id.as_ref() == to);
            at.map(|at| elsewhere.swap_remove(at).1)
        });
        self.list.try_set(back.flatten().unwrap_or_default());
        self.refusals.try_set(Vec::new());
    }

    /// Counts the files by status.
    pub(super) fn count(&self) -> Count {
        self.list.with(|list| {
            let mut count = Count { n_files: list.len(), ..Count::default() };
            for upload in list {
                upload.status.with(|status| match status {
                    UploadStatus::Waiting | UploadStatus::Uploading(_) => count.n_pending += 1,
                    UploadStatus::Failed(_) => count.n_failed += 1,
                    UploadStatus::Done(_) => {}
                });
            }
            count
        })
    }

    pub(super) fn new_key(&self) -> u64 {
        self.next_key.try_update_value(|key| std::mem::replace(key, *key + 1)).unwrap_or_default()
    }
}

/// Numbers of files by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) n_files: usize,
    pub(super) n_pending: usize,
    pub(super) n_failed: usize,
}
