//! The operator's options for the chat page: a JSON subset of `UseChatKitOptions` of npm `@openai/chatkit` 1.9.0,
//! without functions.

mod shape;
mod unique;

use std::io::Read;

use serde_json::Value;

use super::value::given;
use crate::server::{Error, Result};
use shape::{Field, Shape, check};
use unique::Unique;

/// The maximum size of the file: every chat page includes it.
const MAX_BYTES: u64 = 64 * 1024;

/// The schema of the file.
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
    Field::may("theme", Shape::WordOr(SCHEMES, &THEME)),
    Field::may("locale", Shape::Locale),
    Field::may("frameTitle", Shape::Text),
    Field::may("widgets", Shape::Object(&[Field::may("onAction", Shape::Word(&["sendCustomAction", "refuse"]))])),
]);

const SCHEMES: &[&str] = &["light", "dark"];

/// The schema of the theme, with the bounds of the official client.
const THEME: Shape = Shape::Object(&[
    Field::may("colorScheme", Shape::Word(SCHEMES)),
    Field::may("radius", Shape::Word(&["pill", "round", "soft", "sharp"])),
    Field::may("density", Shape::Word(&["compact", "normal", "spacious"])),
    Field::may(
        "typography",
        Shape::Object(&[
            Field::may("baseSize", Shape::Whole(14, 18)),
            Field::may(
                "fontSources",
                Shape::List(&Shape::Object(&[
                    Field::must("family", Shape::Text),
                    Field::must("src", Shape::Path),
                    Field::may("weight", Shape::Weight),
                    Field::may("style", Shape::Text),
                    Field::may("display", Shape::Text),
                    Field::may("unicodeRange", Shape::Text),
                ])),
            ),
            Field::may("fontFamily", Shape::Text),
            Field::may("fontFamilyMono", Shape::Text),
        ]),
    ),
    Field::may(
        "color",
        Shape::Object(&[
            Field::may(
                "grayscale",
                Shape::Object(&[
                    Field::must("hue", Shape::Whole(0, 360)),
                    Field::must("tint", Shape::Whole(0, 9)),
                    Field::may("shade", Shape::Whole(-4, 4)),
                ]),
            ),
            Field::may(
                "accent",
                Shape::Object(&[Field::must("primary", Shape::Text), Field::must("level", Shape::Whole(0, 3))]),
            ),
            Field::may(
                "surface",
                Shape::Object(&[Field::must("background", Shape::Text), Field::must("foreground", Shape::Text)]),
            ),
        ]),
    ),
]);

/// Parses the options from JSON, or from the file that the text names; `None` if unset.
///
/// # Errors
/// [`Error::Config`] with the place in the file, the problem and a valid example.
pub(super) fn page_file(text: Option<String>) -> Result<Option<Value>> {
    let Some(text) = given(text) else { return Ok(None) };
    let json = match text.starts_with('{') {
        true => text,
        false => read(&text).map_err(|err| wrong(&format!("the file `{text}`: {err}")))?,
    };
    if json.len() as u64 > MAX_BYTES {
        return Err(wrong(&format!("it has more than {MAX_BYTES} bytes, and every chat page carries it")));
    }
    let json = json.trim_start_matches('\u{feff}');
    let Unique(options) = serde_json::from_str(json).map_err(|err| wrong(&unreadable(&err)))?;
    check(&OPTIONS, &options).map_err(|why| wrong(&why))?;
    Ok(Some(options))
}

/// Reads at most one byte more than allowed.
fn read(path: &str) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    Ok(text)
}

fn unreadable(err: &serde_json::Error) -> String {
    match err.is_data() {
        true => err.to_string(),
        false => format!("it is no JSON: {err}"),
    }
}

fn wrong(why: &str) -> Error {
    Error::Config(format!(
        "CHATKIT_PAGE cannot be used: {why}; name a file with options as the official client has them, such as \
         {{\"startScreen\": {{\"greeting\": \"…\"}}}}"
    ))
}

#[cfg(test)]
mod tests;
