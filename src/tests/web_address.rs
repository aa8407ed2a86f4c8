//! `ui::chatkit::web_address` reads fewer addresses than the crate `url`, and none of them otherwise.

use url::Url;

use crate::ui::chatkit::web_address::WebAddress;

/// Where ours is read, theirs is the same place; returns whether it was read.
#[track_caller]
fn check(text: &str) -> bool {
    let Some(ours) = WebAddress::read(text) else { return false };
    let written = Url::parse(&ours.to_string());
    match Url::parse(text) {
        Ok(theirs) => {
            assert_eq!(written.as_ref(), Ok(&theirs), "{text:?}");
            assert_eq!(ours.is_secure(), theirs.scheme() == "https", "{text:?}");
            if let Some(host) = ours.ascii_host() {
                assert_eq!(Some(host), theirs.host_str(), "{text:?}");
            }
        }
        // A link that leads nowhere: what only Unicode's tables can refuse.
        Err(err) => assert!(text.to_lowercase().contains("xn--") || !text.is_ascii(), "{text:?}: {err}"),
    }
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
    for round in 0..300_000 {
        let start = ["https://", "http://", "https://example.com", ""][round % 4];
        let pieces: String = (0..number(8)).map(|_| PIECES[number(PIECES.len())]).collect();
        n_read += usize::from(check(&format!("{start}{pieces}")));
    }
    assert!(n_read > 50_000, "{n_read}");
}

#[test]
fn usual_addresses_are_read() {
    let written = |text: &str| {
        assert!(check(text), "{text:?}");
        WebAddress::read(text).unwrap().to_string()
    };
    for (text, expected) in [
        ("https://example.com", "https://example.com/"),
        (" HTTPS://Example.COM:443?q=a b#c ", "https://example.com/?q=a%20b#c"),
        ("http://localhost:3000/a/../b", "http://localhost:3000/a/../b"),
        ("http://127.0.0.1:80/", "http://127.0.0.1/"),
        ("https://sub_1.xn--mnchen-3ya.de/%20ä<", "https://sub_1.xn--mnchen-3ya.de/%20%C3%A4%3C"),
        ("https://münchen.de/", "https://münchen.de/"),
        ("https://example.com/?find=\\*", "https://example.com/?find=\\*"),
        ("https://example.com/a:b@c//d?http://x@y", "https://example.com/a:b@c//d?http://x@y"),
    ] {
        assert_eq!(written(text), expected);
    }
}

#[test]
fn unusual_addresses_are_not() {
    for text in [
        "",
        "https",
        "https:",
        "https:example.com",
        "https:/example.com",
        "https://",
        "https:///example.com",
        "https://?",
        "https://@example.com",
        "https://example.com@evil.test/",
        "https://a:b@example.com/",
        "https://example.com\\@evil.test/",
        "https://example.com/a\\b",
        "https://exa\tmple.com/",
        "https://a b/",
        "https://a%2eb/",
        "https://[::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://1.2.3.04/",
        "http://1.2.3.4./",
        "https://example.com:65536/",
        "https://example.com:8o/",
        "javascript://example.com/%0aalert(1)",
        "java\nscript:alert(1)",
        "//example.com/",
        "/path",
        "ftp://example.com/",
        "data:text/html,x",
    ] {
        assert_eq!(WebAddress::read(text), None, "{text:?}");
    }
}
