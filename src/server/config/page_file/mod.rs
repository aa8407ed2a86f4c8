//! The operator's options for the chat page: a JSON subset of `UseChatKitOptions` of npm `@openai/chatkit` 1.9.0,
//! without functions.

mod schema;
mod unique_keys;

use std::io::Read;

use serde_json::Value;

use super::parse::non_blank;
use crate::server::{Error, Result};
use schema::{Field, Schema, check};
use unique_keys::UniqueKeys;

/// The maximum size of the file: every chat page includes it.
const MAX_BYTES: u64 = 64 * 1024;

/// The schema of the file.
const OPTIONS: Schema = Schema::Object(&[
    Field::may(
        "startScreen",
        Schema::Object(&[
            Field::may("greeting", Schema::Text),
            Field::may(
                "prompts",
                Schema::List(&Schema::Object(&[
                    Field::must("label", Schema::Text),
                    Field::must("prompt", Schema::Prompt),
                    Field::may("icon", Schema::Icon),
                ])),
            ),
        ]),
    ),
    Field::may(
        "composer",
        Schema::Object(&[
            Field::may("placeholder", Schema::Text),
            Field::may(
                "attachments",
                Schema::Object(&[
                    Field::must("enabled", Schema::Boolean),
                    Field::may("maxSize", Schema::Sizes),
                    Field::may("maxCount", Schema::Count),
                    Field::may("accept", Schema::Extensions),
                ]),
            ),
            Field::may("dictation", Schema::Object(&[Field::must("enabled", Schema::Boolean)])),
            Field::may(
                "tools",
                Schema::List(&Schema::Object(&[
                    Field::must("id", Schema::Text),
                    Field::must("label", Schema::Text),
                    Field::may("icon", Schema::Icon),
                    Field::may("shortLabel", Schema::Text),
                    Field::may("placeholderOverride", Schema::Text),
                    Field::may("pinned", Schema::Boolean),
                    Field::may("persistent", Schema::Boolean),
                ])),
            ),
            Field::may(
                "models",
                Schema::List(&Schema::Object(&[
                    Field::must("id", Schema::Text),
                    Field::must("label", Schema::Text),
                    Field::may("description", Schema::Text),
                    Field::may("disabled", Schema::Boolean),
                    Field::may("default", Schema::Boolean),
                ])),
            ),
        ]),
    ),
    Field::may(
        "threadItemActions",
        Schema::Object(&[Field::may("feedback", Schema::Boolean), Field::may("retry", Schema::Boolean)]),
    ),
    Field::may(
        "disclaimer",
        Schema::Object(&[Field::must("text", Schema::Text), Field::may("highContrast", Schema::Boolean)]),
    ),
    Field::may("thread", Schema::Object(&[Field::may("autoScroll", Schema::Boolean)])),
    Field::may("theme", Schema::OneOfOr(SCHEMES, &THEME)),
    Field::may("locale", Schema::Locale),
    Field::may("frameTitle", Schema::Text),
    Field::may("widgets", Schema::Object(&[Field::may("onAction", Schema::OneOf(&["sendCustomAction", "refuse"]))])),
]);

const SCHEMES: &[&str] = &["light", "dark"];

/// The schema of the theme, with the bounds of the official client.
const THEME: Schema = Schema::Object(&[
    Field::may("colorScheme", Schema::OneOf(SCHEMES)),
    Field::may("radius", Schema::OneOf(&["pill", "round", "soft", "sharp"])),
    Field::may("density", Schema::OneOf(&["compact", "normal", "spacious"])),
    Field::may(
        "typography",
        Schema::Object(&[
            Field::may("baseSize", Schema::Integer(14, 18)),
            Field::may(
                "fontSources",
                Schema::List(&Schema::Object(&[
                    Field::must("family", Schema::Text),
                    Field::must("src", Schema::Path),
                    Field::may("weight", Schema::Weight),
                    Field::may("style", Schema::Text),
                    Field::may("display", Schema::Text),
                    Field::may("unicodeRange", Schema::Text),
                ])),
            ),
            Field::may("fontFamily", Schema::Text),
            Field::may("fontFamilyMono", Schema::Text),
        ]),
    ),
    Field::may(
        "color",
        Schema::Object(&[
            Field::may(
                "grayscale",
                Schema::Object(&[
                    Field::must("hue", Schema::Integer(0, 360)),
                    Field::must("tint", Schema::Integer(0, 9)),
                    Field::may("shade", Schema::Integer(-4, 4)),
                ]),
            ),
            Field::may(
                "accent",
                Schema::Object(&[Field::must("primary", Schema::Text), Field::must("level", Schema::Integer(0, 3))]),
            ),
            Field::may(
                "surface",
                Schema::Object(&[Field::must("background", Schema::Text), Field::must("foreground", Schema::Text)]),
            ),
        ]),
    ),
]);

/// Parses the options from JSON, or from the file that the text names; `None` if unset.
///
/// # Errors
/// [`Error::Config`] with the place in the file, the problem and a valid example.
pub(super) fn page_file(text: Option<String>) -> Result<Option<Value>> {
    let Some(text) = non_blank(text) else { return Ok(None) };
    let json = match text.starts_with('{') {
        true => text,
        false => read(&text).map_err(|err| wrong(&format!("the file `{text}`: {err}")))?,
    };
    if json.len() as u64 > MAX_BYTES {
        return Err(wrong(&format!("it has more than {MAX_BYTES} bytes, and every chat page carries it")));
    }
    let json = json.trim_start_matches('\u{feff}');
    let UniqueKeys(options) = serde_json::from_str(json).map_err(|err| wrong(&unreadable(&err)))?;
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
