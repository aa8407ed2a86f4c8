//! What `view!` draws with: one type of element, whatever it holds.
//!
//! Leptos' own `view!` makes a type of each view, and the compiler writes drawing, hydration and changes anew for each.
//! Here an element is data: a tag, attributes and children, behind `AnyView`. The macro (`view-macro`) has Leptos'
//! syntax and calls components as Leptos does; what is drawn is what Leptos would draw.

mod attribute;
mod children;
mod element;
mod fragment;
mod part;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use children::ToChildren;
pub(crate) use element::Element;
pub(crate) use fragment::fragment;
pub(crate) use part::{IntoPart, component, part, text};
pub(crate) use view_macro::view;
