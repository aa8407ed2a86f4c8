//! Valid page files, and the errors of invalid ones.

use super::*;

/// Every option that the file may hold.
const WHOLE: &str = r##"{
    "startScreen": { "greeting": "Hi", "prompts": [
        { "label": "A", "prompt": "a", "icon": "calendar" },
        { "label": "B", "prompt": [{ "type": "input_text", "text": "b" }], "icon": "lucide:rocket" }
    ] },
    "composer": {
        "placeholder": "Ask", "attachments": {
            "enabled": true, "maxSize": { "image/*": 1000, "*": 5 }, "maxCount": 3, "accept": { "image/png": [".png"] }
        },
        "dictation": { "enabled": true },
        "tools": [{ "id": "t", "label": "T", "icon": "bolt", "shortLabel": "t", "placeholderOverride": "p",
            "pinned": true, "persistent": false }],
        "models": [{ "id": "m", "label": "M", "description": "d", "disabled": false, "default": true }]
    },
    "threadItemActions": { "feedback": true, "retry": false },
    "disclaimer": { "text": "May err", "highContrast": true },
    "thread": { "autoScroll": false },
    "widgets": { "onAction": "sendCustomAction" },
    "locale": "de-CH",
    "frameTitle": "Help",
    "theme": {
        "colorScheme": "dark", "radius": "soft", "density": "compact",
        "typography": { "baseSize": 15, "fontFamily": "Inter, sans-serif", "fontFamilyMono": "monospace",
            "fontSources": [{ "family": "Inter", "src": "/inter.woff2", "weight": "100 900", "style": "italic",
                "display": "swap", "unicodeRange": "U+0-FF" }, { "family": "Mono", "src": "/m.woff2", "weight": 700 }] },
        "color": { "grayscale": { "hue": 220, "tint": 6, "shade": -4 }, "accent": { "primary": "#4f46e5", "level": 1 },
            "surface": { "background": "#fff", "foreground": "#111" } }
    }
}"##;

#[test]
fn options_are_read_from_the_text_or_from_the_file_that_it_names() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("\u{feff}{WHOLE}")).unwrap();
    let expected: Value = serde_json::from_str(WHOLE).unwrap();
    for text in [WHOLE, file.path().to_str().unwrap()] {
        assert_eq!(page_file(Some(text.to_owned())).unwrap(), Some(expected.clone()));
    }
    assert_eq!(page_file(Some("{}".to_owned())).unwrap(), Some(serde_json::json!({})));
    assert_eq!((page_file(None).unwrap(), page_file(Some(" ".to_owned())).unwrap()), (None, None));
}

