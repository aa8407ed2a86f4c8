//! Calls of components, as Leptos' macro writes them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use rstml::{
    Infallible,
    node::{KeyedAttributeValue, NodeElement},
};

use crate::{attribute, node, site::Sites};

/// `let:name` is what the children are given.
pub(crate) fn call(it: &NodeElement<Infallible>, sites: &Sites) -> syn::Result<TokenStream> {
    let component = it.name();
    let generics = &it.open_tag.generics;
    let generics = generics.lt_token.is_some().then(|| quote!(::#generics));
    let mut properties = Vec::new();
    let mut given = Vec::new();
    for it in it.attributes() {
        let it = attribute::keyed(it)?;
        let key = &it.key;
        if let KeyedAttributeValue::Binding(binding) = &it.possible_value {
            given.extend(binding.inputs.iter().map(|it| quote!(#it)));
            continue;
        }
        let value = it.value().map_or_else(|| quote!(#key), |value| quote!(#value));
        let name = attribute::name(it);
        if let Some(name) = name.strip_prefix("let:") {
            let name = Ident::new(name, Span::call_site());
            given.push(quote!(#name));
            continue;
        }
        if name.contains(':') {
            // Leptos would lose it when the component is drawn again.
            return Err(syn::Error::new_spanned(key, "a component has properties and `let:`, and no other prefix"));
        }
        properties.push(quote!(.#key({ #value })));
    }
    let children = match it.children.is_empty() {
        true => None,
        false => {
            let children = node::view(&it.children, sites)?;
            Some(match given.is_empty() {
                true => quote!(.children(crate::ui::view::ToChildren::to_children(move || #children))),
                false => quote!(.children(move |#(#given),*| #children)),
            })
        }
    };
    Ok(quote! {
        crate::ui::view::component(::leptos::component::component_view(
            &#component,
            ::leptos::component::component_props_builder(&#component #generics) #(#properties)* #children .build(),
        ))
    })
}
