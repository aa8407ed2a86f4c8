//! Pasting of files and images.

use leptos::ev;

use super::files_of;
use crate::ui::chatkit::ChatKitControl;

/// Attaches pasted files. Text copied from office programs is accompanied by an image of it, which is ignored.
pub(in crate::ui::chatkit::composer) fn paste(control: ChatKitControl, ev: &ev::ClipboardEvent) {
    let Some(clipboard) = ev.clipboard_data() else { return };
    let has = |kind: &str| clipboard.types().iter().any(|it| it.as_string().as_deref() == Some(kind));
    let files = files_of(clipboard.files());
    let is_text = has("text/rtf") || has("text/html") && has("text/plain");
    if !files.is_empty() && !is_text && control.attach_files(files).is_ok() {
        ev.prevent_default();
    }
}
