//! Names and media types of files: the declared ones, and those detected from the first bytes.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::server::chat::http::error::{ChatError, Result};

/// Signature of a PDF.
const PDF_MARK: &[u8] = b"%PDF-";
/// Last position at which readers look for the signature (PDF Reference 1.7, appendix H, note 13).
const PDF_MARK_BEFORE: usize = 1024;
/// Number of leading bytes examined.
pub(super) const HEAD_BYTES: usize = PDF_MARK_BEFORE + PDF_MARK.len() - 1;
/// Media type of files of unknown kind.
pub(super) const ANY: &str = "application/octet-stream";
const PDF: &str = "application/pdf";
/// Maximum length of a file name, in characters.
const MAX_NAME_CHARS: usize = 255;
/// Image types that browsers display and models accept. Only these files are shown inline; all others are downloaded.
const IMAGES: [&str; 4] = ["image/gif", "image/jpeg", "image/png", "image/webp"];
/// Characters allowed unescaped in a header parameter (RFC 8187 §3.2.1, `attr-char`).
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

/// Returns a file name without leading folders and without directional marks. Messengers prepend these invisible marks
/// to names.
///
/// # Errors
/// [`ChatError::Invalid`] for a name that is empty, too long, or has control characters.
pub(super) fn file_name(text: &str) -> Result<String> {
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default().replace(['\u{200e}', '\u{200f}', '\u{61c}'], "");
    let name = name.trim();
    let wrong = |why: &str| Err(ChatError::Invalid(format!("the file's name {why}")));
    match name {
        "" | "." | ".." => wrong("is empty"),
        _ if name.chars().count() > MAX_NAME_CHARS => wrong(&format!("has more than {MAX_NAME_CHARS} characters")),
        _ if name.chars().any(is_deceptive) => wrong("has control characters"),
        _ => Ok(name.to_owned()),
    }
}

