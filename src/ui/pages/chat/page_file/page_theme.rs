//! Theme of the chat page from the operator's file.

use serde_json::Value;

use super::text;
use crate::ui::chatkit::{
    Accent, ColorScheme, Density, FontSource, Grayscale, Radius, Surface, Theme, ThemeColors, Typography,
};

/// Parses a theme. A string is a colour scheme.
pub(super) fn theme(value: &Value) -> Theme {
    let scheme = if value.is_string() { value } else { &value["colorScheme"] };
    let (letters, color) = (&value["typography"], &value["color"]);
    Theme {
        color_scheme: match scheme.as_str() {
            Some("light") => ColorScheme::Light,
            Some("dark") => ColorScheme::Dark,
            _ => ColorScheme::default(),
        },
        radius: match value["radius"].as_str() {
            Some("round") => Radius::Round,
            Some("soft") => Radius::Soft,
            Some("sharp") => Radius::Sharp,
            _ => Radius::Pill,
        },
        density: match value["density"].as_str() {
            Some("compact") => Density::Compact,
            Some("spacious") => Density::Spacious,
            _ => Density::Normal,
        },
        typography: Typography {
            base_size: letters["baseSize"].as_u64().map(|it| it as u8),
            font_sources: letters["fontSources"].as_array().into_iter().flatten().map(font).collect(),
            font_family: text(letters, "fontFamily"),
            font_family_mono: text(letters, "fontFamilyMono"),
        },
        color: ThemeColors {
            grayscale: color.get("grayscale").map(|it| Grayscale {
                hue: number(it, "hue") as u16,
                tint: number(it, "tint") as u8,
                shade: number(it, "shade") as i8,
            }),
            accent: color.get("accent").map(|it| Accent {
                primary: text(it, "primary").unwrap_or_default(),
                level: number(it, "level") as u8,
            }),
            surface: color.get("surface").map(|it| Surface {
                background: text(it, "background").unwrap_or_default(),
                foreground: text(it, "foreground").unwrap_or_default(),
            }),
        },
    }
}

fn font(value: &Value) -> FontSource {
    FontSource {
        family: text(value, "family").unwrap_or_default(),
        src: text(value, "src").unwrap_or_default(),
        weight: text(value, "weight").or_else(|| value["weight"].as_u64().map(|it| it.to_string())),
        style: text(value, "style"),
        display: text(value, "display"),
        unicode_range: text(value, "unicodeRange"),
    }
}

/// Returns a small integer. The server has validated its range.
fn number(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_theme_says_all_that_the_client_knows() {
        let scheme = |color_scheme| Theme { color_scheme, ..Theme::default() };
        assert_eq!(theme(&json!("dark")), scheme(ColorScheme::Dark));
        assert_eq!(theme(&json!({ "colorScheme": "light" })), scheme(ColorScheme::Light));
        for nothing in [json!(null), json!({}), json!({ "typography": {}, "color": {} })] {
            assert_eq!(theme(&nothing), Theme::default(), "{nothing}");
        }
        let value = json!({
            "colorScheme": "dark", "radius": "soft", "density": "compact",
            "typography": { "baseSize": 15, "fontFamily": "Inter", "fontFamilyMono": "Mono", "fontSources": [
                { "family": "Inter", "src": "/i.woff2", "weight": 700, "style": "italic", "display": "swap",
                    "unicodeRange": "U+0-FF" },
                { "family": "Mono", "src": "/m.woff2", "weight": "100 900" }
            ] },
            "color": { "grayscale": { "hue": 220, "tint": 6, "shade": -4 }, "accent": { "primary": "#4f46e5", "level": 1 },
                "surface": { "background": "#fff", "foreground": "#111" } }
        });
        let font = |family: &str, src: &str, weight: &str| FontSource {
            family: family.to_owned(),
            src: src.to_owned(),
            weight: Some(weight.to_owned()),
            ..FontSource::default()
        };
        let inter = FontSource {
            style: Some("italic".to_owned()),
            display: Some("swap".to_owned()),
            unicode_range: Some("U+0-FF".to_owned()),
            ..font("Inter", "/i.woff2", "700")
        };
        let expected = Theme {
            color_scheme: ColorScheme::Dark,
            radius: Radius::Soft,
            density: Density::Compact,
            typography: Typography {
                base_size: Some(15),
                font_sources: vec![inter, font("Mono", "/m.woff2", "100 900")],
                font_family: Some("Inter".to_owned()),
                font_family_mono: Some("Mono".to_owned()),
            },
            color: ThemeColors {
                grayscale: Some(Grayscale { hue: 220, tint: 6, shade: -4 }),
                accent: Some(Accent { primary: "#4f46e5".to_owned(), level: 1 }),
                surface: Some(Surface { background: "#fff".to_owned(), foreground: "#111".to_owned() }),
            },
        };
        assert_eq!(theme(&value), expected);
    }
}
