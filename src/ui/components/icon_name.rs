//! The icons that servers name.

use super::IconKind;

impl IconKind {
    /// Returns ours that comes nearest to an icon of ChatKit's (64 names, `lucide:…`, `vendor:…`), or a neutral one.
    ///
    /// The browser downloads every outline, so those that mean much the same share one.
    pub fn named(name: &str) -> Self {
        let name = name.split_once(':').map_or(name, |(_, name)| name);
        match name {
            "check" | "check-circle" | "check-circle-filled" | "circle-check" => Self::Check,
            "chevron-left" => Self::ChevronLeft,
            "chevron-right" | "play" => Self::ChevronRight,
            "circle-question" | "info" | "lifesaver" | "lightbulb" | "circle-help" => Self::Info,
            "bug" | "triangle-alert" | "circle-alert" => Self::Alert,
            "copy" => Self::Copy,
            "desktop" | "mobile" | "square-code" | "monitor" | "terminal" | "code" => Self::Monitor,
            "dots-horizontal" | "dots-vertical" | "ellipsis" => Self::Ellipsis,
            "external-link" | "globe" | "compass" | "map-pin" | "maps" | "link" => Self::Link,
            "keys" | "lock" | "key" => Self::Lock,
            "mail" => Self::Mail,
            "agent" | "name" | "profile" | "profile-card" | "user" | "users" => Self::User,
            "notebook-pencil" | "write" | "write-alt" | "write-alt2" | "pencil" | "pen" => Self::Pencil,
            "reload" | "batch" | "clock" | "refresh-cw" | "rotate-cw" => Self::RotateCw,
            "analytics" | "book-open" | "book-closed" | "book-clock" | "document" | "notebook" | "page-blank"
            | "square-text" | "file" | "file-text" | "book" => Self::Page,
            "search" => Self::Search,
            "square-pen" => Self::SquarePen,
            "trash" | "trash-2" => Self::Trash,
            _ => Self::Dot,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_an_icon_with_any_prefix_or_a_neutral_one() {
        for name in ["search", "lucide:search", "vendor:search"] {
            assert_eq!(IconKind::named(name), IconKind::Search, "{name}");
        }
        for name in ["", "wreath", "vendor:", "lucide:no-such"] {
            assert_eq!(IconKind::named(name), IconKind::Dot, "{name}");
        }
    }
}
