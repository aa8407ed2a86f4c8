//! Options of the theme.

pub use crate::model::ColorScheme;

/// Theme of one chat: colour scheme, radius, density, typography and colours. Unset values are inherited from the
/// page.
///
/// ```
/// use colloquy::ui::chatkit::{Accent, ColorScheme, Density, Radius, Theme, ThemeColors, Typography};
///
/// let theme = Theme {
///     color_scheme: ColorScheme::Dark,
///     radius: Radius::Soft,
///     density: Density::Compact,
///     typography: Typography { base_size: Some(15), ..Typography::default() },
///     color: ThemeColors {
///         accent: Some(Accent { primary: "#4f46e5".to_owned(), level: 1 }),
///         ..ThemeColors::default()
///     },
/// };
/// ```
///
/// Scheme, radius, density and base size are attributes in the server's HTML. Font families and colours are custom
/// properties set after hydration, because a policy without `unsafe-inline` forbids style attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    /// Light, dark, or inherited from the page (the official client lacks the third and defaults to light).
    pub color_scheme: ColorScheme,
    /// Roundness of corners.
    pub radius: Radius,
    /// Spacing.
    pub density: Density,
    /// Fonts.
    pub typography: Typography,
    /// Colours.
    pub color: ThemeColors,
}

/// Roundness of corners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Radius {
    /// Fully round.
    #[default]
    Pill,
    /// Strongly rounded.
    Round,
    /// Slightly rounded.
    Soft,
    /// Square.
    Sharp,
}

/// Spacing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// Small spacing.
    Compact,
    /// Normal spacing.
    #[default]
    Normal,
    /// Large spacing.
    Spacious,
}

/// Fonts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typography {
    /// Base font size from 14 to 18, in pixels at a browser default of 16. Default: 16. It scales with the browser's
    /// font size.
    pub base_size: Option<u8>,
    /// Font files that belong neither to the system nor to the page.
    pub font_sources: Vec<FontSource>,
    /// List of font families in CSS syntax.
    pub font_family: Option<String>,
    /// List of font families for code.
    pub font_family_mono: Option<String>,
}

/// A font file. The browser fetches it when a text uses it, once for all chats that name it.
///
/// A failed load is logged once to `on_log` of the first chat on the page that named the font, as `font.failed` with
/// `family` and `src`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FontSource {
    /// Font family, as named in `font_family`.
    pub family: String,
    /// Path on this origin, or an http(s) URL that the page's policy allows (`font-src`).
    pub src: String,
    /// Weight, for instance `700`, or `100 900` for a variable font. Default: `400`.
    pub weight: Option<String>,
    /// Style, for instance `italic`. Default: `normal`.
    pub style: Option<String>,
    /// Rendering while loading, as in CSS `font-display`. Default: `auto`.
    pub display: Option<String>,
    /// Covered characters, as in CSS `unicode-range`. Default: all.
    pub unicode_range: Option<String>,
}

/// Colours. Each accepts any CSS colour, including a pair: `light-dark(#fff, #111)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThemeColors {
    /// Greys.
    pub grayscale: Option<Grayscale>,
    /// Accent colour.
    pub accent: Option<Accent>,
    /// Background and text colours. They take precedence over the greys.
    pub surface: Option<Surface>,
}

/// Greys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grayscale {
    /// Hue in degrees, from 0 to 360.
    pub hue: u16,
    /// Saturation of the hue, from 0 to 9.
    pub tint: u8,
    /// Shift of lightness from -4 (darker) to 4 (lighter).
    pub shade: i8,
}

/// Accent colour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accent {
    /// A CSS colour. It is darkened or lightened where its contrast to the background is too low.
    pub primary: String,
    /// Strength in user bubbles and similar areas, from 0 (unused) to 3.
    pub level: u8,
}

/// Background and text colours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surface {
    /// A CSS colour.
    pub background: String,
    /// A CSS colour. The page is responsible for its contrast.
    pub foreground: String,
}
