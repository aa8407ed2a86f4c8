#![recursion_limit = "256"]
//! Colloquy: a self-hosted, authenticated AI chat in one binary.
//!
//! The first path segment says which side compiles; the features are named in this file and nowhere else:
//!
//! | folder | holds | side |
//! | --- | --- | --- |
//! | [`model`] | plain data and its rules, the wire types | both; serde only, no I/O, no signals |
//! | [`api`] | server functions: the seam | both; bodies run on the server |
//! | [`ui`] | pages, the ChatKit client, components | both; browser calls in handlers and effects only |
//! | `server` | everything with a socket, a pool or a secret | server |
//! | `tests` | tests that enter through the HTTP router | server |
//!
//! Arrows: `ui → api, model`; `api → model` and, in bodies, `server`; `server → model`; `model → nothing`.

pub mod api;
pub mod model;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(all(test, feature = "ssr"))]
mod tests;
pub mod ui;

/// Whether this is the program that renders pages, and not the one within them.
const IS_SERVER: bool = cfg!(feature = "ssr");

/// The Rust in the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    let root = leptos::prelude::document().get_element_by_id(ui::ROOT_ID);
    let root =
        root.and_then(|it| wasm_bindgen::JsCast::dyn_into(it).ok()).expect("BUG: the page holds the application");
    leptos::mount::hydrate_from(root, ui::App).forget();
}
