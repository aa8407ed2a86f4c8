//! What a scroll event says about the reader.

use web_sys::Element;

/// A reader who scrolls down to this close to the end, in CSS pixels, wants to stay there.
pub(super) const NEAR_PX: i32 = 96;

/// What is seen of the conversation, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    /// From the beginning to what is seen first.
    pub(super) top: i32,
    /// From the beginning to the end.
    pub(super) whole: i32,
    /// From what is seen first to what is seen last.
    pub(super) height: i32,
}

impl Window {
    /// Measures it. In the browser only.
    pub(super) fn of(scroller: &Element) -> Self {
        Self { top: scroller.scroll_top(), whole: scroller.scroll_height(), height: scroller.client_height() }
    }

    /// How far its lower edge is from the end.
    pub(super) fn to_end(self) -> i32 {
        self.whole - self.top - self.height
    }

    /// True if the reader took a step up since `before`, however small. Where the conversation became shorter, the
    /// browser takes such a step by itself.
    pub(super) fn is_step_up(self, before: Self) -> bool {
        self.top < before.top && self.whole >= before.whole
    }

    /// True if the reader is to be kept at the end; `was_at_end` says whether that was so before.
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
        // A step up is the reader's, one pixel and while the answer grows; the last pixel is none of his.
        check(end, true, window(1460, 2000), false);
        check(end, true, window(1498, 2000), false);
        check(end, true, window(1499, 2000), true);
        check(end, true, window(1460, 2100), false);
        // The answer grew faster than the window followed it.
        check(end, true, window(1500, 2300), true);
        check(end, true, window(1700, 2300), true);
        // An old answer of 800 px made room, and what can be done with the new one takes 32 px more.
        check(end, true, window(700, 1232), true);
        check(end, true, window(700, 1200), true);
        check(end, true, window(0, 300), true);
        // Whoever was not at the end gets there by himself only.
        check(window(300, 2000), false, window(200, 2000), false);
        check(window(300, 2000), false, window(1300, 2000), false);
        check(window(300, 2000), false, window(1404, 2000), true);
        check(window(1300, 2000), false, window(1290, 1990), false);
    }
}
