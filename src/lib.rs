#![recursion_limit = "256"]
//! Colloquy: a self-hosted, authenticated AI chat in one binary.
//!
//! The first path segment decides where a module is compiled. Only this file names the features:
//!
//! | folder | contents | side |
//! | --- | --- | --- |
//! | [`model`] | plain data and its rules, the wire types | both; serde only, no I/O, no signals |
//! | [`api`] | server functions: the interface between both sides | both; bodies run on the server |
//! | [`ui`] | pages, the ChatKit client, components | both; browser calls in handlers and effects only |
//! | `server` | everything with a socket, a pool or a secret | server |
//! | `tests` | tests that enter through the HTTP router | server |
//!
//! Dependencies: `ui → api, model`; `api → model` and, in bodies, `server`; `server → model`; `model → nothing`.

pub mod api;
pub mod model;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(all(test, feature = "ssr"))]
mod tests;
pub mod ui;

/// True on the server, which renders the pages; false in the browser.
const IS_SERVER: bool = cfg!(feature = "ssr");

/// Compiles the Rust of docs/embed.md.
#[cfg(doctest)]
#[doc = include_str!("../docs/embed.md")]
struct Embedding;

/// Hydrates the server-rendered page.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    let root = leptos::prelude::document().get_element_by_id(ui::ROOT_ID);
    let root =
        root.and_then(|it| wasm_bindgen::JsCast::dyn_into(it).ok()).expect("BUG: the page holds the application");
    leptos::mount::hydrate_from(root, ui::App).forget();
}
