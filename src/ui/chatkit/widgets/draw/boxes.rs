//! Layout components.

use super::{super::style, Here};
use crate::ui::tree::Element;

/// `Box`, `Row`, `Col`: children in a row or column.
pub(super) fn flex(here: Here<'_>) -> Element {
    let class = match (here.props.kind(), here.props.text("direction")) {
        ("Row", _) | ("Box", Some("row")) => "widget-row",
        _ => "widget-col",
    };
    let element = style::laid_out(style::boxed(Element::of("div", class), here.props), here.props);
    element.children(here.children())
}

/// `Form`: its field values are added to each of its actions. Forms do not nest.
pub(super) fn form(here: Here<'_>) -> Element {
    let class = if here.props.text("direction") == Some("row") { "widget-row" } else { "widget-col" };
    let tag = if here.is_in_form { "div" } else { "form" };
    let element = Element::of(tag, class).attribute("data-submit", here.path.as_str());
    let element = style::laid_out(style::boxed(element, here.props), here.props);
    element.children(Here { is_in_form: true, ..here }.children())
}

/// `Spacer`: flexible space.
pub(super) fn spacer(here: Here<'_>) -> Element {
    let element = Element::of("div", "widget-spacer");
    match here.props.get("minSize").and_then(style::length) {
        Some(size) => element.property("min-width", size.clone()).property("min-height", size),
        None => element,
    }
}

/// `Divider`: a horizontal line.
pub(super) fn divider(here: Here<'_>) -> Element {
    let props = here.props;
    let mut element = Element::of("hr", "widget-divider").flag("data-flush", props.is("flush"));
    if let Some(colour) = props.get("color").and_then(style::colour) {
        element = element.property("border-color", colour);
    }
    if let Some(size) = props.get("size").and_then(style::length) {
        element = element.property("border-top-width", size);
    }
    if let Some(space) = props.get("spacing").and_then(style::space) {
        element = element.property("margin-block", space);
    }
    element
}

/// `Transition`: a component that fades in when it replaces another one.
pub(super) fn transition(here: Here<'_>) -> Option<Element> {
    let child = here.children().into_iter().next()?;
    Some(Element::of("div", "widget-transition").child(child))
}
