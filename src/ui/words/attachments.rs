//! Files for a message: choosing, uploading, and what stands in the way.

/// The name of the button that opens the file chooser.
pub const ATTACH: &str = "Attach files";
/// The name of the list of files for the next message.
pub const LIST: &str = "Files for this message";
/// What the place says where files can be dropped.
pub const DROP: &str = "Drop files to attach them";
/// Says that a file has to wait for those before it.
pub const WAITING: &str = "Waiting";
/// Hides the sentences about files that were not taken.
pub const DISMISS: &str = "Dismiss";
/// Says why a message with a failed file is not sent.
pub const FAILED: &str = "A file could not be uploaded. Try again or remove it to send the message.";

/// The name of a file's progress.
pub fn progress(name: &str) -> String {
    format!("Upload of {name}")
}

/// Takes a file away before it is uploaded.
pub fn cancel(name: &str) -> String {
    format!("Cancel the upload of {name}")
}

/// Takes a file away.
pub fn remove(name: &str) -> String {
    format!("Remove {name}")
}

/// Uploads a file again.
pub fn retry(name: &str) -> String {
    format!("Upload {name} again")
}

/// Says how far an upload is.
pub fn percent(sent: u64, size: u64) -> String {
    let percent = (sent.min(size) * 100).checked_div(size).unwrap_or_default();
    format!("{percent}\u{a0}%")
}

/// Says that the message waits for its files.
pub fn uploading(n_files: usize) -> String {
    match n_files {
        1 => "Uploading a file. The message can be sent when it is there.".to_owned(),
        n => format!("Uploading {n} files. The message can be sent when they are there."),
    }
}

/// Says that all files are there.
pub fn attached(n_files: usize) -> String {
    match n_files {
        1 => "1 file is attached.".to_owned(),
        n => format!("{n} files are attached."),
    }
}

/// Refuses a file.
pub fn too_large(name: &str, max_bytes: u64) -> String {
    format!("{name} is too large: files of its kind may have {} at most.", size(max_bytes))
}

/// Refuses a file.
pub fn wrong_type(name: &str, accepted: &str) -> String {
    format!("{name} is of a type that cannot be attached. These can: {accepted}.")
}

/// Refuses what would be too much.
pub fn too_many(max_count: usize) -> String {
    match max_count {
        1 => "A message takes one file only.".to_owned(),
        n => format!("A message takes {n} files at most. The others were not attached."),
    }
}

/// Says how many bytes something has.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1024 {
        return if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") };
    }
    // In tenths, rounded; what rounds up to 1024 is one of the next unit.
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
        // A form around the file is sent, too.
        check(400, 300, "100");
    }
}
