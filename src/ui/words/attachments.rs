//! Wording of attachments.

/// Button that opens the file chooser.
pub const ATTACH: &str = "Attach files";
/// Accessible name of the list of attachments.
pub const LIST: &str = "Files for this message";
/// Text of the drop target.
pub const DROP: &str = "Drop files to attach them";
/// Status of a queued upload.
pub const WAITING: &str = "Waiting";
/// Button that closes the reasons for refused files.
pub const DISMISS: &str = "Dismiss";
/// Reason why a message with a failed upload is not sent.
pub const FAILED: &str = "A file could not be uploaded. Try again or remove it to send the message.";

/// Accessible name of a progress bar.
pub fn progress(name: &str) -> String {
    format!("Upload of {name}")
}

/// Button that cancels an upload.
pub fn cancel(name: &str) -> String {
    format!("Cancel the upload of {name}")
}

/// Button that removes a file.
pub fn remove(name: &str) -> String {
    format!("Remove {name}")
}

/// Button that retries an upload.
pub fn retry(name: &str) -> String {
    format!("Upload {name} again")
}

/// Progress of an upload in percent.
pub fn percent(sent: u64, size: u64) -> String {
    let percent = (sent.min(size) * 100).checked_div(size).unwrap_or_default();
    format!("{percent}\u{a0}%")
}

/// Status of a message that waits for its uploads.
pub fn uploading(n_files: usize) -> String {
    match n_files {
        1 => "Uploading a file. The message can be sent when it is there.".to_owned(),
        n => format!("Uploading {n} files. The message can be sent when they are there."),
    }
}

/// Status after all uploads.
pub fn attached(n_files: usize) -> String {
    match n_files {
        1 => "1 file is attached.".to_owned(),
        n => format!("{n} files are attached."),
    }
}

/// Refusal of a file by size.
pub fn too_large(name: &str, max_bytes: u64) -> String {
    format!("{name} is too large: files of its kind may have {} at most.", size(max_bytes))
}

/// Refusal of a file by type.
pub fn wrong_type(name: &str, accepted: &str) -> String {
    format!("{name} is of a type that cannot be attached. These can: {accepted}.")
}

/// Refusal of files by number.
pub fn too_many(max_count: usize) -> String {
    match max_count {
        1 => "A message takes one file only.".to_owned(),
        n => format!("A message takes {n} files at most. The others were not attached."),
    }
}

/// Formats a file size.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1024 {
        return if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") };
    }
    // Rounded tenths. 1024 of a unit after rounding becomes one of the next unit.
    let (mut tenths, mut unit) = (tenths(bytes, 1024), 0);
    while tenths >= 10_235 && unit + 1 < UNITS.len() {
        unit += 1;
        tenths = self::tenths(bytes, 1024_u64.pow(u32::try_from(unit).unwrap_or_default() + 1));
    }
    match (tenths / 10, tenths % 10) {
        (whole, tenth) if whole < 10 && tenth > 0 => format!("{whole}.{tenth}\u{a0}{}", UNITS[unit]),
        (..) => format!("{}\u{a0}{}", (tenths + 5) / 10, UNITS[unit]),
    }
}

fn tenths(bytes: u64, unit: u64) -> u64 {
    bytes / unit * 10 + (bytes % unit * 10 + unit / 2) / unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short_words() {
        let check = |bytes: u64, expected: &str| assert_eq!(size(bytes).replace('\u{a0}', " "), expected, "{bytes}");
        check(0, "0 bytes");
        check(1, "1 byte");
        check(1023, "1023 bytes");
        check(1024, "1 KB");
        check(1536, "1.5 KB");
        check(10 * 1024, "10 KB");
        check(10 * 1024 + 600, "11 KB");
        check(1024 * 1024 - 1, "1 MB");
        check(5 * 1024 * 1024 / 2, "2.5 MB");
        check(104_857_600, "100 MB");
        check(3 * 1024 * 1024 * 1024, "3 GB");
        check(u64::MAX, "16777216 TB");
    }

    #[test]
    fn progress_ends_at_a_hundred() {
        let check = |sent, size, expected: &str| assert_eq!(percent(sent, size), format!("{expected}\u{a0}%"));
        check(0, 0, "0");
        check(1, 3, "33");
        check(3, 3, "100");
        // The number of sent bytes includes the form around the file.
        check(400, 300, "100");
    }
}
