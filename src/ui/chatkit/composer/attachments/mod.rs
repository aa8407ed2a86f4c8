//! Attachments of the next message: chosen, pasted or dropped files are validated, uploaded and displayed as chips.

mod attach;
mod button;
mod check;
mod chip;
mod chips;
mod drop;
mod paste;
mod upload;
mod uploads;

pub(super) use button::AttachButton;
pub(super) use chips::UploadChips;
pub(crate) use drop::DropZone;
pub(super) use paste::paste;
pub(crate) use uploads::Uploads;

use web_sys::{File, FileList};

/// Converts a `FileList` of the browser.
fn files_of(list: Option<FileList>) -> Vec<File> {
    let Some(list) = list else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.get(at)).collect()
}
