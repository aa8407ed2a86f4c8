//! The data.

/// An element of HTML, or within an `svg` or `math` of SVG or MathML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(super) tag: &'static str,
    /// Two elements with different keys are never made one of the other.
    pub(super) key: String,
    pub(super) attributes: Vec<(&'static str, String)>,
    /// CSS properties that no class can have. They are set by script, because the pages' policy forbids `style="…"`.
    pub(super) properties: Vec<(&'static str, String)>,
    pub(super) children: Vec<Node>,
}

/// A child of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// A text; never empty, and never beside another, because a browser that reads HTML would make one of the two.
    Text(String),
    /// An element.
    Element(Element),
}

impl Element {
    pub(crate) fn new(tag: &'static str) -> Self {
        Self { tag, key: String::new(), attributes: Vec::new(), properties: Vec::new(), children: Vec::new() }
    }

    /// An element of a class.
    pub(crate) fn of(tag: &'static str, class: &str) -> Self {
        Self::new(tag).class(class)
    }

    pub(crate) fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    pub(crate) fn class(self, class: &str) -> Self {
        self.attribute("class", class)
    }

    /// Each name once.
    pub(crate) fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    pub(crate) fn maybe(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.attribute(name, value),
            None => self,
        }
    }

    /// An attribute that says something by being there.
    pub(crate) fn flag(self, name: &'static str, is_set: bool) -> Self {
        self.maybe(name, is_set.then_some(""))
    }

    pub(crate) fn property(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.properties.push((name, value.into()));
        self
    }

    pub(crate) fn child(mut self, child: Self) -> Self {
        self.children.push(Node::Element(child));
        self
    }

    pub(crate) fn maybe_child(self, child: Option<Self>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    pub(crate) fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children.into_iter().map(Node::Element));
        self
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        match self.children.last_mut() {
            _ if text.is_empty() => {}
            Some(Node::Text(before)) => before.push_str(text),
            _ => self.children.push(Node::Text(text.to_owned())),
        }
        self
    }
}
