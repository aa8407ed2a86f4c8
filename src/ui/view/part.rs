//! What stands in an element, or beside one.

use std::any::Any;

use leptos::prelude::{AnyView, IntoAny, IntoView, Suspend, View};

use crate::ui::{live::Live, tree};

/// What can stand in `{…}`. A closure is not among these, because each is of a type of its own: `ui/live.rs` gives it
/// one that is.
pub(crate) trait IntoPart {
    /// The same behind one type.
    fn into_part(self) -> AnyView;
}

impl IntoPart for AnyView {
    fn into_part(self) -> AnyView {
        self
    }
}

impl IntoPart for () {
    fn into_part(self) -> AnyView {
        None::<AnyView>.into_any()
    }
}

impl IntoPart for &'static str {
    fn into_part(self) -> AnyView {
        self.into_any()
    }
}

impl IntoPart for String {
    fn into_part(self) -> AnyView {
        self.into_any()
    }
}

impl IntoPart for usize {
    fn into_part(self) -> AnyView {
        self.to_string().into_any()
    }
}

impl IntoPart for tree::Element {
    fn into_part(self) -> AnyView {
        self.into_any()
    }
}

impl IntoPart for Suspend<AnyView> {
    fn into_part(self) -> AnyView {
        self.into_any()
    }
}

impl<T: IntoPart> IntoPart for Option<T> {
    fn into_part(self) -> AnyView {
        self.map(IntoPart::into_part).into_any()
    }
}

impl<T: IntoPart> IntoPart for Vec<T> {
    fn into_part(self) -> AnyView {
        self.into_iter().map(IntoPart::into_part).collect::<Vec<_>>().into_any()
    }
}

impl IntoPart for Live<AnyView> {
    fn into_part(self) -> AnyView {
        self.into_any()
    }
}

/// A text that never changes.
pub(crate) fn text(text: &'static str) -> AnyView {
    text.into_any()
}

/// What stands in `{…}`.
pub(crate) fn part(view: impl IntoPart) -> AnyView {
    view.into_part()
}

/// What a component drew. What is erased already is not erased again.
pub(crate) fn component(view: impl IntoView + 'static) -> AnyView {
    let mut view = Some(view);
    let any: &mut dyn Any = &mut view;
    if let Some(view) = any.downcast_mut::<Option<AnyView>>().and_then(Option::take) {
        return view;
    }
    let any: &mut dyn Any = &mut view;
    if let Some(view) = any.downcast_mut::<Option<View<AnyView>>>().and_then(Option::take) {
        return view.into_inner();
    }
    view.into_any()
}
