//! Fields of a component. Fields of a wrong type count as missing.

use serde_json::{Map, Value};

/// A component of a widget.
#[derive(Clone, Copy)]
pub(super) struct Props<'a>(&'a Map<String, Value>);

impl<'a> Props<'a> {
    pub(super) fn of(node: &'a Value) -> Option<Self> {
        node.as_object().map(Self)
    }

    /// Returns the component's type.
    pub(super) fn kind(self) -> &'a str {
        self.text("type").unwrap_or_default()
    }

    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|it| !it.is_null())
    }

    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    pub(super) fn is(self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    pub(super) fn count(self, name: &str) -> Option<u64> {
        self.get(name)?.as_u64()
    }

    /// Returns a field that is an object.
    pub(super) fn part(self, name: &str) -> Option<Self> {
        Self::of(self.get(name)?)
    }

    /// Returns the objects of a field that is a list.
    pub(super) fn parts(self, name: &str) -> impl Iterator<Item = Self> {
        self.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Self::of)
    }

    /// Returns the children. `children` may be a list or a single component.
    pub(super) fn children(self) -> &'a [Value] {
        match self.get("children") {
            Some(Value::Array(children)) => children,
            Some(child @ Value::Object(_)) => std::slice::from_ref(child),
            _ => &[],
        }
    }
}
