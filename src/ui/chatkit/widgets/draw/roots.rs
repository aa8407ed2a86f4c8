//! Root components and the rows of a `ListView`.

use super::{
    super::{background::with_background, style},
    DrawContext, buttons, images,
};
use crate::ui::{components::sprite, tree::Element, words::widgets as words};

/// Initial number of rows of a list with the limit `auto`.
const SHOWN_BY_DEFAULT: usize = 5;

/// `Card`: a frame with an optional status above and two buttons below.
pub(super) fn card(ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
    let is_form = props.is("asForm");
    let confirm = buttons::card_button(ctx, "confirm", is_form);
    let cancel = buttons::card_button(ctx, "cancel", false);
    let buttons = (confirm.is_some() || cancel.is_some())
        .then(|| Element::of("div", "widget-card__buttons").maybe_child(cancel).maybe_child(confirm));
    let children = DrawContext { is_in_form: is_form || ctx.is_in_form, ..ctx }.children();
    let body = Element::of("div", "widget-card__body");
    let body = match props.get("padding").and_then(style::space) {
        Some(padding) => body.property("--inset", padding),
        None => style::with_padding(body, props),
    };
    let body = body.children(children);
    let root = root(if is_form && !ctx.is_in_form { "form" } else { "div" }, "widget-card", ctx)
        .attribute("data-size", props.text("size").unwrap_or("md"));
    let root = if is_form { root.attribute("data-submit", ctx.path.as_str()) } else { root };
    let root = with_background(root, props);
    let status = status(ctx);
    if props.is("collapsed") {
        let summary = Element::of("summary", "widget-card__summary")
            .maybe_child(status)
            .child(Element::new("span").text(words::SHOW_CARD));
        return root.child(Element::new("details").child(summary).child(body).maybe_child(buttons));
    }
    root.maybe_child(status).child(body).maybe_child(buttons)
}

/// `ListView`: rows. Those beyond its limit are shown on demand.
pub(super) fn list_view(ctx: DrawContext<'_>) -> Element {
    let rows = ctx.children();
    let limit = match ctx.props.count("limit") {
        Some(limit) if !ctx.around.is_expanded => usize::try_from(limit).unwrap_or(usize::MAX).max(1),
        None if !ctx.around.is_expanded && ctx.props.text("limit") == Some("auto") => SHOWN_BY_DEFAULT,
        _ => usize::MAX,
    };
    let n_hidden = rows.len().saturating_sub(limit);
    let more = (n_hidden > 0).then(|| {
        Element::of("button", "widget-list__more")
            .attribute("type", "button")
            .flag("data-more", true)
            .text(&words::show_more(n_hidden))
    });
    let rows = rows
        .into_iter()
        .enumerate()
        .map(|(number, row)| Element::of("li", "widget-list__row").flag("data-behind", number >= limit).child(row));
    root("div", "widget-list", ctx)
        .maybe_child(status(ctx))
        .child(Element::of("ul", "widget-list__rows").attribute("role", "list").children(rows))
        .maybe_child(more)
}

/// `ListViewItem`: a row that may act as a button.
pub(super) fn list_view_item(ctx: DrawContext<'_>) -> Element {
    let has_action = ctx.props.part("onClickAction").is_some();
    // Buttons must not contain buttons, so the row is a button by its role only.
    let element = Element::of("div", "widget-item");
    let element = if has_action {
        element
            .attribute("role", "button")
            .attribute("tabindex", "0")
            .attribute("data-click", ctx.path.as_str())
            .flag("data-busy", ctx.is_busy())
            .maybe("aria-disabled", ctx.around.is_inert.then_some("true"))
    } else {
        element
    };
    style::with_layout(element, ctx.props).children(ctx.children())
}

/// `Basic`: a root without a frame.
pub(super) fn basic(ctx: DrawContext<'_>) -> Element {
    let class = if ctx.props.text("direction") == Some("row") { "widget-row" } else { "widget-col" };
    let element = style::with_layout(root("div", class, ctx), ctx.props);
    let element = match ctx.props.get("padding").and_then(style::space) {
        Some(padding) => element.property("padding", padding),
        None => style::with_padding(element, ctx.props),
    };
    element.children(ctx.children())
}

fn root(tag: &'static str, class: &str, ctx: DrawContext<'_>) -> Element {
    let scheme = ctx.props.text("theme").filter(|it| matches!(*it, "light" | "dark"));
    Element::of(tag, class).maybe("data-scheme", scheme).maybe("aria-busy", ctx.is_busy().then_some("true"))
}

/// Renders a status: `{text, icon}` or `{text, favicon, frame}`.
fn status(ctx: DrawContext<'_>) -> Option<Element> {
    let status = ctx.props.part("status")?;
    let icon = status.text("icon").and_then(sprite::picture);
    let favicon = status.text("favicon").filter(|it| images::is_image(it)).map(|src| {
        Element::of("img", "widget-status__favicon")
            .attribute("referrerpolicy", "no-referrer")
            .attribute("alt", "")
            .flag("data-frame", status.is("frame"))
            .attribute("src", src)
    });
    let text = Element::new("span").text(status.text("text")?);
    Some(Element::of("div", "widget-status").maybe_child(icon).maybe_child(favicon).child(text))
}
