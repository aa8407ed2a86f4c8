//! The path of a component in a widget, by which elements refer to it.

use serde_json::Value;

use super::props::Props;

/// Child indices from the root to a component, such as `0.2`. The path of the root is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ComponentPath(String);

impl ComponentPath {
    pub(super) fn child(&self, number: usize) -> Self {
        Self(if self.0.is_empty() { number.to_string() } else { format!("{}.{number}", self.0) })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the component at a path.
    pub(super) fn find<'a>(path: &str, root: &'a Value) -> Option<Props<'a>> {
        let mut node = root;
        for number in path.split('.').filter(|it| !it.is_empty()) {
            node = Props::of(node)?.children().get(number.parse::<usize>().ok()?)?;
        }
        Props::of(node)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_to_its_component_or_nowhere() {
        let root = json!({ "type": "Card", "children": [
            { "type": "Row", "children": [{ "type": "Text", "value": "a" }] },
            { "type": "Transition", "children": { "type": "Text", "value": "b" } },
        ] });
        let value = |path: &ComponentPath| ComponentPath::find(path.as_str(), &root).and_then(|it| it.text("value"));
        assert_eq!(ComponentPath::find("", &root).map(Props::kind), Some("Card"));
        assert_eq!(value(&ComponentPath::default().child(0).child(0)), Some("a"));
        assert_eq!(value(&ComponentPath::default().child(1).child(0)), Some("b"));
        for path in ["2", "0.7", "0.0.0", "x", "-1", "99999999999999999999999"] {
            assert!(ComponentPath::find(path, &root).is_none(), "{path}");
        }
    }
}
