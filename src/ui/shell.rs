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
    let early = format!("const early = navigator.connection?.rtt < {SHORT_RTT_MS} ? null : fetch({wasm:?});");
    let start = format!(
        "if (matchMedia('(any-pointer: fine)').matches && document.activeElement === document.body)
  document.querySelector('main.chat__main .composer__input')?.focus();
const painted = new Promise((done) => document.hidden ? done() : requestAnimationFrame(() => setTimeout(done)));
if (!early) await painted;
const wasm = early ?? fetch({wasm:?});
const {{ default: init, hydrate }} = await import({script:?});
await init({{ module_or_path: wasm }});
const added = [];
const isAsSent = (it) => !(it instanceof CharacterData) || it.data === served.get(it);
for (const [node, was] of served) {{
  if (typeof was === 'string') {{
    if (node.data !== was) node.data = was;
    continue;
  }}
  const now = [...node.childNodes];
  const kept = now.filter((it) => served.has(it));
  const isWhole = kept.length === was.length && kept.every((it, at) => it === was[at] && isAsSent(it));
  now.forEach((it, at) => {{
    if (served.has(it)) return;
    if (isWhole) added.push([it, node, now.slice(at).find((it) => served.has(it)) ?? null]);
    it.remove();
  }});
  if (!isWhole) node.replaceChildren(...was);
}}
hydrate();
for (const [it, parent, next] of added)
  if (parent.isConnected) parent.insertBefore(it, next?.parentNode === parent ? next : null);
served.clear();"
    );
    view! {
        <script nonce=use_nonce()>{early}</script>
        <link rel="modulepreload" href=script nonce=use_nonce() />
        <script type="module" nonce=use_nonce()>
            {start}
        </script>
    }
}

/// Id of the element that holds the application. Nodes that browser extensions add to `<body>` are its siblings.
pub const ROOT_ID: &str = "app";

/// Notes the children of each node that the server sent, and each text. Until hydration only browser extensions change
/// them, such as password managers. [`Hydration`] restores them, hydrates, and inserts the extensions' nodes again where
/// nothing of the server's was moved or removed.
#[component]
fn NoteServed() -> impl IntoView {
    let note = format!(
        "const app = document.getElementById({ROOT_ID:?});
const served = new Map([[app, [...app.childNodes]]]);
for (const walker = document.createTreeWalker(app); walker.nextNode();) {{
  const it = walker.currentNode;
  served.set(it, it instanceof CharacterData ? it.data : [...it.childNodes]);
}}"
    );
    view! { <script nonce=use_nonce()>{note}</script> }
}

/// Creates a `media` attribute, which the macro does not know.
fn media(query: &'static str) -> CustomAttr<&'static str, &'static str> {
    custom_attribute("media", query)
}
