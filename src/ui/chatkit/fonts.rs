//! Loading of the font files of a theme.

use std::cell::RefCell;

use leptos::{logging, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FontFace, FontFaceDescriptors};

use super::{ChatKitControl, FontSource, LogEntry, Theme, web_address::WebAddress};
use crate::ui::words::frame as words;

thread_local! {
    /// Fonts registered in the document, shared by all chats on the page.
    static KNOWN: RefCell<Vec<FontSource>> = const { RefCell::new(Vec::new()) };
}

/// Registers each font of the theme once. The browser fetches a font when a text uses it.
pub(super) fn load(control: ChatKitControl, theme: Memo<Theme>) {
    Effect::new(move |_| {
        theme.with(|theme| {
            for source in &theme.typography.font_sources {
                if !KNOWN.with_borrow(|known| known.contains(source)) {
                    KNOWN.with_borrow_mut(|known| known.push(source.clone()));
                    load_one(control, source.clone());
                }
            }
        });
    });
}

fn load_one(control: ChatKitControl, source: FontSource) {
    spawn_local(async move {
        let loaded = source.face().and_then(|it| it.loaded().ok());
        // A font blocked by the page's policy fails like any other.
        let is_here = match loaded {
            Some(loaded) => JsFuture::from(loaded).await.is_ok(),
            None => false,
        };
        if !is_here {
            logging::warn!("{}", words::no_font(&source.family, &source.src));
            let mut entry = LogEntry { name: "font.failed".to_owned(), ..LogEntry::default() };
            for (name, value) in [("family", source.family), ("src", source.src)] {
                entry.data.insert(name.to_owned(), value.into());
            }
            control.handler(|it| it.on_log.clone()).run(entry);
        }
    });
}

impl FontSource {
    /// Creates a `FontFace` and adds it to the document. `None` for invalid addresses and browsers without the API.
    fn face(&self) -> Option<FontFace> {
        let descriptors = FontFaceDescriptors::new();
        for (value, set) in [
            (&self.weight, FontFaceDescriptors::set_weight as fn(&FontFaceDescriptors, &str)),
            (&self.style, FontFaceDescriptors::set_style),
            (&self.display, FontFaceDescriptors::set_display),
            (&self.unicode_range, FontFaceDescriptors::set_unicode_range),
        ] {
            if let Some(value) = value {
                set(&descriptors, value);
            }
        }
        let face = FontFace::new_with_str_and_descriptors(&self.family, &self.css()?, &descriptors).ok()?;
        document().fonts().add(&face).ok()?;
        Some(face)
    }

    /// Returns the CSS `url(…)` of the file: a path on this origin or an http(s) URL.
    fn css(&self) -> Option<String> {
        let src = Some(self.src.trim()).filter(|it| !it.contains(['\\', '\n']))?;
        let is_own = src.starts_with('/') && !src.starts_with("//") && !src.contains('"');
        let address = if is_own { src.to_owned() } else { WebAddress::read(src)?.to_string() };
        Some(format!("url(\"{address}\")"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_addresses_of_the_web_alone() {
        for (src, css) in [
            ("/fonts/a.woff2", Some("url(\"/fonts/a.woff2\")")),
            (" https://fonts.example/a b.woff2?v=1 ", Some("url(\"https://fonts.example/a%20b.woff2?v=1\")")),
            ("http://fonts.example:8080/\"), url(x", Some("url(\"http://fonts.example:8080/%22),%20url(x\")")),
            ("//fonts.example/a.woff2", None),
            ("/a\"), url(\"b", None),
            ("/\\fonts.example/a.woff2", None),
            ("https://fonts.example/a?\\", None),
            ("data:font/woff2;base64,AA", None),
            ("javascript:alert(1)", None),
            ("fonts/a.woff2", None),
            ("", None),
        ] {
            let source = FontSource { src: src.to_owned(), ..FontSource::default() };
            assert_eq!(source.css().as_deref(), css, "{src}");
        }
    }
}
