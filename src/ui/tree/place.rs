//! Where hydration has got to, and what the server wrote there.

use leptos::tachys::{
    hydration::Cursor,
    renderer::{CastFrom, Rndr, types},
    view::{Position, PositionState},
};

/// The place of the next element.
pub(crate) struct Place {
    parent: Option<types::Node>,
    next: Option<types::Node>,
}

impl Place {
    pub(crate) fn of(cursor: &Cursor, position: &PositionState) -> Self {
        let here = cursor.current();
        match position.get() {
            Position::FirstChild => Self { next: Rndr::first_child(&here), parent: Some(here) },
            Position::Current => Self { parent: Rndr::get_parent(&here), next: Some(here) },
            _ => Self { parent: Rndr::get_parent(&here), next: Rndr::next_sibling(&here) },
        }
    }

    /// The element that the server wrote: what stands before it is not ours, such as what an extension of the browser
    /// put there, and stays.
    pub(crate) fn written(&self, tag: &str) -> Option<types::Element> {
        let nodes = std::iter::successors(self.next.clone(), Rndr::next_sibling);
        nodes.filter_map(types::Element::cast_from).find(|it| it.local_name() == tag)
    }

    /// Puts an element there that the server did not write.
    pub(crate) fn put(&self, element: &types::Element) {
        if let Some(parent) = self.parent.clone().and_then(types::Element::cast_from) {
            Rndr::insert_node(&parent, element, self.next.as_ref());
        }
    }

    /// Goes on behind an element.
    pub(crate) fn leave(element: &types::Element, cursor: &Cursor, position: &PositionState) {
        cursor.set(element.clone().into());
        position.set(Position::NextChild);
    }
}
