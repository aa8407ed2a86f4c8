//! Takes over what the server wrote.

use leptos::tachys::renderer::{CastFrom, Rndr, types};
use wasm_bindgen::JsCast;

use super::{Element, Node, patch};

/// The element that the server wrote for it. One that is not what it should be is replaced, with all that it holds.
pub(super) fn hydrate(it: &Element, node: types::Node) -> types::Element {
    let element = types::Element::cast_from(node.clone());
    if let Some(element) = element.filter(|element| element.local_name() == it.tag && take_over(it, element)) {
        return element;
    }
    let new = patch::build(it, None);
    if let Some(parent) = Rndr::get_parent(&node).and_then(types::Element::cast_from) {
        Rndr::insert_node(&parent, &new, Some(&node));
        Rndr::remove(&node);
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
