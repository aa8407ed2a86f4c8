//! A small JSON schema, and the error messages for values that violate it.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::model::path;

const SPRITE: &str = include_str!("../../../../public/icons.svg");
/// Options of the official client that are functions or contain functions, besides handlers such as `onReady`.
const FUNCTIONS: [&str; 3] = ["entities", "commands", "getClientSecret"];
/// Options of the official client that the page sets itself.
const SET_BY_PAGE: [(&str, &str); 4] = [
    ("api", "is what CHATKIT_API_URL and CHATKIT_UPSTREAM_URL are for"),
    ("header", "is the bar that the page has of its own"),
    ("history", "is the list of chats that the page has of its own"),
    ("initialThread", "is what the page's address names"),
];

/// The schema of a value.
pub(super) enum Schema {
    Text,
    Boolean,
    /// A positive integer.
    Count,
    /// An integer between two bounds, inclusive.
    Integer(i64, i64),
    /// One of several words.
    OneOf(&'static [&'static str]),
    /// One of several words, or a value of another schema.
    OneOfOr(&'static [&'static str], &'static Schema),
    /// A language tag, such as `de-CH`.
    Locale,
    /// A path on this origin: the pages' policy blocks fonts from elsewhere.
    Path,
    /// A font weight: a string such as `100 900`, or a number.
    Weight,
    /// Any object.
    AnyObject,
    /// The name of an icon in the sprite.
    Icon,
    /// A string, or a list of message parts.
    Prompt,
    /// A number of bytes, or an object of such numbers by media type.
    Sizes,
    /// Lists of file name extensions by media type.
    Extensions,
    List(&'static Schema),
    Object(&'static [Field]),
}

/// Message parts.
const TEXT_PART: Schema =
    Schema::Object(&[Field::must("type", Schema::OneOf(&["input_text"])), Field::must("text", Schema::Text)]);
const TAG_PART: Schema = Schema::Object(&[
    Field::must("type", Schema::OneOf(&["input_tag"])),
    Field::must("id", Schema::Text),
    Field::must("text", Schema::Text),
    Field::may("data", Schema::AnyObject),
    Field::may("group", Schema::Text),
    Field::may("interactive", Schema::Boolean),
]);

/// A key of an object.
pub(super) struct Field {
    name: &'static str,
    shape: Schema,
    is_required: bool,
}

impl Field {
    pub(super) const fn may(name: &'static str, shape: Schema) -> Self {
        Self { name, shape, is_required: false }
    }

    pub(super) const fn must(name: &'static str, shape: Schema) -> Self {
        Self { name, shape, is_required: true }
    }
}

/// Validates a whole file.
///
/// # Errors
/// A sentence with the place, the problem and a valid alternative.
pub(super) fn check(shape: &Schema, value: &Value) -> Result<(), String> {
    Check { root: shape }.value(shape, value, "")
}

struct Check<'a> {
    root: &'a Schema,
}

