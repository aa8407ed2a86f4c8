//! Layout components.

use super::{super::style, DrawContext};
use crate::ui::tree::Element;

/// `Box`, `Row`, `Col`: children in a row or column.
pub(super) fn flex(ctx: DrawContext<'_>) -> Element {
    let class = match (ctx.props.kind(), ctx.props.text("direction")) {
        ("Row", _) | ("Box", Some("row")) => "widget-row",
        _ => "widget-col",
    };
    let element = style::with_layout(style::with_box(Element::of("div", class), ctx.props), ctx.props);
    element.children(ctx.children())
}

/// `Form`: its field values are added to each of its actions. Forms do not nest.
pub(super) fn form(ctx: DrawContext<'_>) -> Element {
    let class = if ctx.props.text("direction") == Some("row") { "widget-row" } else { "widget-col" };
    let tag = if ctx.is_in_form { "div" } else { "form" };
    let element = Element::of(tag, class).attribute("data-submit", ctx.path.as_str());
    let element = style::with_layout(style::with_box(element, ctx.props), ctx.props);
    element.children(DrawContext { is_in_form: true, ..ctx }.children())
}

/// `Spacer`: flexible space.
pub(super) fn spacer(ctx: DrawContext<'_>) -> Element {
    let element = Element::of("div", "widget-spacer");
    match ctx.props.get("minSize").and_then(style::length) {
        Some(size) => element.property("min-width", size.clone()).property("min-height", size),
        None => element,
    }
}

/// `Divider`: a horizontal line.
pub(super) fn divider(ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
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
pub(super) fn transition(ctx: DrawContext<'_>) -> Option<Element> {
    let child = ctx.children().into_iter().next()?;
    Some(Element::of("div", "widget-transition").child(child))
}
