//! `ui::chatkit::web_address` reads fewer addresses than the crate `url`, and none of them otherwise.

use serde::Deserialize;
use url::Url;

use crate::ui::chatkit::web_address::WebAddress;

/// The addresses that a story sends to the browser, too.
const TABLE: &str = include_str!("../../end2end/fixtures/web-addresses.json");

#[derive(Deserialize)]
struct Table {
    /// Addresses, each with the one that browsers make of it.
    read: Vec<(String, String)>,
    refused: Vec<String>,
}

/// Checks that an accepted text is the same address to the crate `url`, with the host as written. Returns true if it is
/// accepted.
#[track_caller]
fn check(text: &str) -> bool {
    let Some(ours) = WebAddress::read(text) else { return false };
    let theirs = Url::parse(text).unwrap();
    assert_eq!(ours.to_string(), theirs.as_str(), "{text:?}");
    assert_eq!(ours.is_secure(), theirs.scheme() == "https", "{text:?}");
    assert_eq!(Some(ours.host()), theirs.host_str(), "{text:?}");
    assert_eq!((theirs.username(), theirs.password()), ("", None), "{text:?}");
    let written = text.to_ascii_lowercase();
    assert!(written.contains(&format!("://{}", ours.host())) || !written.is_ascii(), "{text:?}");
    true
}

/// Everything that addresses are made of, and much that they are not.
const PIECES: [&str; 64] = [
    "http",
    "https",
    "HTTPS",
    "ftp",
    "javascript",
    "data",
    ":",
    "://",
    ":/",
    "//",
    "/",
    "\\",
    "?",
    "#",
    "@",
    "example",
    "EXAMPLE.com",
    ".",
    "..",
    "a",
    "com",
    "localhost",
    "127",
    "1",
    "0",
    "0x7f",
    "0X1",
    "256",
    "127.0.0.1",
    "[::1]",
    "[",
    "]",
    ":80",
    ":443",
    ":8443",
    ":65536",
    ":00080",
    "%20",
    "%2e",
    "%",
    " ",
    "\t",
    "\n",
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "é",
    "日本",
    "。",
    "１",
    "\u{ad}",
    "\u{202e}",
    "😀",
    "xn--",
    "xn--mnchen-3ya",
    "_",
    "-",
    "\"",
    "<",
    "'",
    "|",
    "`",
    "&x=1+2",
];

#[test]
fn what_ours_reads_is_the_same_place_for_browsers() {
    let mut state = 7_u64;
    let mut number = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut n_read = 0;
    for round in 0..400_000 {
        let start = ["https://", "http://", "https://example.com", ""][round % 4];
        let pieces: String = (0..number(8)).map(|_| PIECES[number(PIECES.len())]).collect();
        n_read += usize::from(check(&format!("{start}{pieces}")));
    }
    assert!(n_read > 50_000, "{n_read}");
}

#[test]
fn usual_addresses_are_read() {
    let table: Table = serde_json::from_str(TABLE).unwrap();
    for (text, expected) in table.read {
        assert!(check(&text), "{text:?}");
        assert_eq!(WebAddress::read(&text).unwrap().to_string(), expected, "{text:?}");
    }
}

#[test]
fn unusual_addresses_are_not() {
    let table: Table = serde_json::from_str(TABLE).unwrap();
    for text in table.refused {
        assert_eq!(WebAddress::read(&text), None, "{text:?}");
    }
}
