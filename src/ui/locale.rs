//! Formatting in the browser's language.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// Returns the browser's language (BCP 47).
pub fn language() -> String {
    window().navigator().language().unwrap_or_else(|| "en".to_owned())
}

/// Creates options of `Intl.DateTimeFormat` (ECMA-402).
pub fn options<'a>(fields: impl IntoIterator<Item = &'a (&'a str, &'a str)>) -> Object {
    let options = Object::new();
    for (name, value) in fields {
        _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    options
}

/// Returns a formatter of days in milliseconds of UTC (ECMA-402, `Intl.DateTimeFormat`). It uses the Gregorian
/// calendar in every language, as HTML date fields do.
pub fn day_format(fields: &[(&str, &str)]) -> impl Fn(f64) -> String {
    let always = [("timeZone", "UTC"), ("calendar", "gregory")];
    let options = options(fields.iter().chain(&always));
    let write = Intl::DateTimeFormat::new(&languages(), &options).format();
    move |millis| {
        let date = Date::new(&millis.into());
        write.call1(&JsValue::UNDEFINED, &date).ok().and_then(|it| it.as_string()).unwrap_or_default()
    }
}

/// Returns the first day of the week (ECMA-402, `Intl.Locale.prototype.getWeekInfo`): Monday is 1, Sunday is 7.
/// Defaults to Monday in browsers without this API.
pub fn first_weekday() -> i64 {
    let find = || -> Result<JsValue, JsValue> {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into())?;
        let kind = Reflect::get(&intl, &"Locale".into())?.dyn_into::<Function>()?;
        let locale = Reflect::construct(&kind, &languages())?;
        let info = match Reflect::get(&locale, &"getWeekInfo".into())?.dyn_into::<Function>() {
            Ok(ask) => ask.call0(&locale)?,
            Err(_) => Reflect::get(&locale, &"weekInfo".into())?,
        };
        Reflect::get(&info, &"firstDay".into())
    };
    #[allow(clippy::cast_possible_truncation, reason = "a number from 1 to 7")]
    find().ok().and_then(|it| it.as_f64()).map_or(1, |it| it as i64)
}

fn languages() -> Array {
    Array::of1(&language().into())
}
