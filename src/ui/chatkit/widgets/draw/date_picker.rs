//! A date field in its initial state. The content of its calendar is created on opening.

use super::{
    super::date::Day,
    DrawContext,
    fields::{changing, clear, is_labelled, named, sized},
};
use crate::ui::{components::sprite, tree::Element, words::widgets as words};

/// `DatePicker`. The time of a date is ignored.
pub(super) fn picker(ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
    let name = props.text("name").unwrap_or_default();
    let day = |field: &str| props.text(field)?.get(..10).filter(|it| Day::parse(it).is_some());
    let value = day("defaultValue");
    let field = named(Element::of("input", "widget-field").attribute("type", "date"), ctx, props);
    let field = changing(sized(field, props), ctx)
        .maybe("min", day("min"))
        // Without `max`, browsers accept years of six digits.
        .attribute("max", day("max").unwrap_or("9999-12-31"))
        .maybe("value", value);
    let id = ctx.id(&format!("{name}-calendar"));
    let label = ctx.label_id(name);
    let (named_by, called) = match is_labelled(ctx, name) {
        true => (Some(format!("{id} {label}")), words::CALENDAR.to_owned()),
        false => match props.text("placeholder") {
            Some(placeholder) => (None, format!("{} {placeholder}", words::CALENDAR)),
            None => (None, words::CALENDAR.to_owned()),
        },
    };
    let open = Element::of("button", "widget-date__open")
        .attribute("type", "button")
        .attribute("id", id)
        .attribute("aria-haspopup", "dialog")
        .attribute("aria-label", called.clone())
        .maybe("aria-labelledby", named_by.clone())
        .attribute("title", words::CALENDAR)
        .flag("disabled", props.is("disabled"))
        .maybe("aria-disabled", ctx.around.is_inert.then_some("true"))
        .maybe_child(sprite::picture("calendar"));
    let popup = Element::of("div", "widget-calendar")
        .attribute("popover", "auto")
        .attribute("role", "dialog")
        .attribute("aria-label", called)
        .maybe("aria-labelledby", named_by)
        // Receives the focus after a click between the days.
        .attribute("tabindex", "-1")
        // The transcript around it is a live region and would announce every month.
        .attribute("aria-live", "off");
    Element::of("div", "widget-date")
        // The typed value belongs to one field.
        .key(name)
        .maybe("data-side", props.text("side"))
        .maybe("data-edge", props.text("align"))
        .maybe("data-placeholder", props.text("placeholder"))
        // Updated by script.
        .flag("data-empty", value.is_none())
        .child(field)
        .maybe_child(clear(props))
        .child(open)
        .child(popup)
}
