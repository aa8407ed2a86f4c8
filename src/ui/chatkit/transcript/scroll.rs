//! Scroll position. At the end the view follows a growing answer, elsewhere nothing moves.

use leptos::{html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::ResizeObserver;

use super::{
    scroll_anchor::ScrollAnchor,
    scroll_window::{NEAR_PX, Window},
};
use crate::ui::chatkit::ChatKitControl;

/// Distance from the beginning, in CSS pixels, at which a reader who scrolls up triggers loading of older messages.
/// It is large because browsers estimate the height of content not laid out yet, so scrolling to the top may stop
/// early.
const PREFETCH_PX: i32 = 1600;

/// State of the scroll position.
#[derive(Clone, Copy)]
pub(super) struct Scroll {
    control: ChatKitControl,
    scroller: NodeRef<html::Div>,
    column: NodeRef<html::Div>,
    is_at_end: RwSignal<bool>,
    /// True while older messages are being inserted.
    is_paging: RwSignal<bool>,
    /// Window at the last scroll event.
    last: StoredValue<Window>,
    /// Anchor recorded before older messages are inserted.
    place: StoredValue<Option<SendWrapper<ScrollAnchor>>>,
    /// True if the anchor is restored in the next frame.
    is_restoring: StoredValue<bool>,
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
            is_restoring: StoredValue::new(false),
        };
        scroll.follow_new_content();
        scroll.observe();
        scroll.keep_position_while_paging();
        scroll
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.is_at_end.get()
    }

    pub(super) fn is_paging(&self) -> bool {
        self.is_paging.get()
    }

    /// Scrolls to the end and follows it.
    pub(super) fn go_to_end(&self) {
        self.is_at_end.set(true);
        self.scroll_to_end();
    }

    /// Updates the state after a scroll event.
    pub(super) fn watch(&self) {
        let (now, before) = (self.window(), self.last.get_value());
        self.last.set_value(now);
        self.set_at_end(now.stays_at_end(before, self.is_at_end.get_untracked()));
        let paging = self.control.paging;
        if now.is_step_up(before)
            && now.top < PREFETCH_PX
            && paging.has_older.get_untracked()
            && paging.error.with_untracked(Option::is_none)
        {
            self.control.load_older();
        }
    }

    /// Scrolls to the end when another thread is opened or this user sends a message. Answers requested elsewhere do
    /// not scroll.
    fn follow_new_content(self) {
        let control = self.control;
        let is_own_turn =
            Memo::new(move |_| control.turn.with(|turn| turn.as_ref().is_some_and(|turn| !turn.is_resumed)));
        Effect::new(move |shown: Option<Option<String>>| {
            let thread_id = control.thread_id.get();
            if is_own_turn.get() || shown.is_some_and(|it| it != thread_id) {
                self.is_at_end.set(true);
                // The nodes exist in the DOM when the next frame is drawn.
                request_animation_frame(move || self.scroll_to_end());
            }
            thread_id
        });
    }

    /// Keeps the end in view when the content grows or the window shrinks: by text, images, the composer, or an
    /// on-screen keyboard. The observer runs after scrolling by the user and before painting.
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

    /// Preserves the reading position while older messages are inserted above.
    fn keep_position_while_paging(self) {
        let paging = self.control.paging;
        Effect::new(move |_| {
            paging.before.set_value(Some(Callback::new(move |()| {
                let Some(scroller) = self.scroller.get_untracked() else { return };
                self.is_paging.set(true);
                // Several groups of messages may be inserted before a frame. The reader is where the first one began.
                if self.place.with_value(Option::is_none) {
                    self.place.set_value(ScrollAnchor::of(&scroller).map(SendWrapper::new));
                }
            })));
        });
        Effect::new(move |_| {
            self.control.rows.track();
            if self.place.with_value(Option::is_some) && !self.is_restoring.get_value() {
                self.is_restoring.set_value(true);
                request_animation_frame(move || self.restore());
            }
        });
    }

    fn restore(self) {
        self.is_restoring.try_set_value(false);
        let place = self.place.try_update_value(Option::take).flatten();
        let (Some(place), Some(scroller)) = (place, self.scroller.try_get_untracked().flatten()) else { return };
        place.restore(&scroller);
        // Not in the frame of the insertion, or the messages would be announced.
        request_animation_frame(move || _ = self.is_paging.try_set(false));
        let paging = self.control.paging;
        // A page of hidden items leaves no room to scroll up for the next one.
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
