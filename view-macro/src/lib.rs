//! `view!`: the syntax of Leptos' macro of that name, drawn by one type of element (`ui/view`).
//!
//! Leptos gives each view a type of its own, which the compiler writes out anew: some kilobytes of wasm for each. What
//! this macro writes are calls of plain functions. Components are called as Leptos calls them, so both macros can stand
//! in one view.

mod attribute;
mod component;
mod node;
mod site;

use proc_macro2::TokenStream;
use quote::quote;
use rstml::{Parser, ParserConfig};

/// Draws elements, components, texts and `{…}`; what it gives is an `AnyView`.
#[proc_macro]
pub fn view(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let (nodes, errors) =
        Parser::new(ParserConfig::default().recover_block(true)).parse_recoverable(tokens).split_vec();
    let errors = errors.into_iter().map(|error| error.emit_as_expr_tokens());
    let view: TokenStream = node::view(&nodes, &site::Sites::of_call()).unwrap_or_else(syn::Error::into_compile_error);
    quote! {{
        #[allow(unused_braces, reason = "blocks of the syntax become blocks of Rust")]
        {
            #(#errors;)*
            #view
        }
    }}
    .into()
}