#[test]
fn what_cannot_be_used_is_refused_with_its_place_and_what_would_be_right() {
    let check = |text: &str, part: &str| {
        let sentence = page_file(Some(text.to_owned())).expect_err(text).to_string();
        assert!(sentence.starts_with("CHATKIT_PAGE cannot be used: ") && sentence.contains(part), "{sentence}");
    };
    check("/nowhere/page.json", "the file `/nowhere/page.json`");
    check("{", "it is no JSON: EOF");
    check(r#"{"startscreen":{}}"#, "unknown key `startscreen`; did you mean `startScreen`?");
    check(r#"{"start_screen":{}}"#, "unknown key `start_screen`; did you mean `startScreen`?");
    check(r#"{"greeting":"Hi"}"#, "unknown key `greeting`; did you mean `startScreen.greeting`?");
    check(
        r#"{"startScreen":{"greting":""}}"#,
        "unknown key `startScreen.greting`; did you mean `startScreen.greeting`?",
    );
    check(r#"{"composer":{"attachment":{}}}"#, "did you mean `composer.attachments`?");
    check(
        r#"{"composer":{"attachments":{"enabled":true,"max_size":1}}}"#,
        "did you mean `composer.attachments.maxSize`?",
    );
    check(
        r#"{"composer":{"tools":[{"id":"a","label":"b"},{"id":"c","label":"d","short":""}]}}"#,
        "unknown key `composer.tools[1].short`; did you mean `composer.tools[1].shortLabel`?",
    );
    check(r#"{"onClientTool":"x"}"#, "`onClientTool` is a function of a page");
    check(r#"{"entities":{}}"#, "`entities` is a function of a page");
    check(r#"{"api":{}}"#, "`api` is what CHATKIT_API_URL and CHATKIT_UPSTREAM_URL are for");
    check(r#"{"startScreen":[]}"#, "`startScreen` must be an object");
    check(r#"{"startScreen":{"greeting":7}}"#, "`startScreen.greeting` must be a text");
    check(r#"{"startScreen":{"prompts":[{"label":"a"}]}}"#, "`startScreen.prompts[0].prompt` is missing");
    check(
        r#"{"startScreen":{"prompts":[{"label":"a","prompt":7}]}}"#,
        "`startScreen.prompts[0].prompt` must be a text or",
    );
    check(
        r#"{"startScreen":{"prompts":[{"label":"a","prompt":"b","icon":"calender"}]}}"#,
        "no icon `calender`; did you mean `calendar`?",
    );
    check(r#"{"composer":{"attachments":{}}}"#, "`composer.attachments.enabled` is missing");
    check(r#"{"composer":{"attachments":{"enabled":"yes"}}}"#, "`composer.attachments.enabled` must be true or false");
    check(r#"{"composer":{"attachments":{"enabled":true,"maxCount":0}}}"#, "must be a whole number above 0");
    check(r#"{"composer":{"attachments":{"enabled":true,"maxSize":"5 MB"}}}"#, "must be a number of bytes");
    check(r#"{"composer":{"attachments":{"enabled":true,"maxSize":{"png":1}}}}"#, "`png` is no media type");
    check(
        r#"{"composer":{"attachments":{"enabled":true,"accept":["image/png"]}}}"#,
        "must be an object of media types",
    );
    check(
        r#"{"composer":{"models":[{"id":"a","label":"a"},{"id":"a","label":"b"}]}}"#,
        "`composer.models` has `a` twice",
    );
    check(r#"{"widgets":{"onAction":"sendCustomActon"}}"#, "no `sendCustomActon`; did you mean `sendCustomAction`?");
    check("[]", "the file `[]`");
}

/// Covers errors of the file itself; [`wrong_values_are_named`] covers values.
#[test]
fn a_file_that_cannot_be_read_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, content: &[u8], part: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let sentence = page_file(Some(path.to_str().unwrap().to_owned())).expect_err(name).to_string();
        assert!(sentence.starts_with("CHATKIT_PAGE cannot be used: ") && sentence.contains(part), "{sentence}");
    };
    check("empty.json", b"", "it is no JSON: EOF");
    check("list.json", b"[]", "the file must be an object");
    check("null.json", b"null", "the file must be an object");
    check("comment.json", b"{\n  // hello\n}", "it is no JSON: key must be a string at line 2");
    check("comma.json", br#"{"startScreen": {},}"#, "it is no JSON: trailing comma at line 1");
    check("script.json", b"{startScreen: {}}", "it is no JSON: key must be a string");
    check("two.json", b"{} {}", "it is no JSON: trailing characters");
    check("utf-16.json", b"\xff\xfe{\0}\0", "valid UTF-8");
    check("latin-1.json", b"{\"locale\": \"\xe4\"}", "valid UTF-8");
    check("half.json", br#"{"disclaimer": {"text": "\ud83d"}}"#, "it is no JSON");
    check("deep.json", &[b"[".repeat(2000), b"]".repeat(2000)].concat(), "it is no JSON: recursion limit");
    check("large.json", &[br#"{"locale": ""#.to_vec(), vec![b'a'; 64 * 1024]].concat(), "more than 65536 bytes");
    check(
        "twice.json",
        br#"{"locale": "de", "theme": "dark", "locale": "en"}"#,
        "the key `locale` is there twice at line 1",
    );
    let tools = br#"{"composer": {"tools": [{"id": "a", "label": "A", "id": "b"}]}}"#;
    check("twice-below.json", tools, "the key `id` is there twice");
    let sentence = page_file(Some(folder.path().to_str().unwrap().to_owned())).unwrap_err().to_string();
    assert!(sentence.contains("Is a directory"), "{sentence}");
    // The size limit also applies to inline JSON.
    let text = format!(r#"{{"disclaimer": {{"text": "{}"}}}}"#, "a".repeat(64 * 1024));
    assert!(page_file(Some(text)).unwrap_err().to_string().contains("more than 65536 bytes"));
}

#[test]
fn wrong_values_are_named() {
    let check = |text: &str, part: &str| {
        let sentence = page_file(Some(text.to_owned())).expect_err(text).to_string();
        assert!(sentence.starts_with("CHATKIT_PAGE cannot be used: ") && sentence.contains(part), "{sentence}");
    };
    for (text, part) in [
        (r#"{"theme":"drak"}"#, "there is no `drak`; did you mean `dark`? (`theme`)"),
        (r#"{"theme":7}"#, "`theme` must be one of light, dark, or an object"),
        (r#"{"theme":{"radius":"pil"}}"#, "did you mean `pill`? (`theme.radius`)"),
        (
            r#"{"theme":{"typography":{"baseSize":13}}}"#,
            "`theme.typography.baseSize` must be a whole number from 14 to 18",
        ),
        (r#"{"theme":{"color":{"grayscale":{"hue":1.5,"tint":1}}}}"#, "from 0 to 360"),
        (r#"{"theme":{"color":{"grayscale":{"hue":1,"tint":1,"shade":-5}}}}"#, "from -4 to 4"),
        (r##"{"theme":{"color":{"accent":{"primary":"#fff"}}}}"##, "`theme.color.accent.level` is missing"),
        (r#"{"theme":{"colour":{}}}"#, "unknown key `theme.colour`; did you mean `theme.color`?"),
        (r#"{"colorScheme":"dark"}"#, "unknown key `colorScheme`; did you mean `theme.colorScheme`?"),
        (
            r#"{"theme":{"typography":{"fontSources":[{"family":"a","src":"/b","weight":0}]}}}"#,
            "a number from 1 to 1000",
        ),
        (
            r#"{"theme":{"typography":{"fontSources":[{"family":"a","src":"https://fonts.example/a.woff2"}]}}}"#,
            "`theme.typography.fontSources[0].src` must be a path of this server",
        ),
        (r#"{"theme":{"typography":{"fontSources":[{"family":"a","src":"//fonts.example/a"}]}}}"#, "must be a path"),
        (r#"{"theme":{"typography":{"fontSources":[{"family":"a","src":"data:font/woff2,x"}]}}}"#, "must be a path"),
        (r#"{"locale":"de_CH"}"#, "`locale` must be the name of a language"),
        (r#"{"locale":"日本語"}"#, "`locale` must be the name of a language"),
        (r#"{"header":{"enabled":true}}"#, "`header` is the bar that the page has of its own"),
        (r#"{"history":{"enabled":true}}"#, "`history` is the list of chats that the page has of its own"),
        (r#"{"initialThread":"thr_1"}"#, "`initialThread` is what the page's address names"),
        (r#"{"onResponseEnd":"x"}"#, "`onResponseEnd` is a function of a page"),
        (r#"{"threadItemActions":{"share":true}}"#, "`threadItemActions` may hold feedback, retry"),
        (r#"{"startScreen":{"prompts":[{"label":"","prompt":"a"}]}}"#, "`startScreen.prompts[0].label` is empty"),
        (r#"{"startScreen":{"prompts":[{"label":"a","prompt":""}]}}"#, "`startScreen.prompts[0].prompt` is empty"),
        (r#"{"startScreen":{"prompts":[{"label":"a","prompt":[]}]}}"#, "must be a text or a list of parts"),
        (
            r#"{"startScreen":{"prompts":[{"label":"a","prompt":[{"type":"input_text","txt":"b"}]}]}}"#,
            "unknown key `startScreen.prompts[0].prompt[0].txt`; did you mean `startScreen.prompts[0].prompt[0].text`?",
        ),
        (
            r#"{"startScreen":{"prompts":[{"label":"a","prompt":[{"type":"input_tag","id":"a","text":"b","data":1}]}]}}"#,
            "`startScreen.prompts[0].prompt[0].data` must be an object",
        ),
        (
            r#"{"composer":{"attachments":{"enabled":true,"accept":{"image/png":["png"]}}}}"#,
            "must be an object of media types, each with a list of endings",
        ),
        (r#"{"composer":{"attachments":{"enabled":true,"maxCount":2.5}}}"#, "must be a whole number above 0"),
        (
            r#"{"composer":{"attachments":{"enabled":true,"maxSize":99999999999999999999}}}"#,
            "must be a number of bytes",
        ),
        (r#"{"startScreen":null}"#, "`startScreen` must be an object"),
    ] {
        check(text, part);
    }
}
