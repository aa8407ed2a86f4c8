//! Interpretation of scroll events.

use web_sys::Element;

/// Distance to the end, in CSS pixels, within which a reader who scrolls down follows it.
pub(super) const NEAR_PX: i32 = 96;

/// Visible part of the conversation, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    /// Distance from the beginning to the upper edge.
    pub(super) top: i32,
    /// Height of the whole content.
    pub(super) whole: i32,
    /// Height of the visible part.
    pub(super) height: i32,
}

impl Window {
    /// Measures `scroller`. In the browser only.
    pub(super) fn of(scroller: &Element) -> Self {
        Self { top: scroller.scroll_top(), whole: scroller.scroll_height(), height: scroller.client_height() }
    }

    /// Returns the distance of the lower edge to the end.
    pub(super) fn to_end(self) -> i32 {
        self.whole - self.top - self.height
    }

    /// True if the reader scrolled up since `before`, by any distance. Upward moves after the content became shorter
    /// are made by the browser and do not count.
    pub(super) fn is_step_up(self, before: Self) -> bool {
        self.top < before.top && self.whole >= before.whole
    }

    /// True if the view should follow the end. `was_at_end` is the previous result.
    pub(super) fn stays_at_end(self, before: Self, was_at_end: bool) -> bool {
        if self.is_step_up(before) {
            return self.to_end() <= 1;
        }
        was_at_end || self.to_end() <= NEAR_PX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_reader_leaves_the_end() {
        let window = |top, whole| Window { top, whole, height: 500 };
        let check = |before: Window, was_at_end: bool, now: Window, expected: bool| {
            assert_eq!(now.stays_at_end(before, was_at_end), expected, "{before:?} {was_at_end} {now:?}");
        };
        let end = window(1500, 2000);
        // Any step up is made by the reader, even one pixel during an answer. The last pixel does not count.
        check(end, true, window(1460, 2000), false);
        check(end, true, window(1498, 2000), false);
        check(end, true, window(1499, 2000), true);
        check(end, true, window(1460, 2100), false);
        // The answer grew faster than the window followed.
        check(end, true, window(1500, 2300), true);
        check(end, true, window(1700, 2300), true);
        // An old answer of 800 px was removed, and the actions of the new one add 32 px.
        check(end, true, window(700, 1232), true);
        check(end, true, window(700, 1200), true);
        check(end, true, window(0, 300), true);
        // A reader above the end reaches it only by scrolling.
        check(window(300, 2000), false, window(200, 2000), false);
        check(window(300, 2000), false, window(1300, 2000), false);
        check(window(300, 2000), false, window(1404, 2000), true);
        check(window(1300, 2000), false, window(1290, 1990), false);
    }
}
