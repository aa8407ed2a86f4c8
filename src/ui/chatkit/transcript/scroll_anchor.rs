//! Scroll anchor: the element at the top of the window and its distance to the edge.

use web_sys::{Element, HtmlElement};

use super::entries::ENTRIES;

/// The element at the top of the window and its distance to the edge in CSS pixels.
pub(super) struct ScrollAnchor {
    element: Element,
    top_px: f64,
}

impl ScrollAnchor {
    /// Records the element at the top of `scroller`.
    pub(super) fn of(scroller: &HtmlElement) -> Option<Self> {
        let edge_px = scroller.get_bounding_client_rect().top();
        let entries = scroller.get_elements_by_class_name(ENTRIES).item(0)?;
        let group = first_below(edge_px, &entries)?;
        let element = first_below(edge_px, &group).unwrap_or(group);
        let top_px = element.get_bounding_client_rect().top() - edge_px;
        Some(Self { element, top_px })
    }

    /// Scrolls the element back to its recorded position.
    pub(super) fn restore(&self, scroller: &HtmlElement) {
        let edge_px = scroller.get_bounding_client_rect().top();
        let moved_px = self.element.get_bounding_client_rect().top() - edge_px - self.top_px;
        #[allow(clippy::cast_possible_truncation, reason = "no page is that tall")]
        scroller.set_scroll_top(scroller.scroll_top() + moved_px.round() as i32);
    }
}

/// Returns the first child that extends below an edge, given in CSS pixels from the top of the page.
fn first_below(edge_px: f64, parent: &Element) -> Option<Element> {
    let children = parent.children();
    (0..children.length()).filter_map(|at| children.item(at)).find(|it| {
        let rect = it.get_bounding_client_rect();
        rect.height() > 0.0 && rect.bottom() > edge_px
    })
}
