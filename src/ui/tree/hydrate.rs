//! Takes over what the server wrote.

use leptos::tachys::renderer::{Rndr, types};
use wasm_bindgen::JsCast;

use super::{Element, Node, Place, patch};

/// The element that the server wrote for it. One that is not what it should be is replaced, with all that it holds.
pub(super) fn hydrate(it: &Element, place: &Place) -> types::Element {
    let written = place.written(it.tag);
    if let Some(element) = written.clone().filter(|element| take_over(it, element)) {
        return element;
    }
    let new = patch::build(it, None);
    place.put(&new);
    if let Some(other) = written {
        Rndr::remove(&other);
    }
    new
}

fn take_over(it: &Element, element: &types::Element) -> bool {
    patch::set_properties(element, it);
    let mut next = element.first_child();
    let are_same = it.children.iter().all(|child| {
        let Some(here) = next.take() else { return false };
        next = here.next_sibling();
        match child {
            Node::Text(_) => here.is_instance_of::<web_sys::Text>(),
            Node::Element(child) => {
                here.dyn_ref::<types::Element>().is_some_and(|it| it.local_name() == child.tag && take_over(child, it))
            }
        }
    });
    are_same && next.is_none()
}
