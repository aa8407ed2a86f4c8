//! Validation of files to attach. Pure.

use crate::ui::{
    chatkit::{AttachmentOptions, MaxSize},
    words::attachments as words,
};

/// Media type of unknown content.
const ANY: &str = "application/octet-stream";

/// Validates a file and returns its media type.
///
/// # Errors
/// A sentence for the user.
pub(super) fn check(options: &AttachmentOptions, name: &str, declared: &str, size: u64) -> Result<String, String> {
    let mime_type = media_type(options, name, declared);
    if !is_accepted(options, name, &mime_type) {
        return Err(words::wrong_type(name, &accepted(options)));
    }
    let max_bytes = max_bytes(&options.max_size, &mime_type);
    if size > max_bytes {
        return Err(words::too_large(name, max_bytes));
    }
    Ok(mime_type)
}

/// Returns the `accept` attribute of a file chooser. `None` accepts all files.
pub(super) fn accept_attribute(options: &AttachmentOptions) -> Option<String> {
    let (types, endings) = (options.accept.keys(), options.accept.values().flatten());
    let all: Vec<String> = types.cloned().chain(endings.map(|it| dotted(it))).collect();
    (!all.is_empty()).then(|| all.join(","))
}

/// Returns the media type declared by the browser, otherwise the one of the file name extension.
fn media_type(options: &AttachmentOptions, name: &str, declared: &str) -> String {
    if !declared.is_empty() {
        return declared.to_ascii_lowercase();
    }
    let of_ending = options
        .accept
        .iter()
        .find(|(mime_type, endings)| !mime_type.contains('*') && endings.iter().any(|ending| has_ending(name, ending)));
    of_ending.map_or(ANY, |(mime_type, _)| mime_type).to_owned()
}

fn is_accepted(options: &AttachmentOptions, name: &str, mime_type: &str) -> bool {
    let fits = |(pattern, endings): (&String, &Vec<String>)| {
        matches(pattern, mime_type) || endings.iter().any(|ending| has_ending(name, ending))
    };
    options.accept.is_empty() || options.accept.iter().any(fits)
}

/// Lists the accepted types for users: by extension where known, otherwise by media type.
fn accepted(options: &AttachmentOptions) -> String {
    let names = |(mime_type, endings): (&String, &Vec<String>)| match endings.is_empty() {
        true => vec![mime_type.clone()],
        false => endings.iter().map(|it| dotted(it)).collect(),
    };
    options.accept.iter().flat_map(names).collect::<Vec<_>>().join(", ")
}

/// Returns the size limit. An exact media type takes precedence over `image/*`, and that over `*/*`.
fn max_bytes(max_size: &MaxSize, mime_type: &str) -> u64 {
    match max_size {
        MaxSize::Any(max_bytes) => *max_bytes,
        MaxSize::ByType(by_type) => by_type
            .iter()
            .filter(|(pattern, _)| matches(pattern, mime_type))
            .max_by_key(|(pattern, _)| (!pattern.contains('*'), pattern.len()))
            .map_or(MaxSize::DEFAULT, |(_, max_bytes)| *max_bytes),
    }
}

fn matches(pattern: &str, mime_type: &str) -> bool {
    let pattern = pattern.trim().to_ascii_lowercase();
    let essence = mime_type.split(';').next().unwrap_or_default().trim();
    match pattern.strip_suffix("/*") {
        Some("*") => true,
        Some(kind) => essence.strip_prefix(kind).is_some_and(|rest| rest.starts_with('/')),
        None => pattern == essence,
    }
}

fn has_ending(name: &str, ending: &str) -> bool {
    name.to_lowercase().ends_with(&dotted(ending).to_lowercase())
}

fn dotted(ending: &str) -> String {
    if ending.starts_with('.') { ending.to_owned() } else { format!(".{ending}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(accept: &[(&str, &[&str])], max_size: MaxSize) -> AttachmentOptions {
        let owned = |endings: &[&str]| endings.iter().map(|it| (*it).to_owned()).collect();
        let accept = accept.iter().map(|(mime_type, endings)| ((*mime_type).to_owned(), owned(endings))).collect();
        AttachmentOptions { enabled: true, max_size, accept, ..AttachmentOptions::default() }
    }

    #[test]
    fn files_of_other_types_are_refused() {
        let all = options(&[], MaxSize::default());
        let some =
            options(&[("image/*", &[]), ("application/pdf", &["pdf"]), ("text/csv", &[".csv"])], MaxSize::default());
        let check = |options: &AttachmentOptions, name: &str, declared: &str, expected: Option<&str>| {
            assert_eq!(check(options, name, declared, 1).ok().as_deref(), expected, "{name} {declared}");
        };
        check(&all, "a.exe", "application/x-msdownload", Some("application/x-msdownload"));
        check(&all, "Makefile", "", Some("application/octet-stream"));
        check(&some, "a.PNG", "image/png", Some("image/png"));
        check(&some, "a.PDF", "", Some("application/pdf"));
        // The type that Windows declares for CSV files.
        check(&some, "a.csv", "application/vnd.ms-excel", Some("application/vnd.ms-excel"));
        check(&some, "a.exe", "application/x-msdownload", None);
        check(&some, "a.exe", "imagery/png", None);
        check(&some, "csv", "", None);
    }

    #[test]
    fn a_refusal_names_the_types_that_are_taken() {
        let some = options(&[("image/*", &[".png", "jpg"]), ("text/plain", &[])], MaxSize::default());
        let sentence = check(&some, "a.exe", "application/x-msdownload", 1).unwrap_err();
        assert_eq!(sentence, "a.exe is of a type that cannot be attached. These can: .png, .jpg, text/plain.");
        assert_eq!(accept_attribute(&some).as_deref(), Some("image/*,text/plain,.png,.jpg"));
        assert_eq!(accept_attribute(&AttachmentOptions::default()), None);
    }

    #[test]
    fn the_size_that_is_allowed_is_that_of_the_nearest_type() {
        let by_type = [("image/*", 20), ("image/png", 10), ("*/*", 5)];
        let by_type = MaxSize::ByType(by_type.map(|(it, max)| (it.to_owned(), max)).into());
        let check = |max_size: &MaxSize, mime_type: &str, size: u64, fits: bool| {
            let options = options(&[], max_size.clone());
            assert_eq!(check(&options, "a", mime_type, size).is_ok(), fits, "{mime_type} {size}");
        };
        check(&by_type, "image/png", 10, true);
        check(&by_type, "image/png", 11, false);
        check(&by_type, "image/gif", 20, true);
        check(&by_type, "image/gif", 21, false);
        check(&by_type, "text/plain", 6, false);
        check(&MaxSize::Any(3), "text/plain", 3, true);
        check(&MaxSize::Any(3), "text/plain", 4, false);
        check(&MaxSize::default(), "text/plain", 104_857_600, true);
        check(&MaxSize::default(), "text/plain", 104_857_601, false);
        let one = MaxSize::ByType([("image/png".to_owned(), 1)].into());
        check(&one, "text/plain", 104_857_600, true);
        check(&one, "text/plain", 104_857_601, false);
    }

    #[test]
    fn a_refusal_names_the_size_that_is_allowed() {
        let sentence = check(&options(&[], MaxSize::Any(2048)), "a.bin", "", 2049).unwrap_err();
        assert_eq!(sentence, "a.bin is too large: files of its kind may have 2\u{a0}KB at most.");
    }
}
