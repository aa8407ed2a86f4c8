//! Text components.

use super::{super::style, DrawContext};
use crate::ui::{chatkit::markdown, tree::Element};

/// `Text`, optionally editable.
pub(super) fn text(ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
    if let Some(editable) = props.part("editable").filter(|it| it.text("name").is_some()) {
        return super::fields::editable(ctx, editable);
    }
    let element = with_text_style(Element::of("p", "widget-text"), ctx)
        .flag("data-italic", props.is("italic"))
        .flag("data-struck", props.is("lineThrough"));
    let element = match props.get("width").and_then(style::length) {
        Some(width) => element.property("width", width),
        None => element,
    };
    let element = match props.count("minLines") {
        Some(lines) => element.property("min-height", format!("{lines}lh")),
        None => element,
    };
    element.text(props.text("value").unwrap_or_default())
}

/// `Title`: a heading below those of the page.
pub(super) fn title(ctx: DrawContext<'_>) -> Element {
    with_text_style(Element::of("h3", "widget-title"), ctx).text(ctx.props.text("value").unwrap_or_default())
}

/// `Caption`: small text.
pub(super) fn caption(ctx: DrawContext<'_>) -> Element {
    with_text_style(Element::of("p", "widget-caption"), ctx).text(ctx.props.text("value").unwrap_or_default())
}

/// `Label`: the label of the field `fieldName`.
pub(super) fn label(ctx: DrawContext<'_>) -> Element {
    let name = ctx.props.text("fieldName");
    let element = Element::of("label", "widget-label")
        .maybe("for", name.map(|it| ctx.id(it)))
        .maybe("id", name.map(|it| ctx.label_id(it)));
    with_text_style(element, ctx).text(ctx.props.text("value").unwrap_or_default())
}

/// `Markdown`.
pub(super) fn markdown(ctx: DrawContext<'_>) -> Element {
    Element::of("div", "markdown").children(markdown::elements(ctx.props.text("value").unwrap_or_default()))
}

/// `Badge`: a coloured word.
pub(super) fn badge(ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
    Element::of("span", "widget-badge")
        .attribute("data-color", props.text("color").unwrap_or("secondary"))
        .attribute("data-variant", props.text("variant").unwrap_or("soft"))
        .attribute("data-size", props.text("size").unwrap_or("sm"))
        .flag("data-pill", props.get("pill").is_none() || props.is("pill"))
        .text(props.text("label").unwrap_or_default())
}

/// Sets the common attributes of texts: colour, weight, size and truncation.
fn with_text_style(element: Element, ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
    let mut element = element
        .maybe("data-size", props.text("size"))
        .maybe("data-weight", props.text("weight"))
        .maybe("data-align", props.text("textAlign"))
        .flag("data-truncate", props.is("truncate"));
    if let Some(colour) = props.get("color").and_then(style::colour) {
        element = element.property("color", colour);
    }
    if let Some(lines) = props.count("maxLines") {
        element = element.flag("data-clamped", true).property("-webkit-line-clamp", lines.to_string());
    }
    element
}
