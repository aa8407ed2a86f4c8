//! Elements, texts and blocks.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use rstml::{
    Infallible,
    node::{Node, NodeElement, NodeName},
};

use crate::{attribute, component, site::Sites};

/// Whose elements they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Html,
    Svg,
}

/// A view: its nodes, which are drawn anew where another view stood.
pub(crate) fn view(nodes: &[Node], sites: &Sites) -> syn::Result<TokenStream> {
    let nodes: Vec<&Node> = said(nodes).collect();
    match nodes[..] {
        [Node::Element(it)] if !is_component(it.name()) => {
            element(it, Language::Html, sites, Some(sites.next().into()))
        }
        [node] => part(node, Language::Html, sites),
        _ => {
            let site = sites.next();
            let views = nodes.into_iter().map(|it| part(it, Language::Html, sites)).collect::<syn::Result<Vec<_>>>()?;
            Ok(quote!(crate::ui::view::fragment(#site, ::std::vec![#(#views),*])))
        }
    }
}

/// Comments say nothing.
fn said(nodes: &[Node]) -> impl Iterator<Item = &Node> {
    nodes.iter().filter(|node| !matches!(node, Node::Comment(_)))
}

fn part(node: &Node, language: Language, sites: &Sites) -> syn::Result<TokenStream> {
    match node {
        Node::Element(it) if is_component(it.name()) => component::call(it, sites),
        Node::Element(it) => element(it, language, sites, None),
        Node::Block(block) => Ok(quote!(crate::ui::view::part(#block))),
        Node::Text(text) => {
            let text = &text.value;
            Ok(quote!(crate::ui::view::text(#text)))
        }
        Node::RawText(raw) => {
            let text = raw.to_string_best();
            Ok(quote!(crate::ui::view::text(#text)))
        }
        Node::Fragment(it) => view(&it.children, sites),
        Node::Comment(_) | Node::Doctype(_) | Node::Custom(_) => {
            Err(syn::Error::new_spanned(node, "a view is made of elements, components, texts and blocks"))
        }
    }
}

fn element(
    it: &NodeElement<Infallible>,
    language: Language,
    sites: &Sites,
    site: Option<proc_macro2::TokenTree>,
) -> syn::Result<TokenStream> {
    let tag = it.name().to_string();
    let language = if tag == "svg" { Language::Svg } else { language };
    let new = match language {
        Language::Html => quote!(new),
        Language::Svg => quote!(of_svg),
    };
    let site = site.map(|site| quote!(at(#site)));
    let attributes = it.attributes().iter().map(attribute::of_element).collect::<syn::Result<Vec<_>>>()?;
    let children = said(&it.children).map(|it| part(it, language, sites)).collect::<syn::Result<Vec<_>>>()?;
    // A name that nothing within can mean.
    let it = Ident::new("element", Span::mixed_site());
    let site = site.into_iter();
    Ok(quote! {{
        #[allow(unused_mut, reason = "an element may have nothing")]
        let mut #it = crate::ui::view::Element::#new(#tag);
        #(#it.#site;)*
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
