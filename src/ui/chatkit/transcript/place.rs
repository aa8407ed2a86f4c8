//! What stands at the top of the window, and how far from its edge.

use web_sys::{Element, HtmlElement};

/// The class of what stands before the first entry, which is no place to be.
pub(super) const EARLIER: &str = "transcript__earlier";

/// What stands at the top of the window, and how far from its edge, in CSS pixels.
pub(super) struct Place {
    element: Element,
    top_px: f64,
}

impl Place {
    /// Notes what stands at the top of `scroller` now.
    pub(super) fn of(scroller: &HtmlElement, column: &HtmlElement) -> Option<Self> {
        let edge_px = scroller.get_bounding_client_rect().top();
        let children = column.children();
        let element = (0..children.length()).filter_map(|at| children.item(at)).find(|it| {
            let rect = it.get_bounding_client_rect();
            rect.height() > 0.0 && rect.bottom() > edge_px && it.class_name() != EARLIER
        })?;
        let top_px = element.get_bounding_client_rect().top() - edge_px;
        Some(Self { element, top_px })
    }

    /// Puts it there again.
    pub(super) fn restore(&self, scroller: &HtmlElement) {
        let edge_px = scroller.get_bounding_client_rect().top();
        let moved_px = self.element.get_bounding_client_rect().top() - edge_px - self.top_px;
        #[allow(clippy::cast_possible_truncation, reason = "no page is that tall")]
        scroller.set_scroll_top(scroller.scroll_top() + moved_px.round() as i32);
    }
}