impl Check<'_> {
    fn value(&self, shape: &Schema, value: &Value, path: &str) -> Result<(), String> {
        let is_right = match (shape, value) {
            (Schema::Text, it) => it.is_string(),
            (Schema::Boolean, it) => it.is_boolean(),
            (Schema::Count, it) => it.as_u64().is_some_and(|it| it > 0 && u32::try_from(it).is_ok()),
            (Schema::Integer(least, most), it) => it.as_i64().is_some_and(|it| (*least..=*most).contains(&it)),
            (Schema::OneOf(words) | Schema::OneOfOr(words, _), Value::String(it)) => {
                return one_of(words.iter().copied(), it, path);
            }
            (Schema::OneOfOr(_, shape), it) if it.is_object() => return self.value(shape, it, path),
            (Schema::Locale, it) => it.as_str().is_some_and(is_locale),
            (Schema::Path, it) => it.as_str().is_some_and(path::is_own),
            (Schema::Weight, it) => it.is_string() || it.as_u64().is_some_and(|it| (1..=1000).contains(&it)),
            (Schema::AnyObject, it) => it.is_object(),
            (Schema::Icon, Value::String(it)) => return icon(it, path),
            (Schema::Prompt, Value::Array(parts)) if !parts.is_empty() => return self.parts(parts, path),
            (Schema::Prompt, it) => it.is_string(),
            (Schema::Sizes, Value::Object(by_type)) => {
                return media_types(by_type, path, |it| it.as_u64().is_some_and(|it| it > 0), shape);
            }
            (Schema::Sizes, it) => it.as_u64().is_some_and(|it| it > 0),
            (Schema::Extensions, Value::Object(by_type)) => {
                let is_ending = |it: &Value| it.as_str().is_some_and(|it| it.len() > 1 && it.starts_with('.'));
                let is_list = |it: &Value| it.as_array().is_some_and(|it| it.iter().all(is_ending));
                return media_types(by_type, path, is_list, shape);
            }
            (Schema::List(shape), Value::Array(list)) => return self.list(shape, list, path),
            (Schema::Object(fields), Value::Object(object)) => return self.object(fields, object, path),
            _ => false,
        };
        if is_right { Ok(()) } else { Err(format!("{} must be {}", named(path), shape.describe())) }
    }

    fn list(&self, shape: &Schema, list: &[Value], path: &str) -> Result<(), String> {
        let mut ids = HashSet::new();
        for (at, value) in list.iter().enumerate() {
            self.value(shape, value, &format!("{path}[{at}]"))?;
            if let Some(id) = value.get("id").and_then(Value::as_str).filter(|id| !ids.insert(*id)) {
                return Err(format!("{} has `{id}` twice", named(path)));
            }
        }
        Ok(())
    }

    fn parts(&self, parts: &[Value], path: &str) -> Result<(), String> {
        parts.iter().enumerate().try_for_each(|(at, part)| {
            let shape = if part["type"] == "input_tag" { &TAG_PART } else { &TEXT_PART };
            self.value(shape, part, &format!("{path}[{at}]"))
        })
    }

    fn object(&self, fields: &[Field], object: &Map<String, Value>, path: &str) -> Result<(), String> {
        for (name, value) in object {
            match fields.iter().find(|field| field.name == name) {
                Some(field) if field.is_required && value == "" => {
                    return Err(format!("`{}` is empty", joined(path, name)));
                }
                Some(field) => self.value(&field.shape, value, &joined(path, name))?,
                None => return Err(self.unknown(fields, name, path)),
            }
        }
        match fields.iter().find(|field| field.is_required && !object.contains_key(field.name)) {
            Some(field) => Err(format!("`{}` is missing", joined(path, field.name))),
            None => Ok(()),
        }
    }

    fn unknown(&self, fields: &[Field], name: &str, path: &str) -> String {
        let full = joined(path, name);
        if FUNCTIONS.contains(&name) || is_handler(name) {
            return format!("`{full}` is a function of a page, which a file cannot hold");
        }
        if let Some((_, what)) = SET_BY_PAGE.iter().find(|(it, _)| *it == name && path.is_empty()) {
            return format!("`{full}` {what}");
        }
        // The right name may exist at another place.
        let near = || near(fields, name).map(|it| joined(path, it));
        match elsewhere(self.root, name, "").or_else(near) {
            Some(right) => format!("unknown key `{full}`; did you mean `{right}`?"),
            None => {
                let names: Vec<_> = fields.iter().map(|it| it.name).collect();
                format!("unknown key `{full}`; {} may hold {}", named(path), names.join(", "))
            }
        }
    }
}

/// True for names of handlers, such as `onReady`.
fn is_handler(name: &str) -> bool {
    name.strip_prefix("on").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
}

