//! Elements in the document: built, taken over from the server, and patched.

use leptos::tachys::renderer::{Rndr, types};
use wasm_bindgen::JsCast;

use super::{Element, Node};

/// An element, in its parent's namespace unless it opens another.
pub(super) fn build(it: &Element, parent: Option<&str>) -> types::Element {
    let namespace = match it.tag {
        "svg" => Some("http://www.w3.org/2000/svg"),
        "math" => Some("http://www.w3.org/1998/Math/MathML"),
        _ => parent,
    };
    let element = Rndr::create_element(it.tag, namespace);
    for (name, value) in &it.attributes {
        Rndr::set_attribute(&element, name, value);
    }
    set_properties(&element, it);
    for child in &it.children {
        Rndr::insert_node(&element, &build_node(child, namespace), None);
    }
    element
}

fn build_node(it: &Node, namespace: Option<&str>) -> types::Node {
    match it {
        Node::Text(text) => Rndr::create_text_node(text).into(),
        Node::Element(child) => build(child, namespace).into(),
    }
}

/// Sets the CSS properties, which the HTML does not carry.
fn set_properties(element: &types::Element, it: &Element) {
    let Some(style) = (!it.properties.is_empty()).then(|| style_of(element)).flatten() else { return };
    for (name, value) in &it.properties {
        _ = style.set_property(name, value);
    }
}

/// True if the element of one can be patched into the other.
pub(super) fn is_same_kind(old: &Element, new: &Element) -> bool {
    old.tag == new.tag && old.key == new.key
}

/// Changes the attributes, properties and children that differ, and nothing else.
pub(super) fn patch(element: &types::Element, old: &Element, new: &Element) {
    if old == new {
        return;
    }
    for (name, value) in &new.attributes {
        if !old.attributes.iter().any(|it| it.0 == *name && it.1 == *value) {
            Rndr::set_attribute(element, name, value);
        }
    }
    for (name, _) in &old.attributes {
        if !new.attributes.iter().any(|it| it.0 == *name) {
            Rndr::remove_attribute(element, name);
        }
    }
    if old.properties != new.properties {
        if let Some(style) = style_of(element) {
            old.properties.iter().for_each(|it| _ = style.remove_property(it.0));
        }
        set_properties(element, new);
    }
    patch_children(element, old, new);
}

/// Checks the server's element against the data and sets its CSS properties. False if they differ.
pub(super) fn take_over(it: &Element, element: &types::Element) -> bool {
    set_properties(element, it);
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

fn patch_children(element: &types::Element, old: &Element, new: &Element) {
    let namespace = element.namespace_uri();
    let mut next = element.first_child();
    for (index, child) in new.children.iter().enumerate() {
        let here = next;
        next = here.as_ref().and_then(|it| it.next_sibling());
        match (old.children.get(index), child, &here) {
            (Some(Node::Text(before)), Node::Text(text), Some(here)) => {
                if before != text {
                    here.set_text_content(Some(text));
                }
            }
            (Some(Node::Element(before)), Node::Element(after), Some(here)) if is_same_kind(before, after) => {
                if let Some(here) = here.dyn_ref() {
                    patch(here, before, after);
                }
            }
            (_, _, here) => {
                Rndr::insert_node(element, &build_node(child, namespace.as_deref()), here.as_ref());
                if let Some(here) = here {
                    Rndr::remove(here);
                }
            }
        }
    }
    while let Some(rest) = next {
        next = rest.next_sibling();
        Rndr::remove(&rest);
    }
}

fn style_of(element: &types::Element) -> Option<web_sys::CssStyleDeclaration> {
    match element.dyn_ref::<web_sys::HtmlElement>() {
        Some(it) => Some(it.style()),
        None => element.dyn_ref::<web_sys::SvgElement>().map(web_sys::SvgElement::style),
    }
}
