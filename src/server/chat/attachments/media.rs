//! Names and media types of files: what clients say, and what the first bytes say.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::server::chat::error::{ChatError, Result};

/// How many of a file's first bytes are looked at.
pub(super) const HEAD_BYTES: usize = 1024;
/// What a file is whose kind nobody knows.
pub(super) const ANY: &str = "application/octet-stream";
/// The most characters of a name.
const MAX_NAME_CHARS: usize = 255;
/// The images that browsers show and models read; the only files that are shown, and not saved, when they are opened.
const IMAGES: [&str; 4] = ["image/gif", "image/jpeg", "image/png", "image/webp"];
/// What stands for itself in a parameter of a header (RFC 8187 §3.2.1, `attr-char`).
const ATTRIBUTE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Returns a file's name without the folders before it.
///
/// # Errors
/// [`ChatError::Invalid`] for a name that is empty, too long, or has control characters.
pub(super) fn file_name(text: &str) -> Result<String> {
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let wrong = |why: &str| Err(ChatError::Invalid(format!("the file's name {why}")));
    match name {
        "" | "." | ".." => wrong("is empty"),
        _ if name.chars().count() > MAX_NAME_CHARS => wrong(&format!("has more than {MAX_NAME_CHARS} characters")),
        _ if name.chars().any(is_treacherous) => wrong("has control characters"),
        _ => Ok(name.to_owned()),
    }
}

/// Whether a character is not seen, or makes others be seen elsewhere (`exe.` before `gpj`).
fn is_treacherous(char: char) -> bool {
    char.is_control() || matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns a media type in lower case and without parameters; an empty one is that of any bytes.
///
/// # Errors
/// [`ChatError::Invalid`] for what is no media type (RFC 9110 §8.3.1).
pub(super) fn media_type(text: &str) -> Result<String> {
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_token = |text: &str| {
        !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&it))
    };
    match essence.split_once('/') {
        _ if essence.is_empty() => Ok(ANY.to_owned()),
        _ if essence == "image/jpg" => Ok("image/jpeg".to_owned()),
        Some((kind, subtype)) if is_token(kind) && is_token(subtype) && essence.len() <= 127 => Ok(essence),
        _ => Err(ChatError::Invalid("the media type is not of the form `text/plain`".to_owned())),
    }
}

/// Whether a file of the type is shown as a picture.
pub(super) fn is_image(media_type: &str) -> bool {
    IMAGES.contains(&media_type)
}

/// Returns the media type that a file is sent with: its own if it is shown, else that of any bytes. A browser runs
/// nothing of that type, whatever the user declared.
pub(super) fn sent_type(media_type: &str) -> &str {
    if is_image(media_type) { media_type } else { ANY }
}

/// Makes sure that a file's first bytes do not speak against the type that was declared.
///
/// # Errors
/// [`ChatError::Invalid`].
pub(super) fn judge(declared: &str, head: &[u8]) -> Result<()> {
    let sniffed = sniff(head);
    let is_marked_utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    let fits = match declared {
        _ if is_image(declared) || declared == "application/pdf" => sniffed == Some(declared),
        _ if declared.starts_with("text/") => sniffed.is_none() && (is_marked_utf16 || !head.contains(&0)),
        _ => true,
    };
    if fits { Ok(()) } else { Err(ChatError::Invalid(format!("the file is not what it was said to be, {declared}"))) }
}

/// Tells the types that are shown, or that models read, by their first bytes (WHATWG MIME Sniffing §6 and §7).
fn sniff(head: &[u8]) -> Option<&'static str> {
    match head {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', b'V', b'P', ..] => Some("image/webp"),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some("application/pdf"),
        _ => None,
    }
}

/// Says how a browser handles a file: pictures are shown, all else is saved (RFC 6266).
pub(super) fn disposition(media_type: &str, name: &str) -> String {
    let kind = if is_image(media_type) { "inline" } else { "attachment" };
    let plain: String =
        name.chars().map(|it| if it.is_ascii_graphic() && !"\"\\%".contains(it) { it } else { '_' }).collect();
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ATTRIBUTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_last_part_of_a_path_and_can_be_read() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(file_name(text).ok().as_deref(), expected, "{text:?}");
        check("a.txt", Some("a.txt"));
        check(" Tagebuch für 2026.pdf ", Some("Tagebuch für 2026.pdf"));
        check("../../etc/passwd", Some("passwd"));
        check("C:\\Users\\x\\a.txt", Some("a.txt"));
        check(&"é".repeat(255), Some(&"é".repeat(255)));
        for wrong in ["", " ", "..", "a/", "a\nb", "a\0", "\u{202e}gpj.exe", &"é".repeat(256)] {
            check(wrong, None);
        }
    }

    #[test]
    fn a_media_type_has_two_parts() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(media_type(text).ok().as_deref(), expected, "{text:?}");
        check("text/plain", Some("text/plain"));
        check("Text/HTML; charset=utf-8", Some("text/html"));
        check("image/jpg", Some("image/jpeg"));
        check("", Some("application/octet-stream"));
        for wrong in ["text", "/", "text/", "text/pl ain", "text/plain/more", "text/pläin", "text/plain\r\nx: y"] {
            check(wrong, None);
        }
    }

    #[test]
    fn the_first_bytes_may_speak_against_a_type() {
        let check =
            |declared: &str, head: &[u8], fits| assert_eq!(judge(declared, head).is_ok(), fits, "{declared} {head:?}");
        let (png, pdf) = (b"\x89PNG\r\n\x1a\n...".as_slice(), b"%PDF-1.7".as_slice());
        check("image/png", png, true);
        check("image/png", b"\xff\xd8\xff\xe0", false);
        check("image/png", b"<svg onload=alert(1)>", false);
        check("image/png", b"", false);
        check("image/jpeg", b"\xff\xd8\xff\xe0", true);
        check("image/gif", b"GIF89a..", true);
        check("image/webp", b"RIFF\x01\x02\x03\x04WEBPVP8 ", true);
        check("application/pdf", pdf, true);
        check("application/pdf", b"PK", false);
        check("text/plain", b"hello", true);
        check("text/plain", b"", true);
        check("text/plain", png, false);
        check("text/csv", b"a\0b", false);
        check("text/csv", b"\xff\xfea\0", true);
        check("application/octet-stream", png, true);
        check("application/postscript", pdf, true);
    }

    #[test]
    fn only_pictures_are_shown_and_names_are_escaped() {
        let check = |media_type: &str, name: &str, expected: &str| assert_eq!(disposition(media_type, name), expected);
        check("image/png", "a.png", "inline; filename=\"a.png\"; filename*=UTF-8''a.png");
        check("image/svg+xml", "a.svg", "attachment; filename=\"a.svg\"; filename*=UTF-8''a.svg");
        check(
            "text/html",
            "a\"; x=\".html",
            "attachment; filename=\"a_;_x=_.html\"; filename*=UTF-8''a%22%3B%20x%3D%22.html",
        );
        check(
            "text/plain",
            "für 50%.txt",
            "attachment; filename=\"f_r_50_.txt\"; filename*=UTF-8''f%C3%BCr%2050%25.txt",
        );
    }
}
