//! Light, dark, or what the system says.

use serde::{Deserialize, Serialize};

/// The cookie that holds a visitor's choice on our own pages.
pub const COOKIE: &str = "color-scheme";

/// Light, dark, or what the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColorScheme {
    /// What the system says; for a part of a page, what the page around it has.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl ColorScheme {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads a name; whatever is none is the system's business.
    pub fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|it| it.as_str() == name).unwrap_or_default()
    }

    /// Returns what the attribute `data-scheme` says: nothing while the system decides.
    pub fn attribute(self) -> Option<&'static str> {
        Some(self.as_str()).filter(|_| self != Self::System)
    }

    /// Returns the colours of the bars around a page, for systems that are light and for those that are dark.
    pub fn theme_colors(self) -> (&'static str, &'static str) {
        const LIGHT: &str = "#f5f3ee";
        const DARK: &str = "#1a1917";
        match self {
            Self::System => (LIGHT, DARK),
            Self::Light => (LIGHT, LIGHT),
            Self::Dark => (DARK, DARK),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_of_anybody_is_a_scheme() {
        for scheme in ColorScheme::ALL {
            assert_eq!(ColorScheme::of(scheme.as_str()), scheme);
        }
        for name in ["", "Dark", "\"><script>"] {
            assert_eq!(ColorScheme::of(name), ColorScheme::System, "{name}");
        }
    }
}
