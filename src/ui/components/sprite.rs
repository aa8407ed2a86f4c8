//! Icons named by servers, in one file beside the wasm: `public/icons.svg`.

use crate::{model::digest::fnv1a, ui::tree::Element};

const FILE: &str = "/icons.svg";
/// Digest of the file. Server and wasm are built with the same file, so its address can be cached forever.
const DIGEST: u64 = fnv1a(include_bytes!("../../../public/icons.svg"));

/// Returns the address of an icon: a ChatKit name (`calendar`) or `lucide:` with a Lucide name. `None` for invalid
/// names. A valid name that is not in the file draws nothing.
pub(crate) fn href(name: &str) -> Option<String> {
    let name = name.strip_prefix("lucide:").unwrap_or(name);
    let is_name =
        !name.is_empty() && name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-');
    is_name.then(|| format!("{FILE}?{DIGEST:016x}#{name}"))
}

/// Renders an icon. An unknown Lucide name leaves its place empty.
pub(crate) fn picture(name: &str) -> Option<Element> {
    let svg = Element::of("svg", "icon").attribute("viewBox", "0 0 24 24").attribute("aria-hidden", "true");
    Some(svg.child(Element::new("use").attribute("href", href(name)?)))
}

/// As [`picture`], with a dot for invalid names.
pub(crate) fn picture_or_dot(name: &str) -> Option<Element> {
    picture(name).or_else(|| picture("dot"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_into_the_file_and_nowhere_else() {
        let (file, icon) =
            href("calendar").unwrap().split_once('#').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        assert_eq!(icon, "calendar");
        assert!(file.strip_prefix("/icons.svg?").is_some_and(|it| it.len() == 16), "{file}");
        assert_eq!(href("lucide:chart-pie").unwrap(), format!("{file}#chart-pie"));
        for odd in ["", "lucide:", "vendor:x", "a/../b", "x#y", "A\"><script>"] {
            assert_eq!(href(odd), None, "{odd}");
        }
    }

    #[test]
    fn every_icon_of_chatkit_has_a_picture() {
        // `ChatKitIcon` and `HeaderIcon` of npm `@openai/chatkit` 1.9.0.
        const CHAT: &str = "agent analytics atom batch bolt book-open book-closed book-clock bug calendar chart check \
            check-circle check-circle-filled chevron-left chevron-right circle-question clock compass confetti cube \
            desktop document dots-horizontal dots-vertical empty-circle external-link globe keys lab images info \
            lifesaver lightbulb mail map-pin maps mobile name notebook notebook-pencil page-blank phone play plus \
            profile profile-card reload star star-filled search sparkle sparkle-double square-code square-image \
            square-text suitcase settings-slider user wreath write write-alt write-alt2";
        const HEADER: &str = "sidebar-left sidebar-right sidebar-open-left sidebar-open-right sidebar-open-left-alt \
            sidebar-open-right-alt sidebar-floating-left sidebar-floating-right sidebar-floating-open-left \
            sidebar-floating-open-right sidebar-collapse-left sidebar-collapse-right collapse-left collapse-right \
            open-left open-right double-chevron-left double-chevron-right home home-alt back-small back-large \
            expand-large collapse-large expand-small collapse-small star star-filled bug chat-temporary settings-cog \
            grid dots-horizontal dots-vertical dots-horizontal-circle dots-vertical-circle menu menu-inverted \
            hamburger history book-open compose share light-mode dark-mode close";
        let sprite = include_str!("../../../public/icons.svg");
        let names = || CHAT.split_whitespace().chain(HEADER.split_whitespace());
        assert_eq!((CHAT.split_whitespace().count(), HEADER.split_whitespace().count()), (63, 46));
        for name in names().chain(["dot", "x", "copy", "terminal", "triangle-alert"]) {
            assert!(sprite.contains(&format!("<symbol id=\"{name}\" ")), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_a_name_is_a_dot_or_nothing() {
        assert_eq!(picture("vendor:x"), None);
        assert_eq!(picture_or_dot("vendor:x"), picture("dot"));
        assert_eq!(picture_or_dot("calendar"), picture("calendar"));
    }
}
