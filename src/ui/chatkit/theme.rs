//! Application of a [`Theme`] to the chat's root element: attributes for enumerated values, custom properties for all
//! others.
//!
//! `style/components/theme.css` defines their effects.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{Density, Radius, Theme, ThemeColors, Typography};

/// All properties that a theme may set.
const PROPERTIES: [&str; 10] = [
    "--font",
    "--font-code",
    "--theme-hue",
    "--theme-chroma",
    "--theme-shade",
    "--theme-accent",
    "--theme-level",
    "--theme-background",
    "--theme-foreground",
    "--font-display",
];

impl Theme {
    /// Returns the value of `data-radius`. `None` for the default.
    pub(super) fn radius_name(&self) -> Option<&'static str> {
        match self.radius {
            Radius::Pill => None,
            Radius::Round => Some("round"),
            Radius::Soft => Some("soft"),
            Radius::Sharp => Some("sharp"),
        }
    }

    /// Returns the value of `data-density`. `None` for the default.
    pub(super) fn density_name(&self) -> Option<&'static str> {
        match self.density {
            Density::Normal => None,
            Density::Compact => Some("compact"),
            Density::Spacious => Some("spacious"),
        }
    }

    /// Returns the value of `data-size`. `None` for the default.
    pub(super) fn size(&self) -> Option<u8> {
        self.typography.base_size.map(|it| it.clamp(14, 18)).filter(|it| *it != 16)
    }

    /// Returns the value of `data-colors`: the sets of colours that the theme defines.
    pub(super) fn color_sets(&self) -> Option<String> {
        let ThemeColors { grayscale, accent, surface } = &self.color;
        let sets = [("gray", grayscale.is_some()), ("accent", accent.is_some()), ("surface", surface.is_some())];
        let names: Vec<_> = sets.into_iter().filter(|it| it.1).map(|it| it.0).collect();
        (!names.is_empty()).then(|| names.join(" "))
    }

    /// Returns the values of the custom properties, in the order of [`PROPERTIES`].
    fn values(&self) -> [Option<String>; PROPERTIES.len()] {
        let Typography { font_family, font_family_mono, .. } = &self.typography;
        let ThemeColors { grayscale, accent, surface } = &self.color;
        [
            font_family.clone(),
            font_family_mono.clone(),
            grayscale.map(|it| (it.hue % 360).to_string()),
            grayscale.map(|it| format!("{:.3}", f32::from(it.tint.min(9)) * 0.004)),
            grayscale.map(|it| it.shade.clamp(-4, 4).to_string()),
            accent.as_ref().map(|it| it.primary.clone()),
            accent.as_ref().map(|it| format!("{}%", u16::from(it.level.min(3)) * 8)),
            surface.as_ref().map(|it| it.background.clone()),
            surface.as_ref().map(|it| it.foreground.clone()),
            font_family.clone(),
        ]
    }
}

/// Sets the custom properties and removes those of the previous theme.
pub(super) fn apply(root: NodeRef<html::Section>, theme: Memo<Theme>) {
    Effect::new(move |_| {
        let Some(root) = root.get() else { return };
        let Some(style) = root.dyn_ref::<HtmlElement>().map(HtmlElement::style) else { return };
        for (name, value) in PROPERTIES.into_iter().zip(theme.with(Theme::values)) {
            _ = match value {
                Some(value) => style.set_property(name, &value),
                None => style.remove_property(name).map(drop),
            };
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::chatkit::{Accent, Grayscale, Surface};

    #[test]
    fn what_is_not_set_leaves_no_trace() {
        let theme = Theme::default();
        assert_eq!(
            (theme.radius_name(), theme.density_name(), theme.size(), theme.color_sets()),
            (None, None, None, None)
        );
        assert!(theme.values().iter().all(Option::is_none));
    }

    #[test]
    fn values_stay_within_their_bounds() {
        let theme = Theme {
            typography: Typography { base_size: Some(90), ..Typography::default() },
            color: ThemeColors {
                grayscale: Some(Grayscale { hue: 725, tint: 200, shade: -100 }),
                accent: Some(Accent { primary: "#4f46e5".to_owned(), level: 9 }),
                surface: Some(Surface::default()),
            },
            ..Theme::default()
        };
        assert_eq!((theme.size(), theme.color_sets().as_deref()), (Some(18), Some("gray accent surface")));
        let values = theme.values().map(Option::unwrap_or_default);
        assert_eq!(values[2..7].join(" "), "5 0.036 -4 #4f46e5 24%");
    }
}
