//! `Table`, `Table.Row`, `Table.Cell`: an HTML table. Documented only by the TypeScript types.

use serde_json::Value;

use super::{
    super::{props::Props, style},
    DrawContext,
};
use crate::ui::{tree::Element, words::widgets as words};

/// `Table`. Rows marked as `header` come first.
pub(super) fn table(ctx: DrawContext<'_>) -> Element {
    let rows = |of_head: bool| {
        let children = ctx.props.children().iter().enumerate();
        children.filter_map(move |(number, it)| {
            let props = Props::of(it)?;
            (props.kind() == "Table.Row" && props.is("header") == of_head).then(|| row(ctx, number, props, of_head))
        })
    };
    let head: Vec<_> = rows(true).collect();
    let table = Element::new("table");
    let table = if head.is_empty() { table } else { table.child(Element::new("thead").children(head)) };
    // Focusable, so that it can be scrolled by keyboard.
    Element::of("div", "widget-table")
        .attribute("tabindex", "0")
        .attribute("role", "group")
        .attribute("aria-label", words::TABLE)
        .child(table.child(Element::new("tbody").children(rows(false))))
}

fn row(ctx: DrawContext<'_>, number: usize, props: Props<'_>, of_head: bool) -> Element {
    let path = ctx.path.child(number);
    let cells = props.children().iter().enumerate().filter_map(|(number, cell): (usize, &Value)| {
        let props = Props::of(cell).filter(|it| it.kind() == "Table.Cell")?;
        let path = path.child(number);
        let depth = ctx.depth.checked_sub(2)?;
        Some(self::cell(DrawContext { props, path: &path, depth, ..ctx }, of_head))
    });
    Element::new("tr").children(cells)
}

fn cell(ctx: DrawContext<'_>, of_head: bool) -> Element {
    let props = ctx.props;
    let span = |name: &str| props.count(name).filter(|it| (2..=100).contains(it)).map(|it| it.to_string());
    let mut element = Element::new(if of_head { "th" } else { "td" })
        .maybe("scope", of_head.then_some("col"))
        .maybe("colspan", span("colSpan"))
        .maybe("rowspan", span("rowSpan"))
        .maybe("data-align", props.text("align"))
        .maybe("data-valign", props.text("vAlign"))
        .maybe("data-col", props.text("colSize"));
    if let Some(width) = props.get("width").and_then(style::length) {
        element = element.property("width", width);
    }
    if let Some(padding) = props.get("padding").and_then(style::space) {
        element = element.property("padding", padding);
    }
    element.children(ctx.children()).text(props.text("value").unwrap_or_default())
}
