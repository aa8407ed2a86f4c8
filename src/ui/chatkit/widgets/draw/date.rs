//! A field for a day, as it is before anybody has used it. What the calendar holds is made when it is opened.

use super::{
    Here,
    fields::{changing, is_labelled, named, sized},
    media,
};
use crate::ui::{tree::Element, words::widgets as words};

/// `DatePicker`. Days come as such or with a time, which means nothing.
pub(super) fn picker(here: Here<'_>) -> Element {
    let props = here.props;
    let name = props.text("name").unwrap_or_default();
    let day = |field: &str| props.text(field).and_then(|it| it.get(..10)).map(ToOwned::to_owned);
    let field = named(Element::of("input", "widget-field").attribute("type", "date"), here, props);
    let field = changing(sized(field, props), here)
        .maybe("min", day("min"))
        // Without one, years of six digits can be typed.
        .attribute("max", day("max").unwrap_or_else(|| "9999-12-31".to_owned()))
        .maybe("value", day("defaultValue"));
    let clear = props.is("clearable").then(|| {
        let button = Element::of("button", "widget-date__clear").attribute("type", "button").flag("data-clear", true);
        let button = button.attribute("aria-label", words::CLEAR).flag("disabled", props.is("disabled"));
        button.maybe_child(media::drawn("x"))
    });
    let popup = here.id(&format!("{name}-calendar"));
    let label = here.label_id(name);
    let (named_by, called) = match is_labelled(here, name) {
        true => (Some(format!("{popup}-button {label}")), words::CALENDAR.to_owned()),
        false => (None, format!("{} {}", words::CALENDAR, props.text("placeholder").unwrap_or(name))),
    };
    let open = Element::of("button", "widget-date__open")
        .attribute("type", "button")
        .attribute("id", format!("{popup}-button"))
        .attribute("popovertarget", popup.clone())
        .attribute("aria-haspopup", "dialog")
        .attribute("aria-label", called)
        .maybe("aria-labelledby", named_by)
        .flag("disabled", props.is("disabled"))
        .maybe_child(media::drawn("calendar"));
    let popup = Element::of("div", "widget-calendar")
        .attribute("id", popup)
        .attribute("popover", "auto")
        .attribute("role", "dialog")
        .attribute("aria-label", words::CALENDAR);
    Element::of("div", "widget-date")
        // What was filled in is that of one field.
        .key(name)
        .maybe("data-side", props.text("side"))
        .maybe("data-edge", props.text("align"))
        .maybe("data-placeholder", props.text("placeholder"))
        .flag("data-empty", props.get("defaultValue").is_none())
        .child(field)
        .maybe_child(clear)
        .child(open)
        .child(popup)
}
