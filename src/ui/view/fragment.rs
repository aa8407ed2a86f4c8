//! Several views as one.

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        renderer::types,
        ssr::StreamBuilder,
        view::{
            Mountable, Position, PositionState, Render, RenderHtml,
            add_attr::AddAnyAttr,
            iterators::{StaticVec, StaticVecState},
        },
    },
};

/// What Leptos draws as several views, but never of those of another `view!`.
struct Fragment {
    site: u32,
    views: StaticVec<AnyView>,
}

struct Drawn {
    site: u32,
    views: StaticVecState<<AnyView as Render>::State>,
}

/// Several views as one.
pub(crate) fn fragment(site: u32, views: Vec<AnyView>) -> AnyView {
    Fragment { site, views: views.into() }.into_any()
}

impl Render for Fragment {
    type State = Drawn;

    fn build(self) -> Drawn {
        Drawn { site: self.site, views: self.views.build() }
    }

    fn rebuild(self, state: &mut Drawn) {
        if self.site == state.site {
            self.views.rebuild(&mut state.views);
            return;
        }
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl AddAnyAttr for Fragment {
    type Output<NewAttr: Attribute> = Self;

    /// It is no element.
    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self {
        self
    }
}

impl RenderHtml for Fragment {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        self.views.dry_resolve();
    }

    async fn resolve(self) -> Self {
        Self { site: self.site, views: self.views.resolve().await }
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra: Vec<AnyAttribute>,
    ) {
        self.views.to_html_with_buf(html, position, escape, mark_branches, extra);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        html: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra: Vec<AnyAttribute>,
    ) {
        self.views.to_html_async_with_buf::<OUT_OF_ORDER>(html, position, escape, mark_branches, extra);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Drawn {
        Drawn { site: self.site, views: self.views.hydrate::<FROM_SERVER>(cursor, position) }
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl Mountable for Drawn {
    fn unmount(&mut self) {
        self.views.unmount();
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        self.views.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.views.insert_before_this(child)
    }

    fn elements(&self) -> Vec<types::Element> {
        self.views.elements()
    }
}
