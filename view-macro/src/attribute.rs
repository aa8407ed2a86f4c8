//! Attributes, properties, listeners and references of an element.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use rstml::node::{KeyedAttribute, NodeAttribute};
use syn::{Expr, ExprLit, Lit};

/// A call of a method of `Element`.
pub(crate) fn of_element(attribute: &NodeAttribute) -> syn::Result<TokenStream> {
    let attribute = keyed(attribute)?;
    let name = name(attribute);
    let Some(value) = attribute.value() else { return Ok(quote!(flag(#name))) };
    Ok(if let Some(event) = name.strip_prefix("on:") {
        let event = descriptor(event);
        quote!(on(#event, #value))
    } else if let Some(property) = name.strip_prefix("prop:") {
        quote!(property(#property, #value))
    } else if name == "node_ref" {
        quote!(reference(#value))
    } else if name.contains(':') {
        return Err(syn::Error::new_spanned(&attribute.key, "an element has `on:` and `prop:`, and no other prefix"));
    } else if let Expr::Lit(ExprLit { lit: Lit::Str(value), .. }) = value {
        quote!(fixed(#name, #value))
    } else {
        quote!(attribute(#name, #value))
    })
}

/// An attribute that has a name.
pub(crate) fn keyed(attribute: &NodeAttribute) -> syn::Result<&KeyedAttribute> {
    match attribute {
        NodeAttribute::Attribute(it) => Ok(it),
        NodeAttribute::Block(block) => Err(syn::Error::new_spanned(block, "attributes are written as `name=value`")),
    }
}

/// Its name in HTML: a keyword is written as `r#type` where Rust asks for it.
pub(crate) fn name(attribute: &KeyedAttribute) -> String {
    let name = attribute.key.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

/// `click`, or `submit:capture`.
pub(crate) fn descriptor(event: &str) -> TokenStream {
    let (event, is_captured) = event.strip_suffix(":capture").map_or((event, false), |event| (event, true));
    let event = format_ident!("{event}");
    match is_captured {
        true => quote!(::leptos::ev::capture(::leptos::ev::#event)),
        false => quote!(::leptos::ev::#event),
    }
}
