//! The file that fits our page to a backend: `UseChatKitOptions` as npm `@openai/chatkit` 1.9.0 writes them, without
//! functions.

mod shape;

use serde_json::Value;

use super::value::given;
use crate::server::{Error, Result};
use shape::{Field, Shape, check};

/// Everything that the file may hold.
const OPTIONS: Shape = Shape::Object(&[
    Field::may(
        "startScreen",
        Shape::Object(&[
            Field::may("greeting", Shape::Text),
            Field::may(
                "prompts",
                Shape::List(&Shape::Object(&[
                    Field::must("label", Shape::Text),
                    Field::must("prompt", Shape::Prompt),
                    Field::may("icon", Shape::Icon),
                ])),
            ),
        ]),
    ),
    Field::may(
        "composer",
        Shape::Object(&[
            Field::may("placeholder", Shape::Text),
            Field::may(
                "attachments",
                Shape::Object(&[
                    Field::must("enabled", Shape::Switch),
                    Field::may("maxSize", Shape::Sizes),
                    Field::may("maxCount", Shape::Count),
                    Field::may("accept", Shape::Endings),
                ]),
            ),
            Field::may("dictation", Shape::Object(&[Field::must("enabled", Shape::Switch)])),
            Field::may(
                "tools",
                Shape::List(&Shape::Object(&[
                    Field::must("id", Shape::Text),
                    Field::must("label", Shape::Text),
                    Field::may("icon", Shape::Icon),
                    Field::may("shortLabel", Shape::Text),
                    Field::may("placeholderOverride", Shape::Text),
                    Field::may("pinned", Shape::Switch),
                    Field::may("persistent", Shape::Switch),
                ])),
            ),
            Field::may(
                "models",
                Shape::List(&Shape::Object(&[
                    Field::must("id", Shape::Text),
                    Field::must("label", Shape::Text),
                    Field::may("description", Shape::Text),
                    Field::may("disabled", Shape::Switch),
                    Field::may("default", Shape::Switch),
                ])),
            ),
        ]),
    ),
    Field::may(
        "threadItemActions",
        Shape::Object(&[Field::may("feedback", Shape::Switch), Field::may("retry", Shape::Switch)]),
    ),
    Field::may(
        "disclaimer",
        Shape::Object(&[Field::must("text", Shape::Text), Field::may("highContrast", Shape::Switch)]),
    ),
    Field::may("thread", Shape::Object(&[Field::may("autoScroll", Shape::Switch)])),
    Field::may("widgets", Shape::Object(&[Field::may("onAction", Shape::Word(&["sendCustomAction", "refuse"]))])),
]);

/// Reads the options from JSON, or from the file with it that the text names; `None` when it is not given.
///
/// # Errors
/// [`Error::Config`] with the place in the file, what is wrong and what would be right.
pub(super) fn page_file(text: Option<String>) -> Result<Option<Value>> {
    let Some(text) = given(text) else { return Ok(None) };
    let json = match text.starts_with('{') {
        true => text,
        false => std::fs::read_to_string(&text).map_err(|err| wrong(&format!("the file `{text}`: {err}")))?,
    };
    let json = json.trim_start_matches('\u{feff}');
    let options = serde_json::from_str(json).map_err(|err| wrong(&format!("it is no JSON: {err}")))?;
    check(&OPTIONS, &options).map_err(|why| wrong(&why))?;
    Ok(Some(options))
}

fn wrong(why: &str) -> Error {
    Error::Config(format!(
        "CHATKIT_PAGE cannot be used: {why}; name a file with options as the official client has them, such as \
         {{\"startScreen\": {{\"greeting\": \"…\"}}}}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that the file may hold.
    const WHOLE: &str = r#"{
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
        "widgets": { "onAction": "sendCustomAction" }
    }"#;

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
        check(
            r#"{"composer":{"attachments":{"enabled":"yes"}}}"#,
            "`composer.attachments.enabled` must be true or false",
        );
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
        check(
            r#"{"widgets":{"onAction":"sendCustomActon"}}"#,
            "no `sendCustomActon`; did you mean `sendCustomAction`?",
        );
        check("[]", "the file `[]`");
    }
}
