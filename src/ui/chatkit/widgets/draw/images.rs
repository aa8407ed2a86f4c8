//! Icons and images.

use super::{super::style, DrawContext};
use crate::ui::{components::sprite::picture, tree::Element};

/// `Icon`: a ChatKit icon. Unknown names render nothing.
pub(super) fn icon(ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
    let element = Element::of("span", "widget-icon").maybe("data-size", props.text("size"));
    let element = match props.get("color").and_then(style::colour) {
        Some(colour) => element.property("color", colour),
        None => element,
    };
    element.maybe_child(props.text("name").and_then(picture))
}

/// `Image`. Without `alt` it is decorative.
pub(super) fn image(ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
    let src = props.text("src").filter(|it| is_image(it));
    let mut element = Element::of("img", "widget-image")
        // Both must precede `src` to take effect.
        .attribute("loading", "lazy")
        .attribute("referrerpolicy", "no-referrer")
        .attribute("alt", props.text("alt").unwrap_or_default())
        .flag("data-frame", props.is("frame"))
        .flag("data-flush", props.is("flush"))
        .maybe("src", src);
    if let Some(fit) = props.text("fit") {
        element = element.property("object-fit", fit);
    }
    if let Some(position) = props.text("position") {
        element = element.property("object-position", position);
    }
    style::with_box(element, props)
}

/// True if an image may be loaded from this address: http(s), a path on this origin, or a data URL.
pub(super) fn is_image(src: &str) -> bool {
    ["https://", "http://", "data:image/"].iter().any(|it| src.starts_with(it))
        || (src.starts_with('/') && !src.starts_with("//"))
}
