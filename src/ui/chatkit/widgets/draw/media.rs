//! Pictures, large and small.

use super::{super::style, Here};
use crate::ui::{components::sprite::picture, tree::Element};

/// `Icon`: one of the protocol's; an unknown name draws nothing.
pub(super) fn icon(here: Here<'_>) -> Element {
    let props = here.props;
    let element = Element::of("span", "widget-icon").maybe("data-size", props.text("size"));
    let element = match props.get("color").and_then(style::colour) {
        Some(colour) => element.property("color", colour),
        None => element,
    };
    element.maybe_child(props.text("name").and_then(picture))
}

/// `Image`. Without `alt` it is decoration.
pub(super) fn image(here: Here<'_>) -> Element {
    let props = here.props;
    let src = props.text("src").filter(|it| is_image(it));
    let mut element = Element::of("img", "widget-image")
        // Both first: they count from when `src` is set.
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
    style::boxed(element, props)
}

/// Whether it can be a picture's address: of the web, of this site, or the picture itself.
pub(super) fn is_image(src: &str) -> bool {
    ["https://", "http://", "data:image/"].iter().any(|it| src.starts_with(it))
        || (src.starts_with('/') && !src.starts_with("//"))
}
