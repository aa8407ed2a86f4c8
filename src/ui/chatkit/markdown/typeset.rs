//! Insertion of typeset code and formulas into the page.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleDeclaration, Element, Node, Selection};

use crate::model::typeset::{CodeSpan, MathNode, Typeset, is_math_attribute, is_math_element, math_style};

const MATHML: &str = "http://www.w3.org/1998/Math/MathML";

/// Replaces the content of an element and preserves a selection in it.
pub(super) fn put(element: &Element, set: &Typeset) {
    let selected = selected_in(element);
    let parts: Vec<Node> = match set {
        Typeset::Code(spans) => spans.iter().filter_map(code_node).collect(),
        Typeset::Formula(node) => math_node(node).into_iter().collect(),
    };
    if parts.is_empty() {
        return;
    }
    element.set_text_content(None);
    for part in &parts {
        _ = element.append_child(part);
    }
    if let Some((selection, anchor, focus)) = selected
        && let (Some((anchor, from)), Some((focus, to))) = (place_of(&parts, anchor), place_of(&parts, focus))
    {
        _ = selection.set_base_and_extent(&anchor, from, &focus, to);
    }
}

fn code_node(CodeSpan(kind, text): &CodeSpan) -> Option<Node> {
    let Some(name) = kind.name() else { return Some(document().create_text_node(text).into()) };
    let element = document().create_element("span").ok()?;
    _ = element.set_attribute("data-code", name);
    element.set_text_content(Some(text));
    Some(element.into())
}

fn math_node(node: &MathNode) -> Option<Node> {
    let (name, attributes, children) = match node {
        MathNode::Text(text) => return Some(document().create_text_node(text).into()),
        MathNode::Element(name, attributes, children) if is_math_element(name) => (name, attributes, children),
        MathNode::Element(..) => return None,
    };
    let element = document().create_element_ns(Some(MATHML), name).ok()?;
    // The page's policy forbids `style` attributes, but allows scripts to set styles.
    let style = js_sys::Reflect::get(&element, &JsValue::from_str("style")).ok();
    let style = style.filter(JsValue::is_object).map(JsCast::unchecked_into::<CssStyleDeclaration>);
    for (name, value) in attributes {
        match (math_style(name), &style) {
            (Some(property), Some(style)) => _ = style.set_property(property, value),
            (None, _) if is_math_attribute(name) => _ = element.set_attribute(name, value),
            _ => {}
        }
    }
    for child in children {
        _ = element.append_child(&math_node(child)?);
    }
    Some(element.into())
}

/// Returns a selection within an element, as character offsets in its text.
fn selected_in(element: &Element) -> Option<(Selection, u32, u32)> {
    let selection = document().get_selection().ok()??;
    let offset = |node: Option<Node>, at: u32| {
        let node = node.filter(|it| element.contains(Some(it)))?;
        let range = document().create_range().ok()?;
        range.set_start(element, 0).ok()?;
        range.set_end(&node, at).ok()?;
        Some(range.to_string().length())
    };
    let anchor = offset(selection.anchor_node(), selection.anchor_offset())?;
    let focus = offset(selection.focus_node(), selection.focus_offset())?;
    Some((selection, anchor, focus))
}

fn place_of(parts: &[Node], mut offset: u32) -> Option<(Node, u32)> {
    for part in parts {
        let text = part.first_child().unwrap_or_else(|| part.clone());
        let len = js_sys::JsString::from(text.text_content().unwrap_or_default()).length();
        if offset <= len {
            return Some((text, offset));
        }
        offset -= len;
    }
    None
}
