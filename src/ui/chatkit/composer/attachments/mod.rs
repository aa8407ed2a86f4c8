//! Attachments of the next message: chosen, pasted or dropped files are validated, uploaded and displayed as chips.

mod attach;
mod attach_button;
mod drop_zone;
mod paste;
mod upload;
mod upload_chip;
mod upload_chips;
mod upload_list;
mod validate_file;

pub(super) use attach_button::AttachButton;
pub(crate) use drop_zone::DropZone;
pub(super) use paste::paste;
pub(super) use upload_chips::UploadChips;
pub(crate) use upload_list::Uploads;

use web_sys::{File, FileList};

/// Converts a `FileList` of the browser.
fn files_of(list: Option<FileList>) -> Vec<File> {
    let Some(list) = list else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.get(at)).collect()
}
