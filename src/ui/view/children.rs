//! What stands between the tags of a component.

use std::sync::Arc;

use leptos::{
    children::{Children, ChildrenFn, TypedChildren},
    prelude::AnyView,
};

/// Makes of a closure what a component takes as its children.
///
/// Leptos' own trait of that name erases what the closure gives, which is erased already.
pub(crate) trait ToChildren<F> {
    fn to_children(closure: F) -> Self;
}

impl<F: FnOnce() -> AnyView + Send + 'static> ToChildren<F> for Children {
    fn to_children(closure: F) -> Self {
        Box::new(closure)
    }
}

impl<F: Fn() -> AnyView + Send + Sync + 'static> ToChildren<F> for ChildrenFn {
    fn to_children(closure: F) -> Self {
        Arc::new(closure)
    }
}

impl<F: FnOnce() -> AnyView + Send + 'static> ToChildren<F> for TypedChildren<AnyView> {
    fn to_children(closure: F) -> Self {
        leptos::children::ToChildren::to_children(Box::new(closure) as Box<dyn FnOnce() -> AnyView + Send>)
    }
}
