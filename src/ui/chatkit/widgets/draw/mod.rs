//! Rendering of a component tree to elements. Pure.

mod boxes;
mod chart;
mod controls;
mod date;
mod fields;
mod media;
mod roots;
mod search;
mod table;
mod texts;

use serde_json::Value;

use super::{path::Path, props::Props};
use crate::{model::chatkit::WidgetKind, ui::tree::Element};

/// Depth limit of widgets, far beyond real ones and within every browser's stack.
const MAX_DEPTH: usize = 48;

/// Rendering state besides the widget itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Around {
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
struct Here<'a> {
    props: Props<'a>,
    path: &'a Path,
    around: &'a Around,
    depth: usize,
    /// Names of fields with a `Label`.
    labelled: &'a [&'a str],
    /// True inside a form.
    is_in_form: bool,
}

/// Renders a root: `Card`, `ListView` or `Basic`. Returns `None` for other components.
pub(super) fn draw(widget: &Value, around: &Around) -> Option<Element> {
    let props = Props::of(widget)?;
    let mut labelled = Vec::new();
    find_labels(widget, MAX_DEPTH, &mut labelled);
    let here = Here { props, path: &Path::default(), around, depth: MAX_DEPTH, labelled: &labelled, is_in_form: false };
    is_root(widget).then(|| component(here)).flatten()
}

fn find_labels<'a>(node: &'a Value, depth: usize, names: &mut Vec<&'a str>) {
    let (Some(props), Some(depth)) = (Props::of(node), depth.checked_sub(1)) else { return };
    if props.kind() == "Label" {
        names.extend(props.text("fieldName"));
    }
    props.children().iter().for_each(|it| find_labels(it, depth, names));
}

impl Here<'_> {
    /// Renders the children.
    fn children(self) -> Vec<Element> {
        let Some(depth) = self.depth.checked_sub(1) else { return Vec::new() };
        let draw = |(number, child): (usize, &Value)| {
            let path = self.path.child(number);
            component(Here { props: Props::of(child)?, path: &path, depth, ..self })
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
fn component(here: Here<'_>) -> Option<Element> {
    let Some(kind) = WidgetKind::parse(here.props.kind()) else {
        let children = here.children();
        return (!children.is_empty()).then(|| here.keyed(Element::of("div", "widget__unknown").children(children)));
    };
    let element = match kind {
        WidgetKind::Box | WidgetKind::Col | WidgetKind::Row => boxes::flex(here),
        WidgetKind::Form => boxes::form(here),
        WidgetKind::Spacer => boxes::spacer(here),
        WidgetKind::Divider => boxes::divider(here),
        WidgetKind::Transition => boxes::transition(here)?,
        WidgetKind::Card => roots::card(here),
        WidgetKind::ListView => roots::list_view(here),
        WidgetKind::Basic => roots::basic(here),
        WidgetKind::ListViewItem => roots::list_view_item(here),
        WidgetKind::Text => texts::text(here),
        WidgetKind::Title => texts::title(here),
        WidgetKind::Caption => texts::caption(here),
        WidgetKind::Label => texts::label(here),
        WidgetKind::Markdown => texts::markdown(here),
        WidgetKind::Badge => texts::badge(here),
        WidgetKind::Icon => media::icon(here),
        WidgetKind::Image => media::image(here),
        WidgetKind::Button => controls::button(here),
        WidgetKind::Input => fields::input(here),
        WidgetKind::Textarea => fields::textarea(here),
        WidgetKind::Select if search::is_searchable(here.props) => search::select(here),
        WidgetKind::Select => fields::select(here),
        WidgetKind::DatePicker => date::picker(here),
        WidgetKind::Checkbox => fields::checkbox(here),
        WidgetKind::RadioGroup => fields::radio_group(here),
        WidgetKind::Chart => chart::chart(here)?,
        WidgetKind::Table => table::table(here),
    };
    Some(here.keyed(element))
}

#[cfg(test)]
mod tests;
