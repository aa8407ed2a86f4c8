//! Rendering of a component tree to elements. Pure.

mod buttons;
mod chart;
mod date_picker;
mod fields;
mod images;
mod layout;
mod roots;
mod searchable_select;
mod table;
mod text;

use serde_json::Value;

use super::{component_path::ComponentPath, props::Props};
use crate::{model::chatkit::WidgetKind, ui::tree::Element};

/// Depth limit of widgets, far beyond real ones and within every browser's stack.
const MAX_DEPTH: usize = 48;

/// Rendering state besides the widget itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct DrawState {
    /// Prefix of element ids, unique on the page.
    pub(super) id: String,
    /// The path of the component whose action is running. Empty for the whole widget.
    pub(super) busy: Option<String>,
    /// True if fields and buttons are disabled.
    pub(super) is_inert: bool,
    /// True if a list shows the rows beyond its limit.
    pub(super) is_expanded: bool,
}

/// True if the widget has a known root component.
pub(super) fn is_root(widget: &Value) -> bool {
    Props::of(widget).and_then(|it| WidgetKind::parse(it.kind())).is_some_and(WidgetKind::is_root)
}

/// A component and its rendering context.
#[derive(Clone, Copy)]
struct DrawContext<'a> {
    props: Props<'a>,
    path: &'a ComponentPath,
    around: &'a DrawState,
    depth: usize,
    /// Names of fields with a `Label`.
    labelled: &'a [&'a str],
    /// True inside a form.
    is_in_form: bool,
}

/// Renders a root: `Card`, `ListView` or `Basic`. Returns `None` for other components.
pub(super) fn draw(widget: &Value, around: &DrawState) -> Option<Element> {
    let props = Props::of(widget)?;
    let mut labelled = Vec::new();
    find_labels(widget, MAX_DEPTH, &mut labelled);
    let ctx = DrawContext {
        props,
        path: &ComponentPath::default(),
        around,
        depth: MAX_DEPTH,
        labelled: &labelled,
        is_in_form: false,
    };
    is_root(widget).then(|| component(ctx)).flatten()
}

fn find_labels<'a>(node: &'a Value, depth: usize, names: &mut Vec<&'a str>) {
    let (Some(props), Some(depth)) = (Props::of(node), depth.checked_sub(1)) else { return };
    if props.kind() == "Label" {
        names.extend(props.text("fieldName"));
    }
    props.children().iter().for_each(|it| find_labels(it, depth, names));
}

impl DrawContext<'_> {
    /// Renders the children.
    fn children(self) -> Vec<Element> {
        let Some(depth) = self.depth.checked_sub(1) else { return Vec::new() };
        let draw = |(number, child): (usize, &Value)| {
            let path = self.path.child(number);
            component(DrawContext { props: Props::of(child)?, path: &path, depth, ..self })
        };
        self.props.children().iter().enumerate().filter_map(draw).collect()
    }

    /// Returns an element id. It contains no spaces, because lists of ids are separated by spaces.
    fn id(self, name: &str) -> String {
        format!("{}-{}", self.around.id, name.replace(char::is_whitespace, "_"))
    }

    /// Returns the id of a field's `Label`.
    fn label_id(self, name: &str) -> String {
        self.id(&format!("{name}-label"))
    }

    /// True if the component's action is running.
    fn is_busy(self) -> bool {
        self.around.busy.as_deref().is_some_and(|it| it == self.path.as_str())
    }

    /// Sets the component's own key or id, so that its element survives insertions before it.
    fn keyed(self, element: Element) -> Element {
        match self.props.text("key").or_else(|| self.props.text("id")) {
            Some(key) => element.key(key),
            None => element,
        }
    }
}

/// Renders a component. Of an unknown component only its children are rendered.
fn component(ctx: DrawContext<'_>) -> Option<Element> {
    let Some(kind) = WidgetKind::parse(ctx.props.kind()) else {
        let children = ctx.children();
        return (!children.is_empty()).then(|| ctx.keyed(Element::of("div", "widget__unknown").children(children)));
    };
    let element = match kind {
        WidgetKind::Box | WidgetKind::Col | WidgetKind::Row => layout::flex(ctx),
        WidgetKind::Form => layout::form(ctx),
        WidgetKind::Spacer => layout::spacer(ctx),
        WidgetKind::Divider => layout::divider(ctx),
        WidgetKind::Transition => layout::transition(ctx)?,
        WidgetKind::Card => roots::card(ctx),
        WidgetKind::ListView => roots::list_view(ctx),
        WidgetKind::Basic => roots::basic(ctx),
        WidgetKind::ListViewItem => roots::list_view_item(ctx),
        WidgetKind::Text => text::text(ctx),
        WidgetKind::Title => text::title(ctx),
        WidgetKind::Caption => text::caption(ctx),
        WidgetKind::Label => text::label(ctx),
        WidgetKind::Markdown => text::markdown(ctx),
        WidgetKind::Badge => text::badge(ctx),
        WidgetKind::Icon => images::icon(ctx),
        WidgetKind::Image => images::image(ctx),
        WidgetKind::Button => buttons::button(ctx),
        WidgetKind::Input => fields::input(ctx),
        WidgetKind::Textarea => fields::textarea(ctx),
        WidgetKind::Select if searchable_select::is_searchable(ctx.props) => searchable_select::select(ctx),
        WidgetKind::Select => fields::select(ctx),
        WidgetKind::DatePicker => date_picker::picker(ctx),
        WidgetKind::Checkbox => fields::checkbox(ctx),
        WidgetKind::RadioGroup => fields::radio_group(ctx),
        WidgetKind::Chart => chart::chart(ctx)?,
        WidgetKind::Table => table::table(ctx),
    };
    Some(ctx.keyed(element))
}

#[cfg(test)]
mod tests;
