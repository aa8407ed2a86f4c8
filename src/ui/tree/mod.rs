//! Elements as data: what is drawn from a model that only the running program knows.
//!
//! A `view!` is a type of its own, and each costs the wasm some kilobytes. An [`Element`] is one type whatever it
//! holds; it is compared with what stands there, and only what differs is touched, so that fields keep what was typed.
//! Nothing in it is HTML: names of elements and attributes are the program's own, and texts are texts.

mod element;
mod hydrate;
mod patch;
mod place;
mod write;

pub(crate) use element::{Element, Node};
pub(crate) use place::Place;
pub(crate) use write::is_void;

use leptos::tachys::{
    html::attribute::{Attribute, any_attribute::AnyAttribute},
    hydration::Cursor,
    renderer::types,
    view::{Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
};

/// An element that is in the document, and what it was drawn from.
pub(crate) struct Drawn {
    shown: types::Element,
    from: Element,
}

impl Element {
    /// The same as an element of the document, for what stands outside of views.
    pub(crate) fn to_dom(&self) -> types::Element {
        patch::build(self, None)
    }
}

impl Render for Element {
    type State = Drawn;

    fn build(self) -> Drawn {
        Drawn { shown: patch::build(&self, None), from: self }
    }

    fn rebuild(self, state: &mut Drawn) {
        if patch::is_same_kind(&state.from, &self) {
            patch::patch(&state.shown, &state.from, &self);
            state.from = self;
            return;
        }
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl AddAnyAttr for Element {
    type Output<NewAttr: Attribute> = Self;

    /// Its attributes are data; a view that wants others puts an element around it.
    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self {
        self
    }
}

impl RenderHtml for Element {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _extra_attributes: Vec<AnyAttribute>,
    ) {
        write::write(&self, html);
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Drawn {
        let shown = hydrate::hydrate(&self, &Place::of(cursor, position));
        Place::leave(&shown, cursor, position);
        Drawn { shown, from: self }
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl Mountable for Drawn {
    fn unmount(&mut self) {
        self.shown.unmount();
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        self.shown.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.shown.insert_before_this(child)
    }

    fn elements(&self) -> Vec<types::Element> {
        self.shown.elements()
    }
}
