//! Buttons.

use super::{
    super::action::{ActionConfig, LoadingScope},
    DrawContext,
};
use crate::ui::{components::sprite, tree::Element, words::widgets as words};

/// `Button`.
pub(super) fn button(ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
    let is_primary = props.text("style") == Some("primary");
    let label = props.text("label").unwrap_or_default();
    let icons = [props.text("iconStart"), props.text("iconEnd")].map(|name| name.and_then(sprite::picture));
    let [start, end] = icons;
    let name = label.is_empty().then(|| props.text("iconStart").or(props.text("iconEnd")).unwrap_or(words::BUTTON));
    let element = element(ctx, if props.is("submit") { "submit" } else { "button" })
        .attribute("data-color", props.text("color").unwrap_or(if is_primary { "primary" } else { "secondary" }))
        .attribute("data-variant", props.text("variant").unwrap_or(if is_primary { "solid" } else { "soft" }))
        .attribute("data-size", props.text("size").unwrap_or("lg"))
        .maybe("data-icon-size", props.text("iconSize"))
        .maybe("aria-label", name)
        .maybe("title", name)
        .flag("data-pill", props.is("pill"))
        .flag("data-uniform", props.is("uniform"))
        .flag("data-block", props.is("block"));
    let element = match ActionConfig::read(props, "onClickAction", LoadingScope::Component) {
        Some(_) => element.attribute("data-click", ctx.path.as_str()),
        None => element,
    };
    let is_disabled = props.is("disabled");
    let element = if is_disabled { element.flag("disabled", true) } else { element };
    element.maybe_child(start).maybe_child(label_of(label)).maybe_child(end)
}

/// A card button, `confirm` or `cancel`: `{label, action}`.
pub(super) fn card_button(ctx: DrawContext<'_>, field: &'static str, is_submit: bool) -> Option<Element> {
    let part = ctx.props.part(field)?;
    let is_confirm = field == "confirm";
    let element = element(ctx, if is_submit { "submit" } else { "button" })
        .attribute("data-color", if is_confirm { "primary" } else { "secondary" })
        .attribute("data-variant", if is_confirm { "solid" } else { "soft" })
        .attribute("data-size", "lg");
    let element = if is_submit {
        element
    } else {
        element.attribute("data-card", field).attribute("data-click", ctx.path.as_str())
    };
    Some(element.maybe_child(label_of(part.text("label").unwrap_or(words::BUTTON))))
}

/// Creates a button. A busy button keeps the focus, so it is not disabled.
fn element(ctx: DrawContext<'_>, kind: &str) -> Element {
    let is_inert = ctx.around.is_inert;
    Element::of("button", "widget-button")
        .attribute("type", kind)
        .flag("data-busy", ctx.is_busy())
        .maybe("aria-busy", ctx.is_busy().then_some("true"))
        .maybe("aria-disabled", is_inert.then_some("true"))
}

fn label_of(label: &str) -> Option<Element> {
    (!label.is_empty()).then(|| Element::new("span").text(label))
}
