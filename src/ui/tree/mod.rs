//! Elements as data, for widgets: a server sends their tree, and sends it again with changes.
//!
//! A `view!` replaces an element whose tag changes and knows its children by their places. A widget's fields must keep
//! what the user typed when the tree comes again, so an [`Element`] is compared with the one before it, and only the
//! differences reach the document. Tags and attribute names are the program's own; texts are never HTML.

mod dom;
mod element;
mod html;

pub(crate) use element::{Element, Node};

use leptos::tachys::{
    html::attribute::{Attribute, any_attribute::AnyAttribute},
    hydration::Cursor,
    renderer::{CastFrom, Rndr, types},
    view::{Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
};

/// An element that is in the document, and what it was drawn from.
pub(crate) struct Drawn {
    shown: types::Element,
    from: Element,
}

impl Element {
    /// Builds the element in the document, for use outside of views.
    pub(crate) fn to_dom(&self) -> types::Element {
        dom::build(self, None)
    }
}

impl Render for Element {
    type State = Drawn;

    fn build(self) -> Drawn {
        Drawn { shown: dom::build(&self, None), from: self }
    }

    fn rebuild(self, state: &mut Drawn) {
        if dom::is_same_kind(&state.from, &self) {
            dom::patch(&state.shown, &state.from, &self);
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
        html::write(&self, html);
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Drawn {
        match position.get() {
            Position::FirstChild => cursor.child(),
            Position::Current => {}
            _ => cursor.sibling(),
        }
        let here = cursor.current();
        let written = types::Element::cast_from(here.clone()).filter(|it| it.local_name() == self.tag);
        let shown = written.filter(|it| dom::take_over(&self, it)).unwrap_or_else(|| {
            let new = dom::build(&self, None);
            if let Some(parent) = Rndr::get_parent(&here).and_then(types::Element::cast_from) {
                Rndr::insert_node(&parent, &new, Some(&here));
                Rndr::remove(&here);
            }
            new
        });
        cursor.set(shown.clone().into());
        position.set(Position::NextChild);
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
