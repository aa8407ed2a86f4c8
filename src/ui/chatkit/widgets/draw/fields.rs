//! Form fields: native HTML fields with their own keyboard support and validation.

use super::{super::props::Props, DrawContext};
use crate::ui::{components::sprite, tree::Element, words::widgets as words};

/// `Input`.
pub(super) fn input(ctx: DrawContext<'_>) -> Element {
    const KINDS: [&str; 5] = ["number", "email", "password", "tel", "url"];
    let kind = ctx.props.text("inputType").filter(|it| KINDS.contains(it)).unwrap_or("text");
    let element = named(Element::of("input", "widget-field").attribute("type", kind), ctx, ctx.props);
    typed(sized(element, ctx.props), ctx.props).maybe("value", ctx.props.text("defaultValue"))
}

/// `Textarea`.
pub(super) fn textarea(ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
    let element = named(Element::of("textarea", "widget-field"), ctx, props)
        .attribute("rows", props.count("rows").unwrap_or(3).clamp(1, 40).to_string())
        .flag("data-grows", props.is("autoResize"));
    let element = match props.count("maxRows") {
        Some(rows) => element.property("max-height", format!("calc({rows}lh + 1rem)")),
        None => element,
    };
    typed(sized(element, props), props).text(props.text("defaultValue").unwrap_or_default())
}

/// An editable `Text`: a field without a border.
pub(super) fn editable(ctx: DrawContext<'_>, editable: Props<'_>) -> Element {
    let element = Element::of("input", "widget-field").attribute("type", "text").flag("data-bare", true);
    let element = named(element, ctx, editable)
        .maybe("data-size", ctx.props.text("size"))
        .maybe("data-weight", ctx.props.text("weight"));
    typed(element, editable)
        .maybe("autocomplete", editable.text("autoComplete"))
        .maybe("value", ctx.props.text("value"))
}

/// `Select`.
pub(super) fn select(ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
    let chosen = props.text("defaultValue");
    let placeholder = (chosen.is_none() || props.is("clearable")).then(|| {
        Element::new("option").attribute("value", "").text(props.text("placeholder").unwrap_or(words::NOTHING_CHOSEN))
    });
    let options = props.parts("options").map(|option| {
        let value = option.text("value").unwrap_or_default();
        let label = option.text("label").unwrap_or(value);
        let described = option.text("description").map(|it| format!("{label}: {it}"));
        Element::new("option")
            .attribute("value", value)
            .flag("selected", chosen == Some(value))
            .flag("disabled", option.is("disabled"))
            .text(described.as_deref().unwrap_or(label))
    });
    let element = named(Element::of("select", "widget-field"), ctx, props);
    changing(sized(element, props), ctx).maybe_child(placeholder).children(options)
}

/// `Checkbox`.
pub(super) fn checkbox(ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
    let is_named = props.get("label").is_some() || is_labelled(ctx, props.text("name").unwrap_or_default());
    let field = Element::new("input")
        .attribute("type", "checkbox")
        .maybe("name", props.text("name"))
        .maybe("id", props.text("name").map(|name| ctx.id(name)))
        .maybe("aria-label", (!is_named).then_some(words::CHOICE))
        .flag("checked", props.is("defaultChecked"))
        .flag("required", props.is("required"))
        .flag("disabled", props.is("disabled"))
        .maybe("aria-disabled", ctx.around.is_inert.then_some("true"));
    let label = props.text("label").map(|it| Element::new("span").text(it));
    Element::of("label", "widget-choice").child(changing(field, ctx)).maybe_child(label)
}

/// `RadioGroup`.
pub(super) fn radio_group(ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
    let (name, chosen) = (props.text("name").unwrap_or_default(), props.text("defaultValue"));
    let options = props.parts("options").map(|option| {
        let value = option.text("value").unwrap_or_default();
        let field = Element::new("input")
            .attribute("type", "radio")
            .attribute("name", name)
            .attribute("value", value)
            .flag("checked", chosen == Some(value))
            .flag("required", props.is("required"))
            .flag("disabled", props.is("disabled") || option.is("disabled"))
            .maybe("aria-disabled", ctx.around.is_inert.then_some("true"));
        let label = Element::new("span").text(option.text("label").unwrap_or(value));
        Element::of("label", "widget-choice").child(changing(field, ctx)).child(label)
    });
    let label = (props.get("ariaLabel").is_none() && is_labelled(ctx, name)).then(|| ctx.label_id(name));
    Element::of("div", if props.text("direction") == Some("col") { "widget-col" } else { "widget-row" })
        .attribute("role", "radiogroup")
        .attribute("aria-label", props.text("ariaLabel").unwrap_or(words::CHOICE))
        .maybe("aria-labelledby", label)
        .children(options)
}

/// Sets the common attributes of fields. A busy field keeps the focus, so it is not disabled.
pub(super) fn named(element: Element, ctx: DrawContext<'_>, props: Props<'_>) -> Element {
    let name = props.text("name").unwrap_or_default();
    // The name of a field is for the server and meaningless to users.
    let generic = match ctx.props.kind() {
        "Select" => words::NOTHING_CHOSEN,
        "DatePicker" => words::DATE,
        _ => words::TEXT,
    };
    element
        .attribute("name", name)
        .attribute("id", ctx.id(name))
        .maybe("aria-label", (!is_labelled(ctx, name)).then(|| props.text("placeholder").unwrap_or(generic)))
        .maybe("data-variant", props.text("variant"))
        .flag("data-pill", props.is("pill"))
        .flag("data-block", props.is("block"))
        .flag("required", props.is("required"))
        .flag("disabled", props.is("disabled"))
        .flag("readonly", ctx.around.is_inert && ctx.props.kind() != "Select")
        .maybe("aria-disabled", ctx.around.is_inert.then_some("true"))
}

/// Sets the size and the inline padding of a field.
pub(super) fn sized(element: Element, props: Props<'_>) -> Element {
    element.maybe("data-size", props.text("size")).maybe("data-gutter", props.text("gutterSize"))
}

/// Button that clears a `clearable` field.
pub(super) fn clear(props: Props<'_>) -> Option<Element> {
    props.is("clearable").then(|| {
        let button = Element::of("button", "widget-field__clear").attribute("type", "button");
        let button = button
            .attribute("aria-label", words::CLEAR)
            .attribute("title", words::CLEAR)
            .flag("disabled", props.is("disabled"));
        button.maybe_child(sprite::picture("x"))
    })
}

/// Sets the common attributes of text fields.
fn typed(element: Element, props: Props<'_>) -> Element {
    element
        .maybe("placeholder", props.text("placeholder"))
        .maybe("pattern", props.text("pattern"))
        .flag("autofocus", props.is("autoFocus"))
        .flag("data-select", props.is("autoSelect"))
        .flag("data-1p-ignore", !props.is("allowAutofillExtensions"))
}

/// Marks a field whose changes trigger an action.
pub(super) fn changing(element: Element, ctx: DrawContext<'_>) -> Element {
    let has_action = ctx.props.get("onChangeAction").is_some();
    if has_action { element.attribute("data-change", ctx.path.as_str()) } else { element }
}

/// True if a `Label` of the widget labels the field.
pub(super) fn is_labelled(ctx: DrawContext<'_>, name: &str) -> bool {
    ctx.labelled.contains(&name)
}