/// True if a character is invisible, or reorders others on screen (`exe.` shown before `gpj`).
fn is_deceptive(char: char) -> bool {
    char.is_control() || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns a media type in lower case and without parameters. An empty one becomes `application/octet-stream`.
///
/// # Errors
/// [`ChatError::Invalid`] for anything but a media type (RFC 9110 §8.3.1).
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

/// True if files of this type are shown as pictures.
pub(super) fn is_image(media_type: &str) -> bool {
    IMAGES.contains(&media_type)
}

/// Returns the `Content-Type` for sending a file: its own for pictures, else [`ANY`]. Browsers execute nothing of that
/// type, whatever the user declared.
pub(super) fn content_type(media_type: &str) -> &str {
    if is_image(media_type) { media_type } else { ANY }
}

/// Returns the media type of a file: the declared one, unless the first bytes contradict it.
///
/// Browsers derive the type from the file extension, so a wrong one is corrected instead of refused. Bytes of a
/// supported picture format make a picture, whatever was declared. A file falsely declared as a picture or PDF becomes
/// [`ANY`].
pub(super) fn effective_type(declared: &str, head: &[u8]) -> String {
    let may_be_pdf = declared.starts_with("image/") || declared.starts_with("text/") || declared == ANY;
    let is_promise = is_image(declared) || declared == PDF;
    let actual = match sniff_picture(head) {
        Some(picture) => picture,
        None if is_declared_pdf(declared) && has_pdf_mark(head) => PDF,
        None if may_be_pdf && begins_as_pdf(head) => PDF,
        None if is_promise => ANY,
        None => declared,
    };
    actual.to_owned()
}

/// Detects the supported picture formats (WHATWG MIME Sniffing §6.1).
fn sniff_picture(head: &[u8]) -> Option<&'static str> {
    match head {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', b'V', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

fn is_declared_pdf(declared: &str) -> bool {
    matches!(declared, PDF | "application/x-pdf")
}

/// True for a PDF, even with leading bytes that readers skip.
fn has_pdf_mark(head: &[u8]) -> bool {
    head.windows(PDF_MARK.len()).take(PDF_MARK_BEFORE).any(|it| it == PDF_MARK)
}

/// True for a certain PDF: only a byte order mark or whitespace precedes the signature. Texts about PDFs do not
/// qualify.
fn begins_as_pdf(head: &[u8]) -> bool {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head);
    head.trim_ascii_start().starts_with(PDF_MARK)
}

/// Returns the `Content-Disposition`: pictures are shown inline, all other files are downloaded (RFC 6266).
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
        check("\u{200e}Chat with Ada.txt", Some("Chat with Ada.txt"));
        check(
            "\u{200f}\u{5ea}\u{5de}\u{5d5}\u{5e0}\u{5d4}\u{200f}.png",
            Some("\u{5ea}\u{5de}\u{5d5}\u{5e0}\u{5d4}.png"),
        );
        check("Screenshot at 9.41\u{202f}AM.png", Some("Screenshot at 9.41\u{202f}AM.png"));
        for wrong in [
            "",
            " ",
            "\u{200e}",
            "..",
            "\u{200e}..",
            "a/",
            "\u{2066}a",
            "a\nb",
            "a\0",
            "\u{202e}gpj.exe",
            &"é".repeat(256),
        ] {
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
    fn a_wrong_type_is_corrected() {
        let check = |declared: &str, head: &[u8], expected: &str| {
            assert_eq!(effective_type(declared, head), expected, "{declared} {:?}", String::from_utf8_lossy(head));
        };
        let pictures: [(&str, &[u8]); 5] = [
            ("image/png", b"\x89PNG\r\n\x1a\n..."),
            ("image/jpeg", b"\xff\xd8\xff\xe0"),
            ("image/gif", b"GIF89a.."),
            ("image/gif", b"GIF87a"),
            ("image/webp", b"RIFF\x01\x02\x03\x04WEBPVP8 "),
        ];
        for (actual, head) in pictures {
            for declared in [
                "image/png",
                "image/jpeg",
                "image/gif",
                "image/webp",
                "image/heic",
                "image/svg+xml",
                "application/pdf",
                "application/octet-stream",
                "text/plain",
                "text/html",
                "application/json",
            ] {
                check(declared, head, actual);
            }
        }
        for (declared, head) in [
            ("image/png", b"<svg onload=alert(1)>".as_slice()),
            ("image/png", b"<script>alert(1)</script>"),
            ("image/jpeg", b""),
            ("image/jpeg", b"\xff\xd8"),
            ("image/png", b" \x89PNG\r\n\x1a\n"),
            ("image/gif", b"GIF88a"),
            ("image/webp", b"RIFF\x01\x02\x03\x04WAVEfmt "),
            ("image/jpeg", b"\0\0\0\x18ftypheic"),
            ("application/pdf", b"PK\x03\x04"),
            ("application/pdf", b""),
            ("application/pdf", b"%PDF"),
        ] {
            check(declared, head, ANY);
        }
        for (declared, head) in [
            ("text/plain", b"hello".as_slice()),
            ("text/plain", b""),
            ("text/plain", b"crash \0 at 0x0"),
            ("text/csv", b"\xff\xfea\0"),
            ("text/csv", b"a\0,\0b\0"),
            ("text/plain", b"\xfe\xff\0a"),
            ("text/plain", b"\xe4\xf6\xfc"),
            ("text/markdown", b"A file begins with %PDF-1.7."),
            ("text/html", b"<h1>"),
            ("image/svg+xml", b"<svg>"),
            ("image/heic", b"\0\0\0\x18ftypheic"),
            ("application/postscript", b"%PDF-1.5 of an illustrator"),
            ("application/zip", b"PK\x03\x04"),
            (ANY, b"anything"),
        ] {
            check(declared, head, declared);
        }
    }

    #[test]
    fn a_pdf_may_have_something_in_front_of_it() {
        let check = |declared: &str, head: &[u8], expected: &str| {
            assert_eq!(effective_type(declared, head), expected, "{declared}")
        };
        let after = |n_bytes: usize| [vec![b'x'; n_bytes], b"%PDF-1.7".to_vec()].concat();
        let read = |bytes: &[u8]| bytes[..bytes.len().min(HEAD_BYTES)].to_vec();
        for front in
            [b"".as_slice(), b"\xef\xbb\xbf", b"\r\n", b" \t\n", b"\xef\xbb\xbf\n", b"HTTP/1.1 200 OK\r\n\r\n", b"\0\0"]
        {
            check(PDF, &[front, b"%PDF-1.7"].concat(), PDF);
        }
        check(PDF, &read(&after(1023)), PDF);
        check(PDF, &read(&after(1024)), ANY);
        check("application/x-pdf", &after(9), PDF);
        check("application/x-pdf", b"none", "application/x-pdf");
        for declared in [ANY, "text/plain", "image/png"] {
            check(declared, b"%PDF-1.7", PDF);
            check(declared, b"\xef\xbb\xbf\r\n%PDF-1.7", PDF);
        }
        check(ANY, &after(1), ANY);
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
