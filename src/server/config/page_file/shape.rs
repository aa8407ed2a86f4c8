//! The shape of JSON, and what a value has of it that is wrong.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::model::chatkit::UserContent;

const SPRITE: &str = include_str!("../../../../public/icons.svg");
/// Options of the official client that are functions, or hold some.
const FUNCTIONS: [&str; 6] = ["onClientTool", "entities", "commands", "header", "onAction", "onClick"];

/// What a value may be.
pub(super) enum Shape {
    Text,
    Switch,
    /// A whole number above 0.
    Count,
    /// One of some words.
    Word(&'static [&'static str]),
    /// The name of an icon that has a picture.
    Icon,
    /// A text, or parts of a message.
    Prompt,
    /// Bytes, for all files or by media type.
    Sizes,
    /// Endings of file names by media type.
    Endings,
    List(&'static Shape),
    Object(&'static [Field]),
}

/// A key of an object.
pub(super) struct Field {
    name: &'static str,
    shape: Shape,
    is_required: bool,
}

impl Field {
    pub(super) const fn may(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, is_required: false }
    }

    pub(super) const fn must(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, is_required: true }
    }
}

/// Checks a whole file.
///
/// # Errors
/// A sentence: the place, what is wrong, what would be right.
pub(super) fn check(shape: &Shape, value: &Value) -> Result<(), String> {
    Check { root: shape }.value(shape, value, "")
}

struct Check<'a> {
    root: &'a Shape,
}

impl Check<'_> {
    fn value(&self, shape: &Shape, value: &Value, path: &str) -> Result<(), String> {
        let is_right = match (shape, value) {
            (Shape::Text, it) => it.is_string(),
            (Shape::Switch, it) => it.is_boolean(),
            (Shape::Count, it) => it.as_u64().is_some_and(|it| it > 0 && u32::try_from(it).is_ok()),
            (Shape::Word(words), Value::String(it)) => return one_of(words.iter().copied(), it, path),
            (Shape::Icon, Value::String(it)) => return icon(it, path),
            (Shape::Prompt, it) => it.is_string() || Vec::<UserContent>::deserialize(it).is_ok_and(|it| !it.is_empty()),
            (Shape::Sizes, Value::Object(by_type)) => {
                return media_types(by_type, path, |it| it.as_u64().is_some_and(|it| it > 0), shape);
            }
            (Shape::Sizes, it) => it.as_u64().is_some_and(|it| it > 0),
            (Shape::Endings, Value::Object(by_type)) => {
                let is_list = |it: &Value| it.as_array().is_some_and(|it| it.iter().all(Value::is_string));
                return media_types(by_type, path, is_list, shape);
            }
            (Shape::List(shape), Value::Array(list)) => return self.list(shape, list, path),
            (Shape::Object(fields), Value::Object(object)) => return self.object(fields, object, path),
            _ => false,
        };
        if is_right { Ok(()) } else { Err(format!("{} must be {}", named(path), shape.in_words())) }
    }

    fn list(&self, shape: &Shape, list: &[Value], path: &str) -> Result<(), String> {
        let mut ids = HashSet::new();
        for (at, value) in list.iter().enumerate() {
            self.value(shape, value, &format!("{path}[{at}]"))?;
            if let Some(id) = value.get("id").and_then(Value::as_str).filter(|id| !ids.insert(*id)) {
                return Err(format!("{} has `{id}` twice", named(path)));
            }
        }
        Ok(())
    }

    fn object(&self, fields: &[Field], object: &Map<String, Value>, path: &str) -> Result<(), String> {
        for (name, value) in object {
            match fields.iter().find(|field| field.name == name) {
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
        if FUNCTIONS.contains(&name) {
            return format!("`{}` is a function of a page, which a file cannot hold", joined(path, name));
        }
        if name == "api" && path.is_empty() {
            return "`api` is what CHATKIT_API_URL and CHATKIT_UPSTREAM_URL are for".to_owned();
        }
        // The right name may be in another place.
        let elsewhere = elsewhere(self.root, name, "");
        let near = || joined(path, nearest(fields.iter().map(|it| it.name), name).unwrap_or_default());
        let right = elsewhere.unwrap_or_else(near);
        format!("unknown key `{}`; did you mean `{right}`?", joined(path, name))
    }
}

impl Shape {
    fn in_words(&self) -> String {
        match self {
            Self::Text => "a text",
            Self::Switch => "true or false",
            Self::Count => "a whole number above 0",
            Self::Word(words) => return format!("one of {}", words.join(", ")),
            Self::Icon => "the name of an icon",
            Self::Prompt => {
                "a text or a list of parts of a message, such as {\"type\": \"input_text\", \"text\": \"…\"}"
            }
            Self::Sizes => "a number of bytes above 0, or an object of such numbers by media type",
            Self::Endings => {
                "an object of media types, each with a list of endings, such as {\"image/png\": [\".png\"]}"
            }
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
        .to_owned()
    }
}

fn media_types(
    by_type: &Map<String, Value>,
    path: &str,
    is_right: impl Fn(&Value) -> bool,
    shape: &Shape,
) -> Result<(), String> {
    for (name, value) in by_type {
        if !matches!(name.as_str(), "" | "*") && !name.contains('/') {
            return Err(format!(
                "`{name}` is no media type in {}; write one such as image/png or image/*",
                named(path)
            ));
        }
        if !is_right(value) {
            return Err(format!("{} must be {}", named(path), shape.in_words()));
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

/// Returns the nearest of some names. A beginning of one is nearer than any other.
fn nearest<'a>(names: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let plain = |it: &str| it.replace(['_', '-'], "").to_ascii_lowercase();
    let name = plain(name);
    names.min_by_key(|it| {
        let it = plain(it);
        (!it.starts_with(&name), strsim::damerau_levenshtein(&it, &name))
    })
}

/// Returns the path of a name that is right in another place.
fn elsewhere(shape: &Shape, name: &str, path: &str) -> Option<String> {
    let Shape::Object(fields) = shape else { return None };
    fields
        .iter()
        .find(|it| it.name == name)
        .map(|it| joined(path, it.name))
        .or_else(|| fields.iter().find_map(|field| elsewhere(&field.shape, name, &joined(path, field.name))))
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn named(path: &str) -> String {
    if path.is_empty() { "the file".to_owned() } else { format!("`{path}`") }
}
