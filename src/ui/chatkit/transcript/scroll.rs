//! Where the reader is: at the end, where an answer that grows is followed, or somewhere above, where nothing moves.

use leptos::{html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::ResizeObserver;

use super::{
    place::Place,
    window::{NEAR_PX, Window},
};
use crate::ui::chatkit::ChatKitControl;

/// A reader who scrolls up to this close to the beginning, in CSS pixels, will want what stands before it. Browsers guess
/// how high what they have not drawn yet is, so their way to the top may end before it.
const AHEAD_PX: i32 = 1600;

/// Where the reader is.
#[derive(Clone, Copy)]
pub(super) struct Scroll {
    control: ChatKitControl,
    scroller: NodeRef<html::Div>,
    column: NodeRef<html::Div>,
    is_at_end: RwSignal<bool>,
    /// Whether what was said before is put in at this moment.
    is_paging: RwSignal<bool>,
    /// What was seen when the reader scrolled last.
    last: StoredValue<Window>,
    /// What was read when older messages came.
    place: StoredValue<Option<SendWrapper<Place>>>,
}

impl Scroll {
    pub(super) fn new(control: ChatKitControl, scroller: NodeRef<html::Div>, column: NodeRef<html::Div>) -> Self {
        let scroll = Self {
            control,
            scroller,
            column,
            is_at_end: RwSignal::new(true),
            is_paging: RwSignal::new(false),
            last: StoredValue::default(),
            place: StoredValue::new(None),
        };
        scroll.go_along();
        scroll.observe();
        scroll.hold_while_paging();
        scroll
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.is_at_end.get()
    }

    pub(super) fn is_paging(&self) -> bool {
        self.is_paging.get()
    }

    /// Goes to the end and stays there.
    pub(super) fn go_to_end(&self) {
        self.is_at_end.set(true);
        self.scroll_to_end();
    }

    /// Judges what the reader wants by where he scrolled to.
    pub(super) fn watch(&self) {
        let (now, before) = (self.window(), self.last.get_value());
        self.last.set_value(now);
        self.set_at_end(now.stays_at_end(before, self.is_at_end.get_untracked()));
        let paging = self.control.paging;
        if now.is_step_up(before)
            && now.top < AHEAD_PX
            && paging.has_older.get_untracked()
            && paging.error.with_untracked(Option::is_none)
        {
            self.control.load_older();
        }
    }

    /// Whoever opens another thread or sends a message wants to see its end; an answer that somebody else asked for
    /// disturbs nobody.
    fn go_along(self) {
        let control = self.control;
        let is_own_turn =
            Memo::new(move |_| control.turn.with(|turn| turn.as_ref().is_some_and(|turn| !turn.is_resumed)));
        Effect::new(move |shown: Option<Option<String>>| {
            let thread_id = control.thread_id.get();
            if is_own_turn.get() || shown.is_some_and(|it| it != thread_id) {
                self.is_at_end.set(true);
                // The nodes are there when the next frame is drawn.
                request_animation_frame(move || self.scroll_to_end());
            }
            thread_id
        });
    }

    /// Follows whatever makes the conversation grow, or its window shrink: text, pictures, the composer, the keyboard
    /// of a telephone. The observer is called after the reader's own scrolling and before anything is painted.
    fn observe(self) {
        let kept = StoredValue::new(None::<SendWrapper<(ResizeObserver, Closure<dyn FnMut()>)>>);
        Effect::new(move |_| {
            let (Some(scroller), Some(column)) = (self.scroller.get(), self.column.get()) else { return };
            let on_resize = Closure::new(move || self.keep_at_end());
            let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) else { return };
            observer.observe(&scroller);
            observer.observe(&column);
            kept.set_value(Some(SendWrapper::new((observer, on_resize))));
        });
        on_cleanup(move || {
            if let Some(kept) = kept.try_update_value(Option::take).flatten() {
                kept.0.disconnect();
            }
        });
    }

    fn keep_at_end(&self) {
        if self.is_at_end.try_get_untracked() != Some(true) {
            return;
        }
        let follows = self.control.options.try_with_untracked(|it| it.thread.auto_scroll).unwrap_or(true);
        if follows || self.control.turn.try_with_untracked(Option::is_none) == Some(true) {
            self.scroll_to_end();
        } else {
            self.set_at_end(self.window().to_end() <= NEAR_PX);
        }
    }

    /// Older messages are put in above what is read, which stays where it is.
    fn hold_while_paging(self) {
        let paging = self.control.paging;
        Effect::new(move |_| {
            paging.before.set_value(Some(Callback::new(move |()| {
                let Some(scroller) = self.scroller.get_untracked() else { return };
                self.is_paging.set(true);
                self.place.set_value(Place::of(&scroller).map(SendWrapper::new));
            })));
        });
        Effect::new(move |_| {
            self.control.rows.track();
            if let Some(place) = self.place.try_update_value(Option::take).flatten() {
                request_animation_frame(move || self.restore(&place));
            }
        });
    }

    fn restore(self, place: &Place) {
        let Some(scroller) = self.scroller.try_get_untracked().flatten() else { return };
        place.restore(&scroller);
        // Not in the frame that the messages came in: then they would be read out.
        request_animation_frame(move || _ = self.is_paging.try_set(false));
        let paging = self.control.paging;
        // A page of nothing that is shown leaves no room to scroll up for more.
        if scroller.scroll_top() == 0 && paging.has_older.get_untracked() {
            self.control.load_older();
        }
    }

    fn scroll_to_end(&self) {
        if let Some(it) = self.scroller.try_get_untracked().flatten() {
            it.set_scroll_top(it.scroll_height());
            self.last.try_set_value(Window::of(&it));
        }
    }

    fn window(&self) -> Window {
        self.scroller.get_untracked().map(|it| Window::of(&it)).unwrap_or_default()
    }

    fn set_at_end(&self, is_at_end: bool) {
        if self.is_at_end.get_untracked() != is_at_end {
            self.is_at_end.set(is_at_end);
        }
    }
}
