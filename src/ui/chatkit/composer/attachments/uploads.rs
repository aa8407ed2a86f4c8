//! The files of the next message.

use leptos::prelude::*;

use super::upload::{Upload, UploadStatus};
use crate::{
    model::chatkit::Attachment,
    ui::{chatkit::ThreadId, words::attachments as words},
};

/// The files of the next message, and why others were not taken.
#[derive(Clone, Copy)]
pub(crate) struct Uploads {
    pub(super) list: RwSignal<Vec<Upload>>,
    /// Sentences about files that were not taken the last time.
    pub(super) refusals: RwSignal<Vec<String>>,
    /// Those of threads that are not shown.
    elsewhere: StoredValue<Vec<(Option<ThreadId>, Vec<Upload>)>>,
    next_key: StoredValue<u64>,
}

impl Uploads {
    /// None.
    pub(crate) fn new() -> Self {
        Self {
            list: RwSignal::default(),
            refusals: RwSignal::default(),
            elsewhere: StoredValue::default(),
            next_key: StoredValue::new(0),
        }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.with(Vec::is_empty)
    }

    /// Why the message cannot be sent yet: a sentence for the user.
    pub(crate) fn obstacle(&self) -> Option<String> {
        let Count { n_pending, n_failed, .. } = self.count();
        match (n_failed, n_pending) {
            (0, 0) => None,
            (0, n_pending) => Some(words::uploading(n_pending)),
            _ => Some(words::FAILED.to_owned()),
        }
    }

    /// What goes along with the message: those that the server has.
    pub(crate) fn attachments(&self) -> Vec<Attachment> {
        self.list.with_untracked(|list| list.iter().filter_map(Upload::attachment).collect())
    }

    /// Forgets those that were sent, and what was said.
    pub(crate) fn clear(&self) {
        self.list.with_untracked(|list| list.iter().for_each(Upload::end));
        self.list.set(Vec::new());
        self.refusals.set(Vec::new());
    }

    /// Takes files that the server has: those of a message that it did not take, or that the page has uploaded.
    pub(crate) fn add(&self, attachments: Vec<Attachment>) {
        let added: Vec<Upload> =
            attachments.into_iter().map(|attachment| Upload::of_attachment(self.new_key(), attachment)).collect();
        if !added.is_empty() {
            self.list.update(|list| drop(list.splice(0..0, added)));
        }
    }

    /// Puts those of a thread aside until it is shown again, and brings those of another one back.
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

    /// How many there are, by how far they are.
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

/// How many files there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) n_files: usize,
    pub(super) n_pending: usize,
    pub(super) n_failed: usize,
}
