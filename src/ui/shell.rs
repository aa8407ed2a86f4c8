//! The HTML document around the application.

use leptos::{
    attr::custom::{CustomAttr, custom_attribute},
    prelude::*,
};
use leptos_meta::MetaTags;

use super::{App, words::product as words};
use crate::model::{ColorScheme, page::PageFiles};

/// Renders the HTML document that the server sends.
pub fn shell(
    options: LeptosOptions,
    files: PageFiles,
    // The visitor's colour scheme. Applying it later would cause a flash.
    scheme: ColorScheme,
) -> impl IntoView {
    let (light, dark) = scheme.theme_colors();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-scheme=scheme.attribute()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content=scheme.attribute().unwrap_or("light dark") />
                <meta name="theme-color" {..media("(prefers-color-scheme: light)")} content=light />
                <meta name="theme-color" {..media("(prefers-color-scheme: dark)")} content=dark />
                <meta name="description" content=words::DESCRIPTION />
                <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link id="leptos" rel="stylesheet" href=files.style.clone() />
                <AutoReload options />
                <Hydration files />
                <MetaTags />
            </head>
            <body>
                <div id=ROOT_ID>
                    <App />
                </div>
                <NoteServed />
            </body>
        </html>
    }
}

/// Round-trip time in milliseconds below which a connection is fast, by the browser's estimate (Network Information
/// API, `rtt`).
const SHORT_RTT_MS: u32 = 100;

/// Loads the wasm and hydrates the page. (Leptos's `HydrationScripts` looks for the file names beside the
/// executable.)
///
/// On fast connections the page is painted first. On slow or unknown ones the wasm is requested at once, in parallel
/// with the stylesheet. Hidden pages are never painted, so they do not wait. The chat's composer receives the focus
/// early where a keyboard exists, and text typed before hydration is kept.
#[component]
fn Hydration(files: PageFiles) -> impl IntoView {
    let PageFiles { script, wasm, .. } = files;
    let early = format!(
        "const files = {{ script: {script:?}, wasm: {wasm:?} }};
const early = navigator.connection?.rtt < {SHORT_RTT_MS} ? null : fetch(files.wasm);"
    );
    view! {
        <script nonce=use_nonce()>{early}</script>
        <link rel="modulepreload" href=script nonce=use_nonce() />
        <script type="module" nonce=use_nonce()>
            {include_str!("shell/hydrate.js")}
        </script>
    }
}

/// Id of the element that holds the application. Nodes that browser extensions add to `<body>` are its siblings.
pub const ROOT_ID: &str = "app";

/// Notes the children of each node that the server sent, and each text, in the element before its script. Until
/// hydration only browser extensions change them, such as password managers. `hydrate.js` restores them, hydrates, and
/// inserts the extensions' nodes again where no node of the server's was moved, changed or removed.
#[component]
fn NoteServed() -> impl IntoView {
    view! { <script nonce=use_nonce()>{include_str!("shell/note_served.js")}</script> }
}

/// Creates a `media` attribute, which the macro does not know.
fn media(query: &'static str) -> CustomAttr<&'static str, &'static str> {
    custom_attribute("media", query)
}
