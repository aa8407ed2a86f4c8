//! The document around the application.

use leptos::{
    attr::custom::{CustomAttr, custom_attribute},
    prelude::*,
};
use leptos_meta::{HashedStylesheet, MetaTags};

use super::{App, words::product as words};
use crate::model::ColorScheme;

/// The HTML document that the server sends.
pub fn shell(
    options: LeptosOptions,
    // What this visitor has chosen: a page that is told later would flash.
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
                <HashedStylesheet options=options.clone() id="leptos" />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// An attribute that the macro does not know.
fn media(query: &'static str) -> CustomAttr<&'static str, &'static str> {
    custom_attribute("media", query)
}