fn is_locale(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

impl Schema {
    fn describe(&self) -> String {
        match self {
            Self::Text => "a text",
            Self::Boolean => "true or false",
            Self::Count => "a whole number above 0",
            Self::Integer(least, most) => return format!("a whole number from {least} to {most}"),
            Self::OneOf(words) => return format!("one of {}", words.join(", ")),
            Self::OneOfOr(words, shape) => return format!("one of {}, or {}", words.join(", "), shape.describe()),
            Self::Locale => "the name of a language, such as de or de-CH",
            Self::Path => "a path of this server, such as /fonts/inter.woff2, since its pages load no others",
            Self::Weight => "a text such as \"100 900\", or a number from 1 to 1000",
            Self::Icon => "the name of an icon",
            Self::Prompt => {
                "a text or a list of parts of a message, such as {\"type\": \"input_text\", \"text\": \"…\"}"
            }
            Self::Sizes => "a number of bytes above 0, or an object of such numbers by media type",
            Self::Extensions => {
                "an object of media types, each with a list of endings, such as {\"image/png\": [\".png\"]}"
            }
            Self::List(_) => "a list",
            Self::Object(_) | Self::AnyObject => "an object",
        }
        .to_owned()
    }
}

fn media_types(
    by_type: &Map<String, Value>,
    path: &str,
    is_right: impl Fn(&Value) -> bool,
    shape: &Schema,
) -> Result<(), String> {
    for (name, value) in by_type {
        if !matches!(name.as_str(), "" | "*") && !name.contains('/') {
            return Err(format!(
                "`{name}` is no media type in {}; write one such as image/png or image/*",
                named(path)
            ));
        }
        if !is_right(value) {
            return Err(format!("{} must be {}", named(path), shape.describe()));
        }
    }
    Ok(())
}

fn icon(name: &str, path: &str) -> Result<(), String> {
    let names = || SPRITE.split("<symbol id=\"").skip(1).filter_map(|it| it.split_once('"')).map(|it| it.0);
    one_of(names(), name.strip_prefix("lucide:").unwrap_or(name), path)
        .map_err(|why| why.replacen("no ", "no icon ", 1))
}

fn one_of<'a>(words: impl Iterator<Item = &'a str> + Clone, word: &str, path: &str) -> Result<(), String> {
    if words.clone().any(|it| it == word) {
        return Ok(());
    }
    let right = nearest(words, word).unwrap_or_default();
    Err(format!("there is no `{word}`; did you mean `{right}`? ({})", named(path)))
}

/// Returns the most similar name. A name that begins with `name` is preferred.
fn nearest<'a>(names: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let name = plain(name);
    names.min_by_key(|it| {
        let it = plain(it);
        (!it.starts_with(&name), strsim::damerau_levenshtein(&it, &name))
    })
}

/// Returns the name that was probably meant: one with the same beginning, or one that is at least half equal.
fn near(fields: &[Field], name: &str) -> Option<&'static str> {
    let right = nearest(fields.iter().map(|it| it.name), name)?;
    let [a, b] = [right, name].map(plain);
    (a.starts_with(&b) || strsim::damerau_levenshtein(&a, &b) * 2 <= b.chars().count()).then_some(right)
}

/// Returns the path of a key that exists at another place.
fn elsewhere(shape: &Schema, name: &str, path: &str) -> Option<String> {
    let fields = match shape {
        Schema::Object(fields) => fields,
        Schema::OneOfOr(_, shape) => return elsewhere(shape, name, path),
        _ => return None,
    };
    fields
        .iter()
        .find(|it| it.name == name)
        .map(|it| joined(path, it.name))
        .or_else(|| fields.iter().find_map(|field| elsewhere(&field.shape, name, &joined(path, field.name))))
}

fn plain(name: &str) -> String {
    name.replace(['_', '-'], "").to_ascii_lowercase()
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn named(path: &str) -> String {
    if path.is_empty() { "the file".to_owned() } else { format!("`{path}`") }
}
