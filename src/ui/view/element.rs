//! The one type of element.

use std::borrow::Cow;

use leptos::{
    ev::EventDescriptor,
    prelude::*,
    reactive::diagnostics::SpecialNonReactiveZone,
    tachys::{
        html::{
            attribute::{Attribute as AnyOne, any_attribute::AnyAttribute, any_attribute::IntoAnyAttribute, custom},
            class::class,
            element::{ElementType, attributes_to_html},
            node_ref::NodeRefContainer,
        },
        hydration::Cursor,
        renderer::{Rndr, types},
        ssr::StreamBuilder,
        view::{
            Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr, any_view::AnyViewState,
            iterators::StaticVec,
        },
    },
};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;

use super::{
    attribute::{Attribute, Held, Kind, Written},
    value::{IntoSource, Source, Value},
};
use crate::ui::tree::{Place, is_void};

/// An element, before it is written or drawn.
pub(crate) struct Element {
    tag: &'static str,
    namespace: Option<&'static str>,
    /// The `view!` that it is the root of; none for one within another.
    site: u32,
    attributes: Vec<Attribute>,
    children: Vec<AnyView>,
}

/// An element that is in the document.
pub(crate) struct Drawn {
    tag: &'static str,
    site: u32,
    element: types::Element,
    held: Vec<Held>,
    children: Vec<AnyViewState>,
}

impl Element {
    pub(crate) fn new(tag: &'static str) -> Self {
        Self { tag, namespace: None, site: 0, attributes: Vec::new(), children: Vec::new() }
    }

    /// An `svg`, or an element within one.
    pub(crate) fn of_svg(tag: &'static str) -> Self {
        Self { namespace: Some("http://www.w3.org/2000/svg"), ..Self::new(tag) }
    }

    /// Says which `view!` it is the root of: it is never made of the root of another.
    pub(crate) fn at(&mut self, site: u32) {
        self.site = site;
    }

    /// An attribute that never changes.
    pub(crate) fn fixed(&mut self, name: &'static str, value: &'static str) {
        self.named(Kind::Attribute, name, Source::Fixed(value.into()));
    }

    /// An attribute that says something by being there.
    pub(crate) fn flag(&mut self, name: &'static str) {
        self.named(Kind::Attribute, name, Source::Fixed(Value::Present));
    }

    /// An attribute.
    pub(crate) fn attribute(&mut self, name: &'static str, value: impl IntoSource) {
        self.named(Kind::Attribute, name, value.into_source());
    }

    /// A property of the DOM.
    pub(crate) fn property(&mut self, name: &'static str, value: impl IntoSource) {
        self.named(Kind::Property, name, value.into_source());
    }

    fn named(&mut self, kind: Kind, name: &'static str, source: Source) {
        self.attributes.push(Attribute::Named { kind, name, source });
    }

    /// A listener to events. It is run by the owner that it was made by, and what it reads is not followed, also when an
    /// effect brings the event about.
    pub(crate) fn on<E: EventDescriptor>(&mut self, event: E, mut listener: impl FnMut(E::EventType) + 'static)
    where
        E::EventType: From<types::Event>,
    {
        if !crate::IS_SERVER {
            self.listen(event.name(), E::CAPTURE, Box::new(move |event| listener(event.into())));
        }
    }

    fn listen(&mut self, event: Cow<'static, str>, is_captured: bool, mut listener: Box<dyn FnMut(types::Event)>) {
        let owner = Owner::current().unwrap_or_default();
        let listener: Box<dyn FnMut(types::Event)> = Box::new(move |event| {
            let _is_meant = SpecialNonReactiveZone::enter();
            untrack(|| owner.with(|| listener(event)));
        });
        self.attributes.push(Attribute::Listener { event, is_captured, listener: SendWrapper::new(listener) });
    }

    /// What is to know the element that is made.
    pub(crate) fn reference<E>(&mut self, reference: NodeRef<E>)
    where
        E: ElementType,
        E::Output: JsCast + 'static,
    {
        self.attributes.push(Attribute::Reference(Box::new(move |element| reference.load(element))));
    }

    pub(crate) fn child(&mut self, child: AnyView) {
        self.children.push(child);
    }

    pub(crate) fn into_view(self) -> AnyView {
        self.into_any()
    }

    /// Finishes an element that is in the document and has no attributes or children yet.
    fn fill(self, element: types::Element) -> Drawn {
        let held = self.attributes.into_iter().map(|it| it.apply(&element, Written::NotYet)).collect();
        let mut children: Vec<_> = self.children.into_iter().map(Render::build).collect();
        children.iter_mut().for_each(|child| child.mount(&element, None));
        Drawn { tag: self.tag, site: self.site, element, held, children }
    }

    /// The start tag, with what the element was given from outside.
    fn open(attributes: Vec<Attribute>, tag: &str, extra: Vec<AnyAttribute>, html: &mut String) {
        html.push('<');
        html.push_str(tag);
        let attributes: Vec<AnyAttribute> = attributes.into_iter().filter_map(written).collect();
        attributes_to_html((attributes, extra), html);
        html.push('>');
    }
}

/// An attribute as the server writes it.
fn written(it: Attribute) -> Option<AnyAttribute> {
    let Attribute::Named { kind: Kind::Attribute, name, source } = it else { return None };
    match (name, source.get()) {
        (_, Value::Absent) => None,
        ("class", Value::Text(text)) => Some(class(text).into_any_attr()),
        (_, Value::Present) => Some(custom::custom_attribute(name, true).into_any_attr()),
        (_, Value::Text(text)) => Some(custom::custom_attribute(name, text).into_any_attr()),
    }
}

impl Render for Element {
    type State = Drawn;

