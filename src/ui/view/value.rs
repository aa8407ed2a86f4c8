//! What an attribute says.

use leptos::{oco::Oco, prelude::*};

use crate::ui::live::Live;

/// What an attribute or a property is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// The attribute is not there; a property is `false`.
    Absent,
    /// The attribute says something by being there; a property is `true`.
    Present,
    /// A text.
    Text(Oco<'static, str>),
}

/// Where that comes from.
pub(crate) enum Source {
    Fixed(Value),
    Live(Live<Value>),
}

impl Source {
    /// What it says now.
    pub(super) fn get(&self) -> Value {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Live(live) => live(),
        }
    }
}

impl From<bool> for Value {
    fn from(is_present: bool) -> Self {
        match is_present {
            true => Self::Present,
            false => Self::Absent,
        }
    }
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::Text(Oco::Borrowed(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

macro_rules! from_number {
    ($($number:ty),*) => {
        $(
            impl From<$number> for Value {
                fn from(number: $number) -> Self {
                    Self::from(number.to_string())
                }
            }
        )*
    };
}

from_number!(u8, u32, u64, f64);

/// What an attribute or a property can be given.
pub(crate) trait IntoSource {
    /// What it says, for good or from now on.
    fn into_source(self) -> Source;
}

impl<T: Into<Value>> IntoSource for T {
    fn into_source(self) -> Source {
        Source::Fixed(self.into())
    }
}

impl<T: Into<Value> + 'static> IntoSource for Live<T> {
    fn into_source(self) -> Source {
        Source::Live(Box::new(move || self().into()))
    }
}

impl<T: Clone + Into<Value> + Send + Sync + 'static> IntoSource for Signal<T> {
    fn into_source(self) -> Source {
        Source::Live(Box::new(move || self.get().into()))
    }
}

impl<T: Clone + Into<Value> + Send + Sync + 'static> IntoSource for RwSignal<T> {
    fn into_source(self) -> Source {
        Source::Live(Box::new(move || self.get().into()))
    }
}
