//! The icons that servers name.

use super::IconKind;

impl IconKind {
    /// Returns ours that comes nearest to an icon of ChatKit's (64 names, `lucide:…`, `vendor:…`), or a neutral one.
    ///
    /// The browser downloads every outline, so those that mean much the same share one.
    pub fn nearest(name: &str) -> Self {
        Self::named(name).unwrap_or(Self::Dot)
    }

    /// The same; `None` for one that is not known.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.split_once(':').map_or(name, |(_, name)| name);
        Some(match name {
            "check" | "check-circle" | "check-circle-filled" | "circle-check" => Self::Check,
            "chevron-left" => Self::ChevronLeft,
            "chevron-right" | "play" => Self::ChevronRight,
            "circle-question" | "info" | "lifesaver" | "circle-help" => Self::Info,
            "bug" | "triangle-alert" | "circle-alert" => Self::Alert,
            "copy" => Self::Copy,
            "desktop" | "mobile" | "square-code" | "monitor" | "terminal" | "code" => Self::Monitor,
            "dots-horizontal" | "dots-vertical" | "ellipsis" => Self::Ellipsis,
            "globe" | "language" | "compass" | "map-pin" | "maps" => Self::Globe,
            "external-link" | "link" => Self::Link,
            "keys" | "lock" | "key" => Self::Lock,
            "lightbulb" => Self::Bulb,
            "mail" => Self::Mail,
            "agent" | "name" | "profile" | "profile-card" | "user" | "users" => Self::User,
            "notebook-pencil" | "write" | "write-alt" | "write-alt2" | "pencil" | "pen" => Self::Pencil,
            "reload" | "batch" | "clock" | "refresh-cw" | "rotate-cw" => Self::RotateCw,
            "analytics" | "book-open" | "book-closed" | "book-clock" | "document" | "notebook" | "page-blank"
            | "square-text" | "file" | "file-text" | "book" => Self::Page,
            "search" => Self::Search,
            "square-pen" => Self::SquarePen,
            "trash" | "trash-2" => Self::Trash,
            "back-small" | "back-large" | "arrow-left" => Self::ArrowLeft,
            "close" | "x" => Self::Close,
            "compose" => Self::SquarePen,
            "history" => Self::History,
            "keyboard" => Self::Keyboard,
            "log-out" => Self::LogOut,
            "menu" | "hamburger" | "menu-inverted" => Self::Menu,
            "sparkle" | "sparkle-double" | "sparkles" => Self::Sparkle,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_an_icon_with_any_prefix_or_a_neutral_one() {
        for name in ["search", "lucide:search", "vendor:search"] {
            assert_eq!(IconKind::nearest(name), IconKind::Search, "{name}");
        }
        for name in ["", "wreath", "vendor:", "lucide:no-such"] {
            assert_eq!(IconKind::nearest(name), IconKind::Dot, "{name}");
        }
    }
}
