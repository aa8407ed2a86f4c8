//! How the browser's owner writes dates.

use js_sys::{Object, Reflect};
use leptos::prelude::*;

/// The browser's language (BCP 47).
pub fn language() -> String {
    window().navigator().language().unwrap_or_else(|| "en".to_owned())
}

/// Options of `Intl.DateTimeFormat` (ECMA-402).
pub fn options<'a>(fields: impl IntoIterator<Item = &'a (&'a str, &'a str)>) -> Object {
    let options = Object::new();
    for (name, value) in fields {
        _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    options
}
