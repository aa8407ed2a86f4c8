//! What changes in a view, behind one type per kind of value.
//!
//! Around each closure in a view, the compiler writes an effect, its hydration and its state anew, since each closure
//! has a type of its own: some kilobytes of wasm for each. Behind these functions they have one type per value, and all
//! of that is there once.

use leptos::prelude::*;

use super::view::{IntoPart, part};

/// A closure that is run again when a signal that it read changes.
pub type Live<T> = Box<dyn Fn() -> T + Send + Sync>;

/// An attribute or a property that changes.
pub fn live<T>(value: impl Fn() -> T + Send + Sync + 'static) -> Live<T> {
    Box::new(value)
}

/// A part of a view that changes.
pub fn live_view<V: IntoPart>(view: impl Fn() -> V + Send + Sync + 'static) -> Live<AnyView> {
    Box::new(move || part(view()))
}

/// A listener to events.
pub fn handler<E>(listener: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(listener)
}

/// A value that is made of others, and is news only when it is another than before.
pub fn memo<T: PartialEq + Send + Sync + 'static>(read: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    // A closure within a function is of another type for each type that the function is called with.
    fn of<T: PartialEq + Send + Sync + 'static>(read: Live<T>) -> Memo<T> {
        Memo::new(move |_| read())
    }
    of(live(read))
}

/// A value that is made of others each time that it is read.
pub fn derived<T: Send + Sync + 'static>(read: impl Fn() -> T + Send + Sync + 'static) -> Signal<T> {
    Signal::derive(live(read))
}

/// What is done again when a signal that it read changes; in the browser alone.
pub fn effect(act: impl FnMut() + 'static) {
    fn of(mut act: Box<dyn FnMut()>) {
        Effect::new(move |_| act());
    }
    of(Box::new(act));
}
