//! What an element has besides children.

use std::{borrow::Cow, mem};

use leptos::{
    prelude::*,
    tachys::renderer::{RemoveEventHandler, Rndr, types},
};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

use super::value::{Source, Value};
use crate::ui::live::Live;

/// Something an element has.
pub(super) enum Attribute {
    /// An attribute of HTML, or a property of the DOM, which HTML does not bring along.
    Named { kind: Kind, name: &'static str, source: Source },
    /// A listener to events, on the element or, if captured, on the way down to it.
    Listener { event: Cow<'static, str>, is_captured: bool, listener: SendWrapper<Box<dyn FnMut(types::Event)>> },
    /// What is told of the element that was made.
    Reference(Box<dyn FnOnce(&types::Element) + Send>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Attribute,
    Property,
}

/// What an element in the document has; it ends when it is dropped.
pub(super) enum Held {
    Fixed { kind: Kind, name: &'static str, value: Value },
    Live { kind: Kind, name: &'static str, effect: RenderEffect<Value> },
    Listener { _remover: RemoveEventHandler<types::Element> },
    Reference,
}

/// Whether the server wrote the attributes already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    ByServer,
    NotYet,
}

impl Attribute {
    /// Gives it to an element.
    pub(super) fn apply(self, element: &types::Element, written: Written) -> Held {
        match self {
            Self::Named { kind, name, source: Source::Fixed(value) } => {
                if kind == Kind::Property || written == Written::NotYet {
                    kind.set(element, name, &value);
                }
                Held::Fixed { kind, name, value }
            }
            Self::Named { kind, name, source: Source::Live(live) } => {
                let is_there = kind == Kind::Attribute && written == Written::ByServer;
                follow(element, kind, name, live, is_there, None)
            }
            Self::Listener { event, is_captured, listener } => {
                let listener = listener.take();
                Held::Listener {
                    _remover: match is_captured {
                        true => Rndr::add_event_listener_use_capture(element, &event, listener),
                        false => Rndr::add_event_listener(element, &event, listener),
                    },
                }
            }
            Self::Reference(tell) => {
                tell(element);
                Held::Reference
            }
        }
    }

    /// Gives it to an element that had something like it at this place.
    pub(super) fn reapply(self, element: &types::Element, held: &mut Held) {
        // What was there ends before the new begins: neither writes after the other.
        *held = match (self, mem::replace(held, Held::Reference)) {
            (Self::Named { source: Source::Fixed(new), .. }, it @ Held::Fixed { .. }) if it.says(&new) => it,
            (Self::Named { kind, name, source: Source::Live(live) }, Held::Live { effect, .. }) => {
                let value = effect.take_value();
                drop(effect);
                follow(element, kind, name, live, false, value)
            }
            (it, old) => {
                drop(old);
                it.apply(element, Written::NotYet)
            }
        };
    }

    /// Whether it can take the place of what is there, and nothing of that stays behind.
    pub(super) fn is_like(&self, held: &Held) -> bool {
        match (self, held) {
            (
                Self::Named { kind, name, .. },
                Held::Fixed { kind: old_kind, name: old, .. } | Held::Live { kind: old_kind, name: old, .. },
            ) => kind == old_kind && name == old,
            (Self::Listener { .. }, Held::Listener { .. }) | (Self::Reference(_), Held::Reference) => true,
            _ => false,
        }
    }
}

impl Held {
    fn says(&self, new: &Value) -> bool {
        matches!(self, Self::Fixed { value, .. } if value == new)
    }
}

/// Writes what it says, and what it will say; nothing at first if that is there already, nor what is as before.
fn follow(
    element: &types::Element,
    kind: Kind,
    name: &'static str,
    live: Live<Value>,
    mut is_there: bool,
    before: Option<Value>,
) -> Held {
    let element = element.clone();
    let write = move |old: Option<Value>| {
        let value = live();
        if !mem::take(&mut is_there) && old.as_ref() != Some(&value) {
            kind.set(&element, name, &value);
        }
        value
    };
    Held::Live { kind, name, effect: RenderEffect::new_with_value(write, before) }
}

impl Kind {
    fn set(self, element: &types::Element, name: &str, value: &Value) {
        match (self, value) {
            (Self::Attribute, Value::Absent) => Rndr::remove_attribute(element, name),
            (Self::Attribute, Value::Present) => Rndr::set_attribute(element, name, ""),
            (Self::Attribute, Value::Text(text)) => Rndr::set_attribute(element, name, text),
            (Self::Property, Value::Absent) => Rndr::set_property_or_value(element, name, &JsValue::FALSE),
            (Self::Property, Value::Present) => Rndr::set_property_or_value(element, name, &JsValue::TRUE),
            (Self::Property, Value::Text(text)) => {
                Rndr::set_property_or_value(element, name, &JsValue::from_str(text));
            }
        }
    }
}
