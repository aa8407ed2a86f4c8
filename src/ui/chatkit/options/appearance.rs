//! What the chat looks like.

/// Colours, type, corners and spacing. Set as custom properties on the component's element; everything unset is the
/// page's own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Theme {
    /// Light, dark, or what the system says.
    pub color_scheme: ColorScheme,
    /// How round corners are.
    pub radius: Radius,
    /// How much room things have.
    pub density: Density,
    /// Letters.
    pub typography: Typography,
    /// Colours.
    pub color: ThemeColors,
}

/// Light, dark, or what the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorScheme {
    /// What the system says (not of the official client, whose default is light).
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How round corners are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Radius {
    /// As round as can be.
    #[default]
    Pill,
    /// Round.
    Round,
    /// A little round.
    Soft,
    /// Not at all.
    Sharp,
}

/// How much room things have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// Little.
    Compact,
    /// As usual.
    #[default]
    Normal,
    /// Much.
    Spacious,
}

/// Letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typography {
    /// In pixels, from 14 to 18.
    pub base_size: Option<u8>,
    /// A list of families, as CSS has it.
    pub font_family: Option<String>,
    /// The same for code.
    pub font_family_mono: Option<String>,
    /// Files to load fonts from; the page's Content-Security-Policy has to allow them.
    pub font_sources: Vec<FontSource>,
}

/// A file with a font.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FontSource {
    /// The family it belongs to.
    pub family: String,
    /// Where it is.
    pub src: String,
    /// Its weight, from 1 to 1000.
    pub weight: Option<u16>,
    /// `normal` or `italic`.
    pub style: Option<String>,
    /// CSS `font-display`.
    pub display: Option<String>,
    /// CSS `unicode-range`.
    pub unicode_range: Option<String>,
}

/// Colours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThemeColors {
    /// The greys.
    pub grayscale: Option<Grayscale>,
    /// The colour of what stands out.
    pub accent: Option<Accent>,
    /// The ground and what is written on it.
    pub surface: Option<Surface>,
}

/// The greys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grayscale {
    /// In degrees, from 0 to 360.
    pub hue: u16,
    /// How much of the hue is in them, from 0 to 9.
    pub tint: u8,
    /// Darker below 0, lighter above, from -4 to 4.
    pub shade: i8,
}

/// The colour of what stands out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accent {
    /// A CSS colour.
    pub primary: String,
    /// How much it is used, from 0 to 3.
    pub level: u8,
}

/// The ground and what is written on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surface {
    /// A CSS colour.
    pub background: String,
    /// A CSS colour.
    pub foreground: String,
}
