//! A searchable `Select`: a combobox and its list in their initial state.

use super::{
    super::props::Props,
    DrawContext,
    fields::{clear, is_labelled, named, sized},
};
use crate::ui::{tree::Element, words::widgets as words};

/// Number of options above which a `Select` is searchable by default, as in official clients.
const LONGEST_PLAIN: usize = 15;

/// True if a `Select` is searchable.
pub(super) fn is_searchable(props: Props<'_>) -> bool {
    let is_long = || props.parts("options").nth(LONGEST_PLAIN).is_some();
    props.get("searchable").and_then(serde_json::Value::as_bool).unwrap_or_else(is_long)
}

/// Renders the field. It shows the label of the selected option, whose value is sent.
pub(super) fn select(ctx: DrawContext<'_>) -> Element {
    let props = ctx.props;
    let name = props.text("name").unwrap_or_default();
    let list = ctx.id(&format!("{name}-options"));
    let placeholder = props.text("placeholder").unwrap_or(words::NOTHING_CHOSEN);
    let chosen = props.text("defaultValue");
    let label = props.parts("options").find(|it| chosen.is_some() && it.text("value") == chosen).map(label_of);
    let mut field = sized(named(Element::of("input", "widget-field"), ctx, props), props);
    for (name, value) in [
        ("type", "text"),
        ("role", "combobox"),
        ("autocomplete", "off"),
        ("spellcheck", "false"),
        ("aria-autocomplete", "list"),
        ("aria-expanded", "false"),
        ("aria-controls", &list),
        ("placeholder", placeholder),
        ("data-1p-ignore", ""),
        ("data-select", ""),
    ] {
        field = field.attribute(name, value);
    }
    let field = field.flag("readonly", ctx.around.is_inert).maybe("value", label);
    let mut options =
        Element::of("ul", "widget-search__options").attribute("id", list.clone()).attribute("role", "listbox");
    options = match is_labelled(ctx, name) {
        true => options.attribute("aria-labelledby", ctx.label_id(name)),
        false => options.attribute("aria-label", placeholder),
    };
    for (number, it) in props.parts("options").enumerate() {
        options = options.child(option(it, chosen, format!("{list}-{number}")));
    }
    let nothing = Element::of("p", "widget-search__state").attribute("role", "status");
    let popup = Element::of("div", "widget-search__popup").attribute("popover", "manual");
    Element::of("div", "widget-search")
        // The selection belongs to one field.
        .key(name)
        .maybe("data-default", chosen)
        .maybe("data-change", props.get("onChangeAction").map(|_| ctx.path.as_str()))
        .child(field)
        .maybe_child(clear(props))
        .child(popup.child(options).child(nothing))
}

fn option(props: Props<'_>, chosen: Option<&str>, id: String) -> Element {
    let value = props.text("value").unwrap_or_default();
    let description = props.text("description").map(|it| Element::of("span", "widget-search__description").text(it));
    Element::of("li", "widget-search__option")
        .key(value)
        .attribute("id", id)
        .attribute("role", "option")
        .attribute("data-value", value)
        .attribute("aria-selected", (chosen == Some(value)).to_string())
        .maybe("aria-disabled", props.is("disabled").then_some("true"))
        .child(Element::new("span").text(label_of(props)))
        .maybe_child(description)
}

fn label_of(option: Props<'_>) -> &str {
    option.text("label").or_else(|| option.text("value")).unwrap_or_default()
}
