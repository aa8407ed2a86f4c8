//! Reads the types of the wire out of parsed JSON, each by one function.
//!
//! What serde derives for tagged enums and for `flatten` keeps the fields in a form of its own, and is compiled anew for
//! each reader that it may meet; in the wasm that was the largest part that draws nothing. Here text becomes a [`Value`]
//! once, whoever reads it, and everything else is read from that.

use std::collections::BTreeMap;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, Unexpected},
};
use serde_json::{Error, Map, Value};

/// The field that says of which kind an object is.
const TAG: &str = "type";

/// What can be read from parsed JSON.
pub trait FromJson: Sized {
    /// Reads a value.
    ///
    /// # Errors
    /// Says what was expected or which field is missing, in serde's words.
    fn from_json(value: &Value) -> Result<Self, Error>;

    /// Returns what stands for a field that is not there.
    ///
    /// # Errors
    /// It must be there.
    fn missing(name: &'static str) -> Result<Self, Error> {
        Err(Error::missing_field(name))
    }
}

/// Reads with whatever serde reads with.
///
/// # Errors
/// As [`FromJson::from_json`], or the text is no JSON.
pub fn deserialize<'de, T: FromJson, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::from_json(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// The fields of an object.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// Takes an object.
    ///
    /// # Errors
    /// It is none; `expected` says what it should be.
    pub fn of(value: &'a Value, expected: &'static str) -> Result<Self, Error> {
        value.as_object().map(Self).ok_or_else(|| invalid_type(value, expected))
    }

    /// Reads a field.
    ///
    /// # Errors
    /// It is missing or ill-typed.
    pub fn required<T: FromJson>(self, name: &'static str) -> Result<T, Error> {
        self.0.get(name).map_or_else(|| T::missing(name), T::from_json)
    }

    /// Reads a field that has a default.
    ///
    /// # Errors
    /// It is ill-typed.
    pub fn or_default<T: FromJson + Default>(self, name: &str) -> Result<T, Error> {
        self.optional(name).map(Option::unwrap_or_default)
    }

    /// Reads a field that may be missing.
    ///
    /// # Errors
    /// It is ill-typed.
    pub fn optional<T: FromJson>(self, name: &str) -> Result<Option<T>, Error> {
        self.0.get(name).map(T::from_json).transpose()
    }

    /// Returns the kind of the object.
    ///
    /// # Errors
    /// It has none.
    pub fn tag(self) -> Result<&'a str, Error> {
        let tag = self.0.get(TAG).ok_or_else(|| Error::missing_field(TAG))?;
        tag.as_str().ok_or_else(|| invalid_type(tag, "variant identifier"))
    }

    /// Returns the fields that are none of `known`; the kind is the business of whoever chose by it.
    pub fn others(self, known: &[&str]) -> Map<String, Value> {
        let is_other = |name: &str| name != TAG && !known.contains(&name);
        self.0.iter().filter(|(name, _)| is_other(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

fn invalid_type(value: &Value, expected: &str) -> Error {
    let unexpected = match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(it) => Unexpected::Bool(*it),
        Value::Number(it) => it.as_i64().map_or(Unexpected::Float(it.as_f64().unwrap_or(f64::NAN)), Unexpected::Signed),
        Value::String(it) => Unexpected::Str(it),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    };
    Error::invalid_type(unexpected, &expected)
}

/// Lets a type read itself with serde as [`FromJson`] does.
macro_rules! deserialize_from_json {
    ($Name:ident $(<$T:ident>)?) => {
        impl<'de $(, $T: $crate::model::from_json::FromJson)?> serde::Deserialize<'de> for $Name $(<$T>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::model::from_json::deserialize(deserializer)
            }
        }
    };
}

/// Says how a type is read: its field names are those of the wire, unless `as` says another.
///
/// ```text
/// struct Name { must, be_there as "beThere"; may, be, missing; ..all_others }
/// enum Name { "a_kind" => Kind(_), "another" => Another { must; may }, "bare" => Bare, _ => Unknown }
/// word Name { "a_word" => Word }
/// ```
///
/// `struct` and `enum` are objects, the latter with their kind under `type`; a `word` is a string. `_ => Unknown` takes
/// unknown kinds, and `_ => Unknown(_)` keeps whatever could not be read. What is left out does not compile.
macro_rules! from_json {
    (struct $Name:ident $(<$T:ident>)? { $($fields:tt)* }) => {
        impl $(<$T: $crate::model::from_json::FromJson>)? $crate::model::from_json::FromJson for $Name $(<$T>)? {
            fn from_json(value: &serde_json::Value) -> Result<Self, serde_json::Error> {
                let fields = $crate::model::from_json::Fields::of(value, concat!("struct ", stringify!($Name)))?;
                Ok($crate::model::from_json::from_json!(@make fields, Self { $($fields)* }))
            }
        }
        $crate::model::from_json::deserialize_from_json!($Name $(<$T>)?);
    };
    (enum $Name:ident {
        $($tag:literal => $Variant:ident $({ $($fields:tt)* })? $(($inner:tt))?),*
        $(, _ => $Other:ident $(($kept:tt))?)? $(,)?
    }) => {
        impl $crate::model::from_json::FromJson for $Name {
            fn from_json(value: &serde_json::Value) -> Result<Self, serde_json::Error> {
                // Not called: it only has to know every variant.
                const _: fn(&$Name) = |it| match it { $($Name::$Variant { .. } => {})* $($Name::$Other { .. } => {})? };
                let read = || {
                    let expected = concat!("internally tagged enum ", stringify!($Name));
                    let fields = $crate::model::from_json::Fields::of(value, expected)?;
                    match fields.tag()? {
                        $($tag => Ok($crate::model::from_json::from_json!(
                            @variant value, fields, $Variant $({ $($fields)* })? $(($inner))?
                        )),)*
                        _ => $crate::model::from_json::from_json!(
                            @unknown fields.tag()?, [$($tag),*] $($Other $(($kept))?)?
                        ),
                    }
                };
                $crate::model::from_json::from_json!(@rescue read(), value $(, $Other $(($kept))?)?)
            }
        }
        $crate::model::from_json::deserialize_from_json!($Name);
    };
    (word $Name:ident { $($word:literal => $Variant:ident),* $(,)? }) => {
        impl $crate::model::from_json::FromJson for $Name {
            fn from_json(value: &serde_json::Value) -> Result<Self, serde_json::Error> {
                const _: fn(&$Name) = |it| match it { $($Name::$Variant => {})* };
                match String::from_json(value)?.as_str() {
                    $($word => Ok(Self::$Variant),)*
                    word => $crate::model::from_json::from_json!(@unknown word, [$($word),*]),
                }
            }
        }
        $crate::model::from_json::deserialize_from_json!($Name);
    };

    (@make $from:ident, Self $(:: $Variant:ident)? {
        $($must:ident $(as $must_name:literal)?),*
        $(; $($may:ident $(as $may_name:literal)?),*)?
        ; ..$others:ident
    }) => {
        Self $(:: $Variant)? {
            $($must: $from.required($crate::model::from_json::from_json!(@name $must $($must_name)?))?,)*
            $($($may: $from.or_default($crate::model::from_json::from_json!(@name $may $($may_name)?))?,)*)?
            $others: $from.others(&[
                $($crate::model::from_json::from_json!(@name $must $($must_name)?),)*
                $($($crate::model::from_json::from_json!(@name $may $($may_name)?),)*)?
            ]),
        }
    };
    (@make $from:ident, Self $(:: $Variant:ident)? {
        $($must:ident $(as $must_name:literal)?),*
        $(; $($may:ident $(as $may_name:literal)?),*)?
    }) => {
        Self $(:: $Variant)? {
            $($must: $from.required($crate::model::from_json::from_json!(@name $must $($must_name)?))?,)*
            $($($may: $from.or_default($crate::model::from_json::from_json!(@name $may $($may_name)?))?,)*)?
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };

    (@variant $value:ident, $from:ident, $Variant:ident) => { Self::$Variant };
    (@variant $value:ident, $from:ident, $Variant:ident (_)) => {
        Self::$Variant($crate::model::from_json::FromJson::from_json($value)?)
    };
    (@variant $value:ident, $from:ident, $Variant:ident { $($fields:tt)* }) => {
        $crate::model::from_json::from_json!(@make $from, Self::$Variant { $($fields)* })
    };

    (@unknown $tag:expr, [$($known:literal),*] $Other:ident) => { Ok(Self::$Other) };
    (@unknown $tag:expr, [$($known:literal),*] $($Other:ident (_))?) => {
        Err(serde::de::Error::unknown_variant($tag, &[$($known),*]))
    };

    (@rescue $read:expr, $value:ident, $Other:ident (_)) => {
        $read.or_else(|_: serde_json::Error| Ok(Self::$Other($crate::model::from_json::FromJson::from_json($value)?)))
    };
    (@rescue $read:expr, $value:ident $(, $Other:ident)?) => { $read };
}

pub(crate) use {deserialize_from_json, from_json};

impl FromJson for Value {
    fn from_json(value: &Value) -> Result<Self, Error> {
        Ok(value.clone())
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: &Value) -> Result<Self, Error> {
        if value.is_null() { Ok(None) } else { T::from_json(value).map(Some) }
    }

    fn missing(_: &'static str) -> Result<Self, Error> {
        Ok(None)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: &Value) -> Result<Self, Error> {
        value.as_array().ok_or_else(|| invalid_type(value, "a sequence"))?.iter().map(T::from_json).collect()
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn from_json(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "a map")?.0.iter();
        fields.map(|(name, value)| Ok((name.clone(), T::from_json(value)?))).collect()
    }
}

impl FromJson for Map<String, Value> {
    fn from_json(value: &Value) -> Result<Self, Error> {
        Fields::of(value, "a map").map(|fields| fields.0.clone())
    }
}

macro_rules! from_json_by_serde {
    ($($T:ty),*) => {$(
        impl FromJson for $T {
            fn from_json(value: &Value) -> Result<Self, Error> {
                Self::deserialize(value)
            }
        }
    )*};
}

from_json_by_serde!(bool, u32, u64, usize, f64, String, super::Timestamp);
