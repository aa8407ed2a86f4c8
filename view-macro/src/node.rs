//! Elements, texts and blocks.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use rstml::{
    Infallible,
    node::{Node, NodeElement, NodeName},
};

use crate::{attribute, component};

/// Several nodes as one view.
pub(crate) fn fragment(nodes: &[Node]) -> syn::Result<TokenStream> {
    let mut views = parts(nodes)?;
    Ok(match views.len() {
        1 => views.remove(0),
        _ => quote!(crate::ui::view::fragment(::std::vec![#(#views),*])),
    })
}

/// Each node as a view; comments are none.
fn parts(nodes: &[Node]) -> syn::Result<Vec<TokenStream>> {
    nodes.iter().filter(|node| !matches!(node, Node::Comment(_))).map(part).collect()
}

fn part(node: &Node) -> syn::Result<TokenStream> {
    match node {
        Node::Element(it) if is_component(it.name()) => component::call(it),
        Node::Element(it) => element(it),
        Node::Block(block) => Ok(quote!(crate::ui::view::part(#block))),
        Node::Text(text) => {
            let text = &text.value;
            Ok(quote!(crate::ui::view::text(#text)))
        }
        Node::RawText(raw) => {
            let text = raw.to_string_best();
            Ok(quote!(crate::ui::view::text(#text)))
        }
        Node::Fragment(it) => fragment(&it.children),
        Node::Comment(_) | Node::Doctype(_) | Node::Custom(_) => {
            Err(syn::Error::new_spanned(node, "a view is made of elements, components, texts and blocks"))
        }
    }
}

fn element(it: &NodeElement<Infallible>) -> syn::Result<TokenStream> {
    let tag = it.name().to_string();
    let attributes = it.attributes().iter().map(attribute::of_element).collect::<syn::Result<Vec<_>>>()?;
    let children = parts(&it.children)?;
    // A name that nothing within can mean.
    let it = Ident::new("element", Span::mixed_site());
    Ok(quote! {{
        #[allow(unused_mut, reason = "an element may have nothing")]
        let mut #it = crate::ui::view::Element::new(#tag);
        #(#it.#attributes;)*
        #(#it.child(#children);)*
        #it.into_view()
    }})
}

/// Components are named like types.
fn is_component(name: &NodeName) -> bool {
    match name {
        NodeName::Path(path) => {
            path.path.segments.last().is_some_and(|it| it.ident.to_string().starts_with(char::is_uppercase))
        }
        NodeName::Punctuated(_) | NodeName::Block(_) => false,
    }
}
