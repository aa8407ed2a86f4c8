//! The colour scheme: light, dark, or the system's.

use serde::{Deserialize, Serialize};

/// The cookie that holds a visitor's choice on our own pages.
pub const COOKIE: &str = "color-scheme";

/// The colour scheme: light, dark, or the system's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColorScheme {
    /// The system's scheme; in a part of a page, the page's scheme.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl ColorScheme {
    /// All schemes, in the order of the settings page.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Returns the name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Parses a name; the default for unknown names.
    pub fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|it| it.as_str() == name).unwrap_or_default()
    }

    /// Returns the value of the attribute `data-scheme`; `None` for the system's scheme.
    pub fn attribute(self) -> Option<&'static str> {
        Some(self.as_str()).filter(|_| self != Self::System)
    }

    /// Returns the values of `theme-color` for light and for dark systems.
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