    fn build(self) -> Drawn {
        let element = Rndr::create_element(self.tag, self.namespace);
        self.fill(element)
    }

    fn rebuild(self, state: &mut Drawn) {
        let is_same = self.tag == state.tag
            && self.site == state.site
            && self.attributes.len() == state.held.len()
            && self.children.len() == state.children.len()
            && self.attributes.iter().zip(&state.held).all(|(new, old)| new.is_like(old));
        if is_same {
            self.attributes.into_iter().zip(&mut state.held).for_each(|(new, old)| new.reapply(&state.element, old));
            self.children.into_iter().zip(&mut state.children).for_each(|(new, old)| new.rebuild(old));
            return;
        }
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl AddAnyAttr for Element {
    type Output<NewAttr: AnyOne> = AnyView;

    /// `AnyView` keeps what it is given besides, and gives it to the element when that is written or drawn.
    fn add_any_attr<NewAttr: AnyOne>(self, attribute: NewAttr) -> AnyView
    where
        Self::Output<NewAttr>: RenderHtml,
    {
        self.into_any().add_any_attr(attribute).into_any()
    }
}

impl RenderHtml for Element {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        for it in &self.attributes {
            if let Attribute::Named { kind: Kind::Attribute, source: Source::Live(live), .. } = it {
                live();
            }
        }
        self.children.iter_mut().for_each(RenderHtml::dry_resolve);
    }

    async fn resolve(mut self) -> Self {
        // Together, as that does it.
        self.children = StaticVec::from(self.children).resolve().await.into();
        self
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        _escape: bool,
        mark_branches: bool,
        extra: Vec<AnyAttribute>,
    ) {
        Self::open(self.attributes, self.tag, extra, html);
        if !is_void(self.tag) {
            *position = Position::FirstChild;
            for child in self.children {
                child.to_html_with_buf(html, position, true, mark_branches, Vec::new());
            }
            html.push_str("</");
            html.push_str(self.tag);
            html.push('>');
        }
        *position = Position::NextChild;
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        html: &mut StreamBuilder,
        position: &mut Position,
        _escape: bool,
        mark_branches: bool,
        extra: Vec<AnyAttribute>,
    ) {
        let mut tag = String::new();
        Self::open(self.attributes, self.tag, extra, &mut tag);
        html.push_sync(&tag);
        if !is_void(self.tag) {
            *position = Position::FirstChild;
            for child in self.children {
                child.to_html_async_with_buf::<OUT_OF_ORDER>(html, position, true, mark_branches, Vec::new());
            }
            html.push_sync(&format!("</{}>", self.tag));
        }
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Drawn {
        let place = Place::of(cursor, position);
        let drawn = match place.written(self.tag) {
            Some(element) => {
                cursor.set(element.clone().into());
                let held = self.attributes.into_iter().map(|it| it.apply(&element, Written::ByServer)).collect();
                position.set(Position::FirstChild);
                let children =
                    self.children.into_iter().map(|it| it.hydrate::<FROM_SERVER>(cursor, position)).collect();
                Drawn { tag: self.tag, site: self.site, element, held, children }
            }
            None => {
                let drawn = self.build();
                place.put(&drawn.element);
                drawn
            }
        };
        Place::leave(&drawn.element, cursor, position);
        drawn
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl Mountable for Drawn {
    fn unmount(&mut self) {
        self.element.unmount();
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        self.element.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.element.insert_before_this(child)
    }

    fn elements(&self) -> Vec<types::Element> {
        self.element.elements()
    }
}
